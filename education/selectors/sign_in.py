"""The sign-in sheet before a meeting: the roll as it will start."""

from dataclasses import dataclass
from datetime import date

from branches.models import Organisation
from education.models import RollExclusion
from education.selectors.rolls import granted_leaves, is_expected, standing_roll


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """Who signs, in the roll's order (number, name, mark); and who need not, with the reason."""

    rows: tuple[tuple[int, str, str], ...]
    others: tuple[tuple[str, str], ...]

    @property
    def halves(self) -> tuple[tuple[tuple, tuple], ...]:
        """Two names a line, read downwards, so that fifty fit on one sheet."""
        half = (len(self.rows) + 1) // 2
        right = [*self.rows[half:], *[("", "", "")] * (half * 2 - len(self.rows))]
        return tuple(zip(self.rows[:half], right, strict=True))


def sign_in_of(*, organisation: Organisation, group: Organisation | None, day: date, kind: str) -> SignIn:
    """Five statements at most, whatever the number of names."""
    lines = standing_roll(organisation=organisation, group=group, held_on=day, kind=kind)
    leaves = granted_leaves(organisation=organisation, day=day, kind=kind)
    signing, others = [], []
    for line in lines:
        if is_expected(line, kind):
            signing.append((line.name, f"请假（{leaves[line.member_id].get_reason_display()}）" if line.member_id in leaves else ""))
        elif line.guest_of:
            others.append((line.name, f"{line.guest_of}，就近参加"))
        elif kind != "committee":
            others.append((line.name, _why(line)))
    rows = tuple((at, name, mark) for at, (name, mark) in enumerate(signing, 1))
    return SignIn(rows=rows, others=tuple(others))


def _why(line) -> str:
    if line.is_lost:
        return "失联"
    if line.excluded:
        return RollExclusion.Why(line.excluded).label
    return {"mobile": "流动党员", "exempt": "支部同意免会"}.get(line.member_class, "就近参加别处")
