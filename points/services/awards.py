"""人工认定: filed by one, decided by another; confirmed, it is a fact like any other (a veto: one fact a year it touches)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from branches.access import can
from branches.models import Organisation
from members.models import Member
from members.selectors.days import Place, places_on
from members.services import facts
from partyportal.core import attachments, audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on
from points.models import Award, Item
from points.parameters import CONSENT_DAYS
from points.rules.findings import MOST_TIMES
from points.rules.years import may_correct_freely
from points.selectors.schemes import manual_items
from points.services.ledger import settle_soon

LONGEST_VETO = 10  # years; whatever is longer is a slip of the pen
AT_ONCE = 500
MOST_AT_ONCE = 10_000  # points; whatever is more is a slip of the pen


@dataclass(frozen=True)
class Bulk:
    """What became of many deeds confirmed together: those that count now, and those left with the reason."""

    confirmed: list[Award]
    left: list[tuple[Award, str]]


@transaction.atomic
def file_award(
    *,
    member: Member,
    item: Item,
    day: date,
    units: Decimal,
    title: str,
    evidence: str,
    by: User,
    today: date,
    grade: str = "",
    document_number: str = "",
    expires_on: date | None = None,
    files: Iterable[UploadedFile] = (),
    again_of: Award | None = None,
) -> Award:
    """File a deed with its evidence, one's own or a member's; it is worth nothing until somebody else confirms it."""
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
    check_amount(item, units=units, grade=grade)
    files = list(files)
    if not evidence.strip() and not files:
        raise DomainError("写上依据：谁能证明，或看哪份材料；也可以传照片。", field="evidence")
    _check_veto(item, day=day, evidence=evidence, document_number=document_number, expires_on=expires_on)
    award = Award.objects.create(
        member=member,
        organisation=here,
        item_code=item.code,
        fact_kind=item.fact_kind,
        day=day,
        units=units,
        grade=grade,
        title=title.strip(),
        evidence=evidence.strip(),
        document_number=document_number.strip() if item.is_veto else "",
        expires_on=expires_on if item.is_veto else None,
        again_of=_refused(again_of, member=member, by=by) if again_of else None,
        filed_by=by,
    )
    award.files.set(attachments.store(files, by=by))
    audit.record(
        "points.award.filed", award, by=by, path=here.path, subject=member.uid, item=item.code, day=day, units=units, files=len(files)
    )
    return award


def check_amount(item: Item, *, units: Decimal, grade: str) -> None:
    """How much of an item, and which 档次 where it has any: for a deed filed and for one an objection adds."""
    if units <= 0:
        raise DomainError("数量要大于 0。", field="units")
    levels = item.levels
    if grade not in levels and (grade or levels):
        raise DomainError(f"{item.name}分{'、'.join(levels.values())}，选一个档次。" if levels else f"{item.name}不分档次。", field="grade")
    if item.tells_ratio and units > MOST_TIMES:
        raise DomainError(f"{item.name}的数量就是系数：加两成写 1.2，最多 {MOST_TIMES} 倍。", field="units")
    if units * max(abs(value) for value in (item.value, *(one.value for one in item.grades.all()))) > MOST_AT_ONCE:
        raise DomainError(f"这一笔要记 {MOST_AT_ONCE} 分以上，核对数量。", field="units")


def _check_veto(item: Item, *, day: date, evidence: str, document_number: str, expires_on: date | None) -> None:
    """DOMAIN §8: a veto puts a year at zero, so it needs the approving document, evidence in words and an end."""
    if not item.is_veto:
        return
    if not document_number.strip():
        raise DomainError("一票否决要有批准文件，写上文号。", field="document_number")
    if not evidence.strip():
        raise DomainError("一票否决要写明依据，光有照片不够。", field="evidence")
    if expires_on is None:
        raise DomainError("写上影响到哪一天。", field="expires_on")
    if not day <= expires_on <= date(day.year + LONGEST_VETO, 12, 31):
        raise DomainError(f"影响期从发生那天起，最长 {LONGEST_VETO} 年，核对日期。", field="expires_on")


def _refused(award: Award, *, member: Member, by: User) -> Award:
    """The refused one that is filed again: of the same member, by its filer, once."""
    held = Award.objects.select_for_update(of=("self",)).get(pk=award.pk)
    if held.state != Award.State.REFUSED or held.member_id != member.pk or held.filed_by_id != by.pk:
        raise DomainError("只有自己登记、被退回的才能改好再报。要报别的，另外登记。")
    if Award.objects.filter(again_of=held).exists():
        raise DomainError("这一笔已经改好再报过，看新的那一笔。")
    return held


@transaction.atomic
def confirm_award(award: Award, *, by: User, today: date | None = None) -> Award:
    """A second person's word makes the deed a fact. Confirmed twice, it counts once."""
    held = _held([award.pk])[0]
    if held.state == Award.State.CONFIRMED and by.pk not in {held.filed_by_id, held.member.user_id}:
        return held
    done = _confirm([held], by=by, today=today)
    if done.left:
        raise DomainError(done.left[0][1])
    return done.confirmed[0]


