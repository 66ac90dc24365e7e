"""What is known of a case, in the form the rules ask for."""

from datetime import date

from members.development.models import Case, Inspection, StepRecord
from members.development.parameters import FOLLOWS_NEW, USUAL_DAYS
from members.development.rules.path import CaseFacts, Outlook, outlook
from members.development.rules.procedure import Procedure, governing
from partyportal.core.parameters import values_on

# Discussed anew after the probation was extended; their earlier days belong to the earlier round.
AGAIN = frozenset({"full_application", "full_assembly", "full_approval"})


def rules_on(case: Case, day: date) -> Procedure:
    """The version of the 细则 a step of that day comes under."""
    return governing(case.procedure, on=day, follows_new=bool(values_on(day, [FOLLOWS_NEW])[FOLLOWS_NEW.key]))


def facts_of(case: Case) -> CaseFacts:
    """Four statements."""
    days = {
        step: day
        for step, of_round, day in case.records.standing().values_list("step", "round", "day")
        if step not in AGAIN or of_round == case.round
    }
    return CaseFacts(
        birth_on=case.birth_on,
        begins_at=case.begins_at,
        days=days,
        inspections=tuple(case.inspections.filter(kind=Inspection.Kind.HALF_YEAR).order_by("day").values_list("day", flat=True)),
        publicised=tuple(case.publicities.filter(is_upheld=False).values_list("place", "start", "end")),
        is_mobile=case.is_mobile,
        materials=frozenset(case.papers.values_list("kind", flat=True)),
        probation_until=case.probation_until,
        postponed_until=case.postponed_until,
    )


def last_done(case: Case) -> StepRecord | None:
    """The step furthest along that stands: the only one that may be taken back."""
    numbers = case.rules.by_code
    standing = [record for record in case.records.standing() if record.step not in AGAIN or record.round == case.round]
    return max(standing, key=lambda record: numbers[record.step].number, default=None)


def outlook_of(case: Case, facts: CaseFacts, *, on: date) -> Outlook:
    """Where the case stands, by the rules and parameters of that day."""
    return outlook(rules_on(case, on), facts, usual_days=values_on(on, [USUAL_DAYS])[USUAL_DAYS.key])
