"""人工认定: filed by one, decided by another; confirmed, it is a fact like any other."""

from datetime import date
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from branches.models import Organisation
from members.models import Member
from members.selectors.days import places_on
from members.services import facts
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.models import Award, Item
from points.selectors.schemes import manual_items
from points.services.ledger import settle_soon


@transaction.atomic
def file_award(*, member: Member, item: Item, day: date, units: Decimal, title: str, evidence: str, by: User, today: date) -> Award:
    """File a deed with its evidence; it is worth nothing until somebody else confirms it."""
    if day > today:
        raise DomainError("这一天还没到。做过了再登记。", field="day")
    place = places_on([member.pk], day).get(member.pk)
    if place is None:
        raise DomainError("这一天他的组织关系不在这里，换个日期。", field="day")
    here = Organisation.objects.get(pk=place.organisation_id)
    if item.pk not in {offered.pk for offered in manual_items(here, day)}:
        raise DomainError("那一天的积分办法里没有这一项。", field="item")
    if item.classes and place.member_class not in item.classes:
        raise DomainError(f"{item.name}不适用于他那一天的分类。", field="item")
    if units <= 0:
        raise DomainError("数量要大于 0。", field="units")
    if not evidence.strip():
        raise DomainError("写上依据：谁能证明，或看哪份材料。", field="evidence")
    award = Award.objects.create(
        member=member,
        organisation=here,
        item_code=item.code,
        fact_kind=item.fact_kind,
        day=day,
        units=units,
        title=title.strip(),
        evidence=evidence.strip(),
        filed_by=by,
    )
    audit.record("points.award.filed", award, by=by, path=here.path, subject=member.uid, item=item.code, day=day, units=units)
    return award


@transaction.atomic
def confirm_award(award: Award, *, by: User) -> Award:
    """A second person's word makes the deed a fact. Confirmed twice, it counts once."""
    held = _undecided(award, by=by)
    if held.state == Award.State.CONFIRMED:
        return held
    place = places_on([held.member_id], held.day)[held.member_id]
    facts.record(
        [
            facts.FactLine(
                key=f"points.award:{held.uid}",
                kind=held.fact_kind,
                member_id=held.member_id,
                organisation_id=place.organisation_id,
                member_class=place.member_class,
                day=held.day,
                units=held.units,
                title=held.title,
                evidence=held.evidence,
            )
        ],
        by=held.filed_by,
        confirmed_by=by,
    )
    _decide(held, Award.State.CONFIRMED, by=by)
    settle_soon(members=[held.member_id], year=held.day.year)
    return held


@transaction.atomic
def refuse_award(award: Award, *, reason: str, by: User) -> Award:
    """Refuse with the reason the filer reads."""
    held = _undecided(award, by=by)
    if not reason.strip():
        raise DomainError("写上原因，登记的人才知道怎么补。", field="reason")
    if held.state == Award.State.CONFIRMED:
        raise DomainError("这一笔已经认定，不能再退。有错就走异议。")
    held.refusal = reason.strip()
    _decide(held, Award.State.REFUSED, by=by)
    return held


def _undecided(award: Award, *, by: User) -> Award:
    held = Award.objects.select_for_update(of=("self",)).select_related("organisation", "filed_by", "member").get(pk=award.pk)
    if held.filed_by_id == by.pk:
        raise DomainError("自己登记的要由另一个人确认。")
    if held.member.user_id == by.pk:
        raise DomainError("自己的积分要由另一个人确认。")
    if held.state == Award.State.REFUSED:
        raise DomainError("这一笔已经退回，要认定请重新登记。")
    return held


def _decide(award: Award, state: str, *, by: User) -> None:
    award.state, award.decided_by, award.decided_at = state, by, timezone.now()
    award.save(update_fields=["state", "decided_by", "decided_at", "refusal"])
    path = award.organisation.path
    audit.record(f"points.award.{state}", award, by=by, path=path, subject=award.member.uid, item=award.item_code, day=award.day)