@transaction.atomic
def confirm_awards(awards: Iterable[Award], *, by: User, today: date | None = None) -> Bulk:
    """Confirm many, each under its own lock, taken in one order; what cannot be confirmed is told with its reason, the rest goes through."""
    ids = [award.pk for award in awards]
    if not ids:
        raise DomainError("先选上要认定的。")
    if len(ids) > AT_ONCE:
        raise DomainError(f"一次最多认定 {AT_ONCE} 笔，先筛小一些。")
    return _confirm(_held(ids), by=by, today=today)


@transaction.atomic
def refuse_award(award: Award, *, reason: str, by: User) -> Award:
    """Refuse with the reason the filer reads; the filer may file it again, corrected."""
    held = _held([award.pk])[0]
    if held.state == Award.State.CONFIRMED:
        raise DomainError("这一笔已经认定，不能再退。有错由上级党委撤销，或者走异议。")
    if barrier := _barrier(held, by):
        raise DomainError(barrier)
    if not reason.strip():
        raise DomainError("写上原因，登记的人才知道怎么补。", field="reason")
    held.refusal = reason.strip()
    _decide([held], Award.State.REFUSED, by=by)
    return held


@transaction.atomic
def revoke_award(award: Award, *, reason: str, by: User, today: date | None = None) -> Award:
    """Take back what was confirmed wrongly: its facts are voided, and the ledger posts the correction itself."""
    held = _held([award.pk])[0]
    if held.state == Award.State.REVOKED:
        raise DomainError("这一笔已经撤销了。")
    if held.state != Award.State.CONFIRMED:
        raise DomainError("还没有认定，不用撤销；不认定就退回。")
    if by.pk in {held.filed_by_id, held.member.user_id}:
        raise DomainError("自己登记的、自己的积分，要由另一个人撤销。")
    if not reason.strip():
        raise DomainError("写上撤销的原因，本人和支部都看得到。", field="reason")
    years = [day.year for day in _days(held)]
    for year in years:
        require_open_year(year, organisation=held.organisation, by=by, today=today)
    facts.void(_keys(held), by=by)
    held.state, held.revoked_by, held.revoked_at, held.revocation = Award.State.REVOKED, by, timezone.now(), reason.strip()
    held.save(update_fields=["state", "revoked_by", "revoked_at", "revocation"])
    _told([held], Award.State.REVOKED, by=by)
    for year in years:
        settle_soon(members=[held.member_id], year=year)
    return held


def require_open_year(year: int, *, organisation: Organisation, by: User, today: date | None = None) -> None:
    """Refuse a correction of a year long over, unless the department makes it."""
    if sentence := _closed_year(year, organisation=organisation, by=by, today=today or timezone.localdate()):
        raise DomainError(sentence)


def _closed_year(year: int, *, organisation: Organisation, by: User, today: date) -> str:
    days = value_on(today, CONSENT_DAYS)
    if may_correct_freely(year, today, days=days) or can(by, "points.reopen", organisation):
        return ""
    return f"{year} 年的积分已经定了，过了年底 {days} 天，更正要组织部同意：请组织部来办这一步。"


def _held(ids: list[int]) -> list[Award]:
    related = ("organisation", "filed_by", "member")
    return list(Award.objects.select_for_update(of=("self",)).select_related(*related).filter(pk__in=ids).order_by("pk"))


