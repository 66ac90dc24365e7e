"""Who may vote in a branch on a day: what every roll of a vote starts from."""

from dataclasses import dataclass
from datetime import date

from branches.models import Organisation
from members.models import Affiliation, Sanction, Suspension
from members.rules.votes import disfranchised


@dataclass(frozen=True, kw_only=True)
class Voter:
    """A member of the branch on a day; `why_not` is empty for whoever has a vote."""

    member_id: int
    uid: str
    name: str
    full_on: date | None
    sanctions: frozenset[str]
    suspended: bool
    is_mobile: bool
    why_not: str

    @property
    def may_vote(self) -> bool:
        return not self.why_not


def voters_on(branch: Organisation, day: date) -> list[Voter]:
    """Everybody whose 组织关系 was in the branch that day, by pinyin, with the vote or why none: three statements."""
    affiliated = Affiliation.objects.on(day).filter(organisation=branch)
    sanctions: dict[int, set[str]] = {}
    for member, kind in Sanction.objects.on(day).filter(member__in=affiliated.values("member")).values_list("member_id", "kind"):
        sanctions.setdefault(member, set()).add(kind)
    suspended = set(Suspension.objects.on(day).filter(member__in=affiliated.values("member")).values_list("member_id", flat=True))
    rows = affiliated.order_by("member__pinyin", "member_id").values_list(
        "member_id", "member__uid", "member__name", "member__full_on", "member__is_mobile"
    )
    return [
        Voter(
            member_id=member,
            uid=str(uid),
            name=name,
            full_on=full_on,
            sanctions=frozenset(sanctions.get(member, ())),
            suspended=member in suspended,
            is_mobile=is_mobile,
            why_not=disfranchised(full_on=full_on, sanctions=sanctions.get(member, ()), suspended=member in suspended, day=day),
        )
        for member, uid, name, full_on, is_mobile in rows
    ]
