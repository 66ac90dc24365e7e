"""Which branches have published and closed a quarter, and who is late: for the committee and the county, and for a branch its own quarters."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from branches.models import Organisation
from partyportal.core.days import quarter_words
from partyportal.core.parameters import value_on
from partyportal.core.workdays import calendar
from points.publicity import rules
from points.publicity.models import Objection, Publication
from points.publicity.parameters import OPEN_DAYS
from points.publicity.selectors.sheets import unpublished

OPEN, OVER, CLOSED, DUE, LATE, NOTHING = "open", "over", "closed", "due", "late", "nothing"
STATES = {OPEN: "公示中", OVER: "期满未关闭", CLOSED: "已关闭", DUE: "待公示", LATE: "逾期未公示", NOTHING: "没有积分"}
CHIPS = {OPEN: "way", OVER: "look", CLOSED: "done", DUE: "", LATE: "act", NOTHING: ""}


@dataclass(frozen=True)
class Row:
    """A branch's quarter."""

    branch: Organisation
    year: int
    quarter: int
    state: str
    publication: Publication | None
    objections: int
    disputed: int

    @property
    def label(self) -> str:
        return STATES[self.state]

    @property
    def chip(self) -> str:
        return CHIPS[self.state]

    @property
    def words(self) -> str:
        return f"{self.year} 年{quarter_words(self.quarter)}"


def due_on(year: int, quarter: int, today: date) -> date:
    """The last of the first working days after the quarter, in which it is to be published."""
    return calendar().last_of(rules.first_day(*_next(year, quarter)), value_on(today, OPEN_DAYS))


def _next(year: int, quarter: int) -> tuple[int, int]:
    return (year + 1, 1) if quarter == 4 else (year, quarter + 1)


def rows_of(branches: list[Organisation], quarters: list[tuple[int, int]], today: date) -> list[Row]:
    """Each branch × quarter with how it stands: three statements a quarter, whatever the number of branches."""
    found = []
    for year, quarter in quarters:
        disputed = Count("objections", filter=Q(objections__in=Objection.objects.open(today).order_by().values("pk")))
        held = {
            one.organisation_id: one
            for one in Publication.objects.filter(year=year, quarter=quarter, organisation__in=branches)
            .select_related("closing")
            .annotate(objections_count=Count("objections"), disputed=disputed)
        }
        missing = set(unpublished(branches, year, quarter)) if len(held) < len(branches) else set()
        late = due_on(year, quarter, today) < today
        for branch in branches:
            one = held.get(branch.pk)
            state = _state(one, today) if one else (LATE if late else DUE) if branch.pk in missing else NOTHING
            found.append(Row(branch, year, quarter, state, one, one.objections_count if one else 0, one.disputed if one else 0))
    return found


def _state(one: Publication, today: date) -> str:
    if hasattr(one, "closing"):
        return CLOSED
    return OPEN if today <= one.until else OVER
