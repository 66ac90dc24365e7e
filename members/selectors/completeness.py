"""名册完整: what the national form asks for and a member's file still lacks.

Name, number, dates, category and branch cannot be missing (the database refuses), nor a mobile member's destination or
a lost member's day; what follows may be blank, and is what a branch has left to fill in.
"""

from django.db.models import Q

GAPS: tuple[tuple[str, Q], ...] = (
    ("学历", Q(education="")),
    ("工作岗位", Q(post="")),
    ("联系电话", Q(mobile_phone="", landline="")),
    ("家庭住址", Q(address="")),
)


def complete(member: str = "") -> Q:
    """Files that lack nothing; `member` is the way to the member from where it is asked ("member__")."""
    lacking = Q()
    for _, gap in GAPS:
        lacking |= Q(*((f"{member}{column}", value) for column, value in gap.children))
    return ~lacking
