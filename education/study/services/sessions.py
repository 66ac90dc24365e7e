"""培训班 and days at a 站点: recorded with their roll by one, confirmed by another, and then they count at home."""

from collections.abc import Iterable
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from branches.models import Organisation
from education.study import rules
from education.study.models import Session, SessionLine, Site
from education.study.parameters import HALF_DAY_HOURS, MINUTES_AN_HOUR
from members.models import Member
from members.selectors.days import places_on
from members.services import facts
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on
from points.services import settle_soon

Kind, State = Session.Kind, Session.State


@transaction.atomic
def open_site(*, organisation: Organisation, name: str, place: str, opened_on: date, by: User, today: date) -> Site:
    """A room for studying together, from a day on."""
    if opened_on > today:
        raise DomainError("设立日期还没到。", field="opened_on")
    if not name.strip() or not place.strip():
        raise DomainError("写上站点名称和地点。", field="place" if name.strip() else "name")
    try:
        with transaction.atomic():
            site = Site.objects.create(organisation=organisation, name=name.strip(), place=place.strip(), opened_on=opened_on, opened_by=by)
    except IntegrityError as refusal:
        if "site_name_once" not in str(refusal):
            raise
        raise DomainError("这个党组织已经有同名的站点，换个名称。", field="name") from None
    audit.record("study.site.opened", site, by=by, path=organisation.path, opened_on=opened_on)
    return site


@transaction.atomic
def close_site(site: Site, *, by: User, today: date) -> Site:
    """Nothing more is recorded there; what was, stays."""
    held = Site.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=site.pk)
    if held.closed_on:
        raise DomainError("这个站点已经撤销了。")
    held.closed_on, held.closed_by = today, by
    held.save(update_fields=["closed_on", "closed_by"])
    audit.record("study.site.closed", held, by=by, path=held.organisation.path)
    return held


@transaction.atomic
def record_session(
    *,
    organisation: Organisation,
    title: str,
    starts_on: date,
    ends_on: date | None = None,
    members: Iterable[Member],
    half_days: int | None = None,
    site: Site | None = None,
    minutes: int | None = None,
    basis: str = "",
    by: User,
    today: date,
) -> Session:
    """Record a 培训班 (half days), or a day at a site (minutes), with who was there. It counts when another has confirmed it."""
    ends_on, people = ends_on or starts_on, {member.pk: member for member in members}
    _check(title=title, starts_on=starts_on, ends_on=ends_on, people=people, half_days=half_days, site=site, minutes=minutes, today=today)
    if site is None:
        hours = rules.hours_of_half_days(half_days or 0, each=value_on(starts_on, HALF_DAY_HOURS))
    else:
        hours = rules.hours_of_minutes(minutes or 0, an_hour=value_on(starts_on, MINUTES_AN_HOUR))
        organisation = site.organisation
    if not hours:
        raise DomainError("太短，折不成半个学时。", field="minutes")
    _require_at_home(people, starts_on)
    session = Session(
        organisation=organisation,
        kind=Kind.SITE if site else Kind.TRAINING,
        site=site,
        title=title.strip(),
        starts_on=starts_on,
        ends_on=ends_on,
        half_days=None if site else half_days,
        minutes=minutes if site else None,
        hours=hours,
        basis=basis.strip(),
        recorded_by=by,
    )
    try:
        with transaction.atomic():
            session.save()
    except IntegrityError as refusal:
        if "session_once" not in str(refusal):
            raise
        raise DomainError("同一天同样主题的已经登记过。要改名单，先把那一次作废。", field="title") from None
    SessionLine.objects.bulk_create([SessionLine(session=session, member_id=pk) for pk in sorted(people)])
    _record("recorded", session, by=by, members=len(people), hours=hours)
    return session


