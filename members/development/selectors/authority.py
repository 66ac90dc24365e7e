"""Which superior committee decides about a branch's applicants, and for which of them a user acts."""

from collections.abc import Iterable
from datetime import date

from branches.access import can
from branches.models import Organisation, OrganisationPower
from branches.rules import may_approve_admission

# 党委（工委，下同）: Art22 speaks of both. A 党总支 and a 党支部 are no committees.
COMMITTEES = frozenset({Organisation.Kind.COUNTY, Organisation.Kind.WORK_COMMITTEE, Organisation.Kind.COMMITTEE})


def _above(path: str) -> list[str]:
    """The paths over a path, the nearest first: /1/4/17/ → /1/4/, /1/."""
    parts = path.strip("/").split("/")
    return [f"/{'/'.join(parts[:n])}/" for n in range(len(parts) - 1, 0, -1)]


def superiors_of(branch: Organisation) -> list[Organisation]:
    """Every organisation over a branch, the nearest first."""
    return sorted(Organisation.objects.filter(path__in=_above(branch.path)), key=lambda above: -len(above.path))


def acting_for(user, branch: Organisation) -> list[Organisation]:
    """The superiors of a branch for which the user may decide, the nearest first."""
    return [above for above in superiors_of(branch) if can(user, "development.decide", above)]


def _may_hold(organisation: Organisation) -> bool:
    """Whether Art22 lets an organisation hold the power at all, however a row came there."""
    above = organisation.parent.kind if organisation.parent else None
    return organisation.kind == Organisation.Kind.COUNTY or may_approve_admission(kind=organisation.kind, above=above)


def has_power(organisation: Organisation, day: date) -> bool:
    """Whether an organisation holds 审批预备党员 on a day (2026 Art22)."""
    held = organisation.powers.on(day).filter(power=OrganisationPower.Power.APPROVES_ADMISSION)
    return _may_hold(organisation) and held.exists()


def approver_of(branch: Organisation, day: date) -> Organisation | None:
    """The nearest superior that approves admissions on a day."""
    return approvers_of([branch.path], day).get(branch.path)


def committee_of(branch: Organisation) -> Organisation | None:
    """The nearest superior that is a committee."""
    return next((above for above in superiors_of(branch) if above.kind in COMMITTEES), None)


def approvers_of(paths: Iterable[str], day: date) -> dict[str, Organisation]:
    """For each branch path the nearest superior that approves admissions: one statement, left out where there is none."""
    paths = set(paths)
    over = {above for path in paths for above in _above(path)}
    powers = OrganisationPower.objects.on(day).filter(power=OrganisationPower.Power.APPROVES_ADMISSION, organisation__path__in=over)
    able = (power.organisation for power in powers.select_related("organisation__parent"))
    holders = {organisation.path: organisation for organisation in able if _may_hold(organisation)}
    found = {path: next((holders[above] for above in _above(path) if above in holders), None) for path in paths}
    return {path: holder for path, holder in found.items() if holder is not None}


def committees_of(paths: Iterable[str]) -> dict[str, Organisation]:
    """For each branch path the nearest committee over it: one statement."""
    paths = set(paths)
    over = {above for path in paths for above in _above(path)}
    known = {above.path: above for above in Organisation.objects.filter(path__in=over, kind__in=COMMITTEES)}
    found = {path: next((known[above] for above in _above(path) if above in known), None) for path in paths}
    return {path: holder for path, holder in found.items() if holder is not None}
