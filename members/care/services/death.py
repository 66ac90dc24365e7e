"""去世: one act ends what a member held and opens the condolence; a mistake is corrected by another."""

from datetime import date

from django.db import transaction
from django.utils import timezone

from branches.services import accounts
from members.care.models import Condolence, CondolenceStep
from members.care.rules.condolences import first_day_away
from members.care.selectors.condolences import steps_for
from members.models import Affiliation, Member
from members.services import membership
from members.services.offices import seat_again
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User


@transaction.atomic
def record_death(member: Member, *, died_on: date, by: User, today: date) -> Condolence:
    """Record a death: from the next day the member belongs nowhere and holds no post; the login is closed at once.

    Grants end with it, but those held above whoever records it: the security admin ends them (ADR 22).

    The three steps of the condolence are opened for the branch and its committee.
    """
    held = membership.locked(member)
    last = held.affiliations.order_by("-start").first()
    if last is not None and last.end_reason == Affiliation.EndReason.DIED:
        raise DomainError(f"{held.name}已经登记去世。")
    if died_on > today:
        raise DomainError("这一天还没有到。", field="died_on")
    if held.user_id is not None and held.user_id == by.pk:
        raise DomainError("不能登记自己去世。")
    branch, away = held.branch, first_day_away(died_on)
    try:
        membership.leave(held, on=away, reason=Affiliation.EndReason.DIED, by=by, leave_grants_above=True)
    except DomainError as refusal:  # the day it names is the first away; the form asks for the day of death
        raise DomainError(refusal.message, field="died_on" if refusal.field == "on" else refusal.field) from None
    open_login = held.user is not None and held.user.is_active
    if held.user is not None:
        accounts.close(held.user, on=away, by=by)
    condolence = Condolence.objects.create(member=held, organisation=branch, died_on=died_on, login_closed=open_login, recorded_by=by)
    CondolenceStep.objects.bulk_create(
        CondolenceStep(condolence=condolence, kind=step.kind, organisation=step.organisation, due_on=step.due_on)
        for step in steps_for(branch, died_on=died_on, today=today)
    )
    audit.record("care.condolence.opened", condolence, by=by, path=branch.path, subject=held.uid, organisation=branch.code, day=died_on)
    return condolence


@transaction.atomic
def withdraw_death(condolence: Condolence, *, reason: str, by: User) -> Condolence:
    """The member is alive, the record was wrong: back in the branch without a day lost, posts taken up again where still free.

    What was written stays. Grants are not given back by themselves: they are proposed and confirmed anew.
    """
    if not reason.strip():
        raise DomainError("写明为什么登错了。", field="reason")
    person = membership.locked(condolence.member)
    held = Condolence.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=condolence.pk)
    if held.withdrawn_at is not None:
        raise DomainError("这条登记已经更正过。")
    membership.correct_death(person, basis=reason.strip(), by=by)
    seat_again(person, on=first_day_away(held.died_on), by=by)
    if person.user is not None and held.login_closed:  # one that an administrator had closed before stays closed
        accounts.set_active(person.user, active=True, by=by)
    held.withdrawn_at, held.withdrawn_by, held.withdraw_reason = timezone.now(), by, reason.strip()
    held.save(update_fields=["withdrawn_at", "withdrawn_by", "withdraw_reason"])
    audit.record(
        "care.condolence.withdrawn", held, by=by, path=held.organisation.path, subject=person.uid, organisation=held.organisation.code
    )
    return held