def _check(*, title, starts_on, ends_on, people, half_days, site, minutes, today) -> None:
    if not title.strip():
        raise DomainError("写上主题。", field="title")
    if ends_on > today:
        raise DomainError("还没有结束。结束了再登记。", field="ends_on" if ends_on != starts_on else "starts_on")
    if ends_on < starts_on:
        raise DomainError("结束不能早于开始。", field="ends_on")
    if not people:
        raise DomainError("还没有学员。", field="members")
    if site is None:
        most = rules.half_days_between(starts_on, ends_on)
        if not half_days or not 1 <= half_days <= most:
            raise DomainError(f"这几天最多 {most} 个半天。", field="half_days")
        return
    if not minutes or not 1 <= minutes <= 600:
        raise DomainError("学习时长写 1 到 600 分钟。", field="minutes")
    if ends_on != starts_on:
        raise DomainError("站点学习一天登记一次。", field="ends_on")
    if starts_on < site.opened_on or (site.closed_on and starts_on >= site.closed_on):
        raise DomainError("那天这个站点还没有设立，或者已经撤销。", field="starts_on")


def _require_at_home(people: dict[int, Member], day: date) -> None:
    homeless = people.keys() - places_on(people, day).keys()
    if homeless:
        raise DomainError(f"{people[min(homeless)].name}那天不在本县任何党支部，去掉再登记。", field="members")


@transaction.atomic
def confirm_session(session: Session, *, by: User) -> Session:
    """A second person confirms: facts at home, in the branch and class of the first day. Confirmed twice, it writes once."""
    held = _locked(session)
    if held.state == State.CONFIRMED:
        return held
    if held.state == State.VOID:
        raise DomainError("这一次已经作废，不能确认。")
    if held.recorded_by_id == by.pk:
        raise DomainError("登记的人不能自己确认，换一个人确认。")
    held.state, held.confirmed_by, held.confirmed_at = State.CONFIRMED, by, timezone.now()
    held.save(update_fields=["state", "confirmed_by", "confirmed_at"])
    lines = list(held.lines.all())
    places = places_on([line.member_id for line in lines], held.starts_on)
    facts.record(
        [
            facts.FactLine(
                key=key_of(held, line),
                kind="study.hours",
                member_id=line.member_id,
                organisation_id=places[line.member_id].organisation_id,
                member_class=places[line.member_id].member_class,
                day=held.starts_on,
                units=held.hours,
                title=f"{held.get_kind_display()}：{held.title}"[:120],
                evidence=held.basis,
            )
            for line in lines
            if line.member_id in places
        ],
        by=held.recorded_by,
        confirmed_by=by,
    )
    _record("confirmed", held, by=by, members=len(lines))
    settle_soon(members=[line.member_id for line in lines], year=held.starts_on.year)
    return held


@transaction.atomic
def void_session(session: Session, *, reason: str, by: User, today: date) -> Session:
    """Take a wrongly recorded one out of account; its rows stay, its facts are voided."""
    held = _locked(session)
    if held.state == State.VOID:
        raise DomainError("这一次已经作废了。")
    if not reason.strip():
        raise DomainError("写上作废的原因。", field="reason")
    held.state, held.voided_by, held.voided_on, held.void_reason = State.VOID, by, today, reason.strip()
    held.save(update_fields=["state", "voided_by", "voided_on", "void_reason"])
    lines = list(held.lines.all())
    facts.void([key_of(held, line) for line in lines], by=by)
    _record("voided", held, by=by)
    settle_soon(members=[line.member_id for line in lines], year=held.starts_on.year)
    return held


def key_of(session: Session, line: SessionLine) -> str:
    """study.training:… or study.site:…: the statement tells a 集中培训 by its key."""
    return f"study.{session.kind}:{line.uid}"


def _locked(session: Session) -> Session:
    return Session.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=session.pk)


def _record(what: str, session: Session, *, by: User, **data) -> None:
    audit.record(f"study.session.{what}", session, by=by, path=session.organisation.path, starts_on=session.starts_on, **data)
