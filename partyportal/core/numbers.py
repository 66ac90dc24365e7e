"""Whole numbers as a browser names them, where anything may stand: ten thousand digits, which Python refuses to read, among it."""

LONGEST = 18  # digits: what a bigint holds


def number_named(text: str | None, least: int = 0, most: int = 10**LONGEST) -> int | None:
    """`2026`; None when it is no number in plain digits, or none between those bounds."""
    if not text or len(text) > LONGEST or not (text.isascii() and text.isdecimal()):
        return None
    number = int(text)
    return number if least <= number <= most else None
