"""As what a member is scored, worked out from the roster when nobody has said otherwise. Pure."""

RETIRED_POSTS = ("离退休", "离休", "退休")

# The branch's unit type (branches.Organisation.UnitType) → class, for whoever is neither away nor retired.
CLASS_OF_UNIT = {
    "village": "village",
    "community": "village",
    "township": "office",
    "office": "office",
    "school": "office",
    "institution": "office",
    "new_sector": "enterprise",
    "retired": "retired",
    "mobile": "mobile",
}


def member_class(*, is_mobile: bool, post: str, unit_type: str) -> str:
    """流动 before 离退休 before the kind of unit (the classes of 骨干/普通/流动/特殊 schemes, DOMAIN §8)."""
    if is_mobile:
        return "mobile"
    if post.startswith(RETIRED_POSTS):
        return "retired"
    return CLASS_OF_UNIT.get(unit_type, "village")