def _barrier(award: Award, by: User) -> str:
    """Why this person may not decide on it now; empty when they may."""
    if award.state == Award.State.REFUSED:
        return "这一笔已经退回，要认定请重新登记。"
    if award.state == Award.State.REVOKED:
        return "这一笔已经撤销，要认定请重新登记。"
    if award.state == Award.State.CONFIRMED:
        return "别人刚才已经认定。"
    if award.filed_by_id == by.pk:
        return "自己登记的要由另一个人确认。"
    if award.member.user_id == by.pk:
        return "自己的积分要由另一个人确认。"
    if not can(by, "points.confirm", award.organisation):
        return "不在你能认定的范围里。"
    return ""


def _confirm(held: list[Award], *, by: User, today: date | None) -> Bulk:
    """Facts, states and audit of all that may be confirmed, in as many statements for one as for fifty of a day."""
    today = today or timezone.localdate()
    open_years: dict[tuple[int, int], str] = {}
    left, good = [], []
    for award in held:
        reason = _barrier(award, by)
        for day in () if reason else _days(award):
            key = (day.year, award.organisation_id)
            if key not in open_years:
                open_years[key] = _closed_year(day.year, organisation=award.organisation, by=by, today=today)
            reason = reason or open_years[key]
        if reason:
            left.append((award, reason))
        else:
            good.append(award)
    places = _places(good)
    lines: dict[int, list[facts.FactLine]] = defaultdict(list)
    confirmed = []
    for award in good:
        if any((award.member_id, day) not in places for day in _days(award)):
            left.append((award, "那一天他的组织关系已不在这里，退回请登记的人核对。"))
            continue
        lines[award.filed_by_id] += _lines(award, places)
        confirmed.append(award)
    filers = {award.filed_by_id: award.filed_by for award in confirmed}
    for filer, theirs in lines.items():
        facts.record(theirs, by=filers[filer], confirmed_by=by)
    if confirmed:
        _decide(confirmed, Award.State.CONFIRMED, by=by)
    owed: dict[int, set[int]] = defaultdict(set)
    for award in confirmed:
        for day in _days(award):
            owed[day.year].add(award.member_id)
    for year, members in owed.items():
        settle_soon(members=members, year=year)
    return Bulk(confirmed, left)


def _days(award: Award) -> list[date]:
    """The deed's day; of a veto also the first of January of every later year it touches."""
    last = award.expires_on.year if award.is_veto else award.day.year
    return [award.day, *(date(year, 1, 1) for year in range(award.day.year + 1, last + 1))]


def _keys(award: Award) -> list[str]:
    if not award.is_veto:
        return [f"points.award:{award.uid}"]
    return [f"points.veto:{award.uid}:{day.year}" for day in _days(award)]


def _places(awards: list[Award]) -> dict[tuple[int, date], Place]:
    wanted: dict[date, list[int]] = defaultdict(list)
    for award in awards:
        for day in _days(award):
            wanted[day].append(award.member_id)
    return {(member, day): place for day, members in wanted.items() for member, place in places_on(members, day).items()}


def _lines(award: Award, places: dict[tuple[int, date], Place]) -> list[facts.FactLine]:
    return [
        facts.FactLine(
            key=key,
            kind=award.fact_kind,
            member_id=award.member_id,
            organisation_id=places[award.member_id, day].organisation_id,
            member_class=places[award.member_id, day].member_class,
            day=day,
            units=award.units,
            grade=award.grade,
            title=award.title,
            evidence=award.evidence or "照片",
        )
        for key, day in zip(_keys(award), _days(award), strict=True)
    ]


def _decide(awards: list[Award], state: str, *, by: User) -> None:
    now = timezone.now()
    for award in awards:
        award.state, award.decided_by, award.decided_at = state, by, now
    Award.objects.bulk_update(awards, ["state", "decided_by", "decided_at", "refusal"])
    _told(awards, state, by=by)


def _told(awards: list[Award], state: str, *, by: User) -> None:
    audit.record_many(
        f"points.award.{state}",
        [
            {
                "target_kind": "points.award",
                "target_uid": award.uid,
                "path": award.organisation.path,
                "subject": award.member.uid,
                "data": {"item": award.item_code, "day": award.day},
            }
            for award in awards
        ],
        by=by,
    )
