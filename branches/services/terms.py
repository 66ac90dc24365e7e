"""届次: opened with the election, extended or advanced with a superior's approval, over when the next one opens."""

from datetime import date

from django.db import IntegrityError, transaction

from branches.models import Organisation, Term, TermChange
from branches.parameters import TERM_EXTENSION_MONTHS
from branches.rules import may_expire_on
from branches.selectors import term_length
from partyportal.core import audit
from partyportal.core.days import years_after
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on


@transaction.atomic
def open_term(organisation: Organisation, *, number: int, start: date, basis: str, by: User | None, today: date) -> Term:
    """Open an organisation's next term on the day of its election; the one before is over that day.

    Whose posts end with the old term is not known here: `members.services.offices.change_term` calls this.
    """
    held = locked(organisation)
    _refuse_gone(held)
    if start > today:
        raise DomainError("当选之日还没有到。", field="start")
    if start < held.founded_on:
        raise DomainError(f"这个党组织 {held.founded_on:%Y-%m-%d} 才成立。", field="start")
    if not basis.strip():
        raise DomainError("要写上级党委批复选举结果的文号。", field="basis")
    years = term_length(held, start)
    if years is None and term_length(held, today) is not None:
        raise DomainError("那时的任期没有登记在册，届次从这以后的登记起。", field="start")
    if years is None:
        raise DomainError(f"{held.get_kind_display()}不实行任期，不用登记届次。", field="organisation")
    last = held.terms.order_by("-start").first()
    if last is not None and number <= last.number:
        raise DomainError(f"上一届是第 {last.number} 届，这一届要比它大。", field="number")
    if last is not None and start <= last.start:
        raise DomainError(f"上一届 {last.start:%Y-%m-%d} 才当选，这一届要晚于那天。", field="start")
    if last is not None and last.end is None:
        Term.objects.filter(pk=last.pk).update(end=start)
        audit.record("branches.term.ended", last, by=by, path=held.path, organisation=held.code, end=start)
    try:
        with transaction.atomic():
            term = Term.objects.create(
                organisation=held, number=number, start=start, due_on=years_after(start, years), basis=basis.strip(), recorded_by=by
            )
    except IntegrityError:
        raise DomainError("这段时间已经有一届。", field="start") from None
    audit.record("branches.term.opened", term, by=by, path=held.path, organisation=held.code, number=number, start=start, due=term.due_on)
    return term


@transaction.atomic
def change_term(term: Term, *, kind: str, until: date, reason: str, basis: str, by: User | None, today: date) -> TermChange:
    """Write down what the superior approved: a term over later, at most so many months, or sooner than it was to be."""
    locked(term.organisation)
    held = Term.objects.select_for_update(of=("self",)).with_due().select_related("organisation").get(pk=term.pk)
    if held.end is not None:
        raise DomainError(f"第 {held.number} 届已经换届，不能再改届满之日。")
    if kind not in TermChange.Kind.values:
        raise DomainError("写明是延期还是提前。", field="kind")
    if not basis.strip():
        raise DomainError("延期、提前换届要写上级批准的文号。", field="basis")
    if not reason.strip():
        raise DomainError("写明缘由。", field="reason")
    months = value_on(today, TERM_EXTENSION_MONTHS)
    fault = may_expire_on(until, kind=kind, started_on=held.start, due_on=held.due_on, extension_months=months)
    if fault:
        raise DomainError(f"{fault}。", field="until")
    if until == held.expires_on:
        raise DomainError(f"已经登记为届满于 {until:%Y-%m-%d}。", field="until")
    row = TermChange.objects.create(term=held, kind=kind, until=until, reason=reason.strip(), basis=basis.strip(), recorded_by=by)
    organisation = held.organisation
    audit.record("branches.term.changed", held, by=by, path=organisation.path, organisation=organisation.code, kind=kind, until=until)
    return row


def locked(organisation: Organisation) -> Organisation:
    """The organisation's row as it is now, kept until the transaction ends: its terms and posts change one act after the other."""
    return Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)


def _refuse_gone(organisation: Organisation) -> None:
    if organisation.dissolved_on is not None:
        raise DomainError("这个党组织已经撤销。", field="organisation")
