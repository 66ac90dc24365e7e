"""年老体弱: from which day a member is held to nothing (教育管理条例 Art23), by the branch's word or by the age a county has set; and until when."""

from collections import defaultdict
from datetime import date

from django.db import models, transaction

from members.models import Fact, Member, MemberClass
from members.parameters import EXEMPT_AGE
from members.rules.ages import reaches
from members.rules.classes import member_class
from members.services.facts import FactLine, record
from members.services.membership import locked
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on

EXEMPT = MemberClass.Name.EXEMPT


class Why(models.TextChoices):
    AGE = "age", "年老"
    ILL = "ill", "重病、失能"
    DISABLED = "disabled", "伤残"


@transaction.atomic
def exempt(member: Member, *, start: date, why: str, by: User, today: date) -> Member:
    """Class a member as 年老体弱 from a day of this year on; what was recorded of them since then counts by the new class."""
    held, current = _current(member, start, by=by, today=today)
    if current.name == EXEMPT:
        raise DomainError(f"{held.name}从 {current.start:%Y-%m-%d} 起已经是年老体弱。")
    return _change(held, current, EXEMPT, start=start, by=by, why=why)


@transaction.atomic
def end_exemption(member: Member, *, start: date, by: User, today: date) -> Member:
    """No longer 年老体弱 from a day on: the class is again what the roster says."""
    held, current = _current(member, start, by=by, today=today)
    if current.name != EXEMPT:
        raise DomainError(f"{held.name}不是年老体弱，不用改。")
    if (age := value_on(today, EXEMPT_AGE)) and reaches(held.birth_on, age) <= start:  # the night would make it so again
        raise DomainError(f"{held.name}那天已满全县定的 {age} 岁，按年龄就是年老体弱。要改的，由组织部改这个年龄。", field="start")
    name = member_class(is_mobile=held.is_mobile, post=held.post, unit_type=held.branch.unit_type)
    return _change(held, current, name, start=start, by=by)


def exempt_by_age(today: date) -> int:
    """Whoever has reached the age the county set, from the birthday, but no earlier than this year; returns how many. 0 is no age."""
    age = value_on(today, EXEMPT_AGE)
    if not age:
        return 0
    old = Member.objects.at_home().aged(age, None, on=today).exclude(classes__in=MemberClass.objects.filter(end=None, name=EXEMPT))
    done = 0
    for member in old.order_by("pk").defer("id_number"):
        with transaction.atomic():
            held = locked(member)
            current = held.classes.filter(end=None).first()
            if current is not None and current.name != EXEMPT and held.left_on is None:
                since = max(reaches(held.birth_on, age), date(today.year, 1, 1), current.start)
                _change(held, current, EXEMPT, start=since, by=None, why=Why.AGE)
                done += 1
    return done


def _current(member: Member, start: date, *, by: User, today: date) -> tuple[Member, MemberClass]:
    held = locked(member)
    if held.left_on is not None:
        raise DomainError(f"{held.name}的组织关系已经不在本县。")
    if held.user_id == by.pk:
        raise DomainError("自己的分类要由另一个人登记。")
    if not date(today.year, 1, 1) <= start <= today:
        raise DomainError("从今年的哪一天起，写到今天为止的日子；往年的积分和学时不改。", field="start")
    current = held.classes.filter(end=None).get()
    if start < current.start:
        raise DomainError(f"现在的分类从 {current.start:%Y-%m-%d} 起，日子不能更早。", field="start")
    return held, current


def _change(held: Member, current: MemberClass, name: str, *, start: date, by: User | None, **why) -> Member:
    if start == current.start:  # the row never held for a whole day: it is corrected, not closed
        MemberClass.objects.filter(pk=current.pk).update(name=name)
    else:
        MemberClass.objects.filter(pk=current.pk).update(end=start)
        MemberClass.objects.create(member=held, name=name, start=start)
    _count_by(held, name, since=start, by=by)
    audit.record("members.class.changed", held, by=by, path=held.branch.path, subject=held.uid, start=start, name=name, **why)
    return held


def _count_by(member: Member, name: str, *, since: date, by: User | None) -> None:
    """What is on record from the day on counts by the new class: revisions, each with whoever had confirmed it."""
    facts = Fact.objects.standing().filter(member=member, day__gte=since).exclude(member_class=name).select_related("confirmed_by")
    lines: dict[User | None, list[FactLine]] = defaultdict(list)
    columns = ("key", "kind", "member_id", "organisation_id", "day", "units", "title", "evidence", "grade")
    for fact in facts:
        lines[fact.confirmed_by].append(FactLine(member_class=name, **{column: getattr(fact, column) for column in columns}))
    for confirmed_by, theirs in lines.items():
        record(theirs, by=by, confirmed_by=confirmed_by)
