"""People the demo county has twice: three pairs to decide on, one told apart, one merged."""

from datetime import date, timedelta

from branches.models import Organisation
from education.models import Meeting
from education.services import RollLine, revise_meeting
from members.models import Affiliation, Member
from members.rules.identity import check_digit
from members.selectors.duplicates import in_order
from members.services.merging import say_not_same
from members.services.people import register
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import SHOWCASE, TOWNSHIP
from partyportal.dashboard.workflows.merging import merge
from points.services import Scope, settle


def register_some_twice(*, today: date) -> None:
    """Through the services, as a clerk would who mistypes a digit or does not find the person who moved."""
    officer = User.objects.get(username="committee")
    people = Member.objects.at_home().filter(branch__code__startswith=TOWNSHIP, user=None, category="full", is_mobile=False)
    people = people.exclude(branch__code=SHOWCASE).exclude(mobile_phone="").exclude(offices__isnull=False)
    chosen = list(people.select_related("branch").order_by("branch__code", "pk")[5:60:11])
    if len(chosen) < 5:
        return
    elsewhere = chosen[4].branch
    again = [_again(person, elsewhere if at == 2 else person.branch, at, today=today, by=officer) for at, person in enumerate(chosen)]
    _attend(again[0], by=officer, today=today)
    say_not_same(chosen[3], again[3], by=officer)
    kept, gone = in_order(chosen[4], again[4])
    merge(kept, gone, by=officer, on=today)
    settle(Scope.of((kept.pk, gone.pk), today.year))


def _again(person: Member, branch: Organisation, at: int, *, today: date, by: User) -> Member:
    """The same person entered once more: a slip in the number, a newer phone or none, another schooling."""
    number = person.id_number
    body = f"{number[:15]}{(int(number[15]) + 3) % 10}{number[16]}"
    fields = {name: getattr(person, name) for name in ("name", "sex", "birth_on", "ethnicity", "post", "category", "joined_on", "full_on")}
    changed = {
        "id_number": body + check_digit(body),
        "education": "60" if at % 2 else person.education,
        "mobile_phone": "" if at == 1 else f"{person.mobile_phone[:-1]}{(int(person.mobile_phone[-1]) + at) % 10}",
        "address": "",
    }
    start = today - timedelta(days=150 + at)
    return register(branch=branch, start=start, reason=Affiliation.Reason.OPENING, by=by, **fields, **changed)


def _attend(member: Member, *, by: User, today: date) -> None:
    """Put the second file on the rolls of the branch's last meetings too: both files come to hold the same evenings."""
    meetings = Meeting.objects.confirmed().filter(organisation=member.branch, group=None, held_on__gte=member.affiliations.get().start)
    for meeting in meetings.exclude(kind=Meeting.Kind.COMMITTEE).order_by("-held_on")[:3]:
        said = {
            row.member_id: RollLine(state=row.state, reason=row.reason, note=row.note)
            for row in meeting.attendances.exclude(state="present")
        }
        content = {name: getattr(meeting, name) for name in ("kind", "group", "held_on", "topic", "study_hours")}
        revise_meeting(meeting, version=meeting.version, roll=said, by=by, today=today, **content)
        settle(Scope.of(meeting.attendances.values_list("member", flat=True), meeting.held_on.year))
