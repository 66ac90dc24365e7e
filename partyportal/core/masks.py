"""What is shown of a number by default. Pure."""


def mask_phone(phone: str) -> str:
    """前3后4; of a number too short for that nothing but stars, and nothing at all when none is known."""
    digits = phone.strip()
    if not digits:
        return ""
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 7 else "****"


def mask_name(name: str) -> str:
    """王** of 王建国: the first sign alone."""
    return f"{name[:1]}{'*' * max(len(name) - 1, 1)}" if name else ""
