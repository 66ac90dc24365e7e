"""A case taken along the twenty-five steps on believable days."""

from datetime import date, timedelta

from branches.models import Organisation
from members.development.models import Ballot, Case, Companion, Inspection, Material, Publicity, StepRecord
from members.development.rules.steps import MATERIALS
from members.development.services import evidence
from members.development.services.cases import open_case
from members.development.services.steps import Said, Votes, record_step
from members.models import Affiliation, Member
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry
from tests.factories import id_number, make_member

TODAY = date(2026, 11, 22)
BORN = date(1998, 3, 1)

# The days of one person's way under the 2014 text, each within its limits.
DAYS = {
    "apply": date(2023, 3, 1),
    "talk": date(2023, 3, 20),
    "activist": date(2023, 6, 1),
    "activist_filed": date(2023, 6, 20),
    "contacts": date(2023, 6, 21),
    "cultivate": date(2024, 6, 20),
    "candidate": date(2024, 6, 25),
    "candidate_agreed": date(2024, 7, 10),
    "introducers": date(2024, 8, 1),
    "review": date(2024, 8, 20),
    "training": date(2024, 9, 5),
    "branch_review": date(2024, 9, 20),
    "prereview": date(2024, 10, 10),
    "volunteer_form": date(2024, 10, 15),
    "assembly": date(2024, 10, 28),
    "party_talk": date(2024, 11, 15),
    "approval": date(2024, 12, 10),
    "refiled": date(2024, 12, 20),
    "placed": date(2024, 12, 21),
    "oath": date(2024, 12, 28),
    "observe": date(2025, 9, 20),
    "full_application": date(2025, 10, 10),
    "full_assembly": date(2025, 10, 30),
    "full_approval": date(2025, 11, 20),
    "filed": date(2025, 12, 1),
}


def later(years: int = 2, **changes: date) -> dict[str, date]:
    """The same way some years on (under the 2026 text from 2026-05-11), with some days changed."""
    return {code: day.replace(year=day.year + years) for code, day in DAYS.items()} | changes


def make_branch_people(branch: Organisation, count: int = 7) -> list[Member]:
    """Full members who may vote, accompany and introduce."""
    return [make_member(branch, f"党员{'甲乙丙丁戊己庚辛壬癸'[at % 10]}{at}") for at in range(count)]


def make_case(organisation: Organisation, by, *, applied_on: date = DAYS["apply"], today: date = TODAY, **fields) -> Case:
    fields = {
        "name": "林小禾",
        "sex": "1",
        "ethnicity": "01",
        "birth_on": BORN,
        "education": "30",
        "unit": "高家杨村",
        "post": "农民",
        "mobile_phone": "15400001234",
        "address": "高家杨村 8 号",
        "is_mobile": False,
    } | fields
    fields.setdefault("id_number", id_number(fields["birth_on"], fields["sex"]))
    return open_case(organisation=organisation, applied_on=applied_on, by=by, today=today, **fields)


def said_of(code: str, day: date, full_members: list[Member], **changes) -> Said:
    """What a careful secretary would write of a step."""
    voters = len(full_members)
    told = {"day": day, "by_whom": "吕山东", "document_number": "山党〔2024〕12 号", "materials": frozenset(MATERIALS)}
    if code == "contacts":
        told["people"] = (full_members[0].pk,)
    elif code == "introducers":
        told["people"] = (full_members[0].pk, full_members[1].pk)
    elif code == "training":
        told["days"] = 3
    elif code in {"assembly", "full_assembly"}:
        told["votes"] = Votes(present=voters, in_favour=voters)
        if code == "full_assembly":
            told["verdict"] = "full"
    return Said(**(told | changes))


def walk(case: Case, people: list[Member], *, by, to: str, days: dict[str, date] | None = None, today: date = TODAY, approver=None) -> Case:
    """Do every step up to and with `to`, and what goes between them."""
    days = days or DAYS
    case.refresh_from_db()
    for step in case.rules.steps:
        if step.number < case.begins_at or step.code in {"apply"} or case.records.standing().filter(step=step.code).exists():
            if step.code == to:
                break
            continue
        day = days[step.code]
        if step.code == "cultivate" and not case.inspections.exists():
            half = days["activist"] + timedelta(days=182)
            evidence.record_inspection(case, day=half, by_whom="支委会", conclusion="表现积极", by=by, today=today)
        if step.code == "introducers" and case.rules.publicity_workdays:
            start = days["candidate_agreed"] + timedelta(days=1)
            published = {"start": start, "end": start + timedelta(days=9), "objections": "", "is_upheld": False}
            evidence.record_publicity(case, place="home", where="村务公开栏", by=by, today=today, **published)
        superior = (approver or case.branch.parent) if step.decider.superior else None
        record_step(case, step=step.code, said=said_of(step.code, day, people), by=by, today=today, organisation=superior)
        case.refresh_from_db()
        if step.code == to:
            break
    return case


def everything() -> tuple:
    """What must stay as it was when an act is refused."""
    counted = (StepRecord, Material, Companion, Ballot, Inspection, Publicity, Affiliation, AuditEntry)
    return (
        tuple(model.objects.count() for model in counted),
        tuple(Case.objects.order_by("pk").values_list("pk", "state", "stage", "next_step", "version", "member_id")),
        tuple(Member.objects.order_by("pk").values_list("pk", "category", "full_on", "left_on", "version")),
    )


class refused:
    """The act is refused with words that match, and nothing has changed."""

    def __init__(self, words: str, *, field: str | None = "-"):
        self._words, self._field = words, field

    def __enter__(self):
        self._before = everything()

    def __exit__(self, kind, fault, trace):
        assert kind is not None, "it was allowed"
        assert issubclass(kind, DomainError), fault
        assert self._words in fault.message, fault.message
        assert self._field == "-" or fault.field == self._field
        assert everything() == self._before
        return True


def do(case, step, voters, by, *, day=None, organisation=None, today=TODAY, **changes):
    said = said_of(step, day or DAYS[step], voters, **changes)
    return record_step(case, step=step, said=said, by=by, today=today, organisation=organisation)
