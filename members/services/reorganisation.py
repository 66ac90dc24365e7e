"""组织调整: all members of a branch moved at once (a merger of villages), and a branch that is empty dissolved."""

from datetime import date

from django.db import transaction

from branches.models import Organisation
from branches.services import organisations
from members.models import Affiliation, GroupMembership, Member, MemberClass, Office
from members.rules.classes import member_class
from members.rules.offices import post_follows
from members.services.membership import refuse_dissolved
from members.services.offices import end_office
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User

AT_ONCE = 500


@transaction.atomic
def move_all(source: Organisation, *, to: Organisation, on: date, basis: str, by: User, today: date) -> int:
    """Move everybody at home in one 党支部 to another from a day on: the same as `membership.move` for each, set-based (a test compares).

    Returns how many. Groups and posts of the branch left behind end; who is under 停止党籍 goes along.
    """
    if not (source.is_branch and to.is_branch):
        raise DomainError("组织关系只能在党支部之间整体转。", field="to")
    if source.pk == to.pk:
        raise DomainError("转到的支部就是这个支部，选另一个。", field="to")
    if to.dissolved_on is not None:
        raise DomainError("这个党支部已经撤销。", field="to")
    if on > today:
        raise DomainError("转的日子还没有到。", field="on")
    if on < to.founded_on:
        raise DomainError(f"{to}{to.founded_on:%Y-%m-%d} 才成立，不能更早转过去。", field="on")
    if not basis.strip():
        raise DomainError("要写上级批准调整的文号。", field="basis")
    members = list(
        Member.objects.select_for_update(no_key=True, of=("self",)).at_home().filter(branch=source).defer("id_number").order_by("pk")
    )
    if not members:
        raise DomainError(f"{source}没有党员可转。")
    late = Affiliation.objects.filter(member__in=members, end=None, start__gt=on).order_by("-start").first()
    if late is not None:
        raise DomainError(f"有人 {late.start:%Y-%m-%d} 才编入这个支部，转的日子不能更早。", field="on")
    for at in range(0, len(members), AT_ONCE):
        _move(members[at : at + AT_ONCE], to, on=on, basis=basis.strip())
    _end_posts(members, source, to, on=on, by=by)
    refuse_dissolved(to)
    audit.record_many(
        "members.member.moved",
        (
            {
                "path": to.path,
                "target_kind": "members.member",
                "target_uid": member.uid,
                "subject": member.uid,
                "data": {"start": on, "from": source.code, "to": to.code, "basis": basis.strip()},
            }
            for member in members
        ),
        by=by,
    )
    audit.record("members.branch.moved_all", source, by=by, path=source.path, organisation=source.code, to=to.code, members=len(members))
    return len(members)


def _move(members: list[Member], to: Organisation, *, on: date, basis: str) -> None:
    held = Affiliation.objects.filter(member__in=members, end=None)
    # A row that began this very day never held for a whole one: it is corrected, not closed.
    corrected = set(held.filter(start=on).values_list("member_id", flat=True))
    held.filter(start=on).update(organisation=to, basis=basis)
    held.filter(start__lt=on).update(end=on, end_reason=Affiliation.EndReason.MOVED)
    Affiliation.objects.bulk_create(
        Affiliation(member=member, organisation=to, start=on, reason=Affiliation.Reason.REORGANISED, basis=basis)
        for member in members
        if member.pk not in corrected
    )
    GroupMembership.objects.filter(member__in=members, start__gte=on).delete()
    GroupMembership.objects.filter(member__in=members, end=None).update(end=on)
    _keep_classes(members, to, on=on)


def _keep_classes(members: list[Member], to: Organisation, *, on: date) -> None:
    """As `people.keep_class` for each: a new class where the new branch says another; 年老体弱 stays."""
    current = {row.member_id: row for row in MemberClass.objects.filter(member__in=members, end=None)}
    wanted = {m.pk: member_class(is_mobile=m.is_mobile, post=m.post, unit_type=to.unit_type) for m in members}
    changed = [pk for pk, name in wanted.items() if pk not in current or current[pk].name not in {name, MemberClass.Name.EXEMPT}]
    same_day = [current[pk] for pk in changed if pk in current and current[pk].start >= on]
    for row in same_day:
        row.name = wanted[row.member_id]
    MemberClass.objects.bulk_update(same_day, ["name"])
    done = {row.member_id for row in same_day}
    MemberClass.objects.filter(member__in=[pk for pk in changed if pk not in done], end=None).update(end=on)
    MemberClass.objects.bulk_create(MemberClass(member_id=pk, name=wanted[pk], start=on) for pk in changed if pk not in done)


def _end_posts(members: list[Member], source: Organisation, to: Organisation, *, on: date, by: User) -> None:
    posts = Office.objects.open().filter(member__in=members).select_related("organisation").order_by("member_id", "pk")
    for office in posts:  # a committee's few
        if not post_follows(office.organisation.path, left=source.path, joined=to.path):
            end_office(office, on=on, reason=Office.EndReason.MOVED, by=by)


@transaction.atomic
def dissolve(organisation: Organisation, *, on: date, basis: str, by: User, today: date) -> Organisation:
    """Dissolve a branch or another organisation that is empty; its posts end with it, and so do the 党小组 of a branch nobody is left in.

    Refused with how many are still at home.
    """
    if organisation.is_branch and not Member.objects.at_home().filter(branch=organisation).exists():
        for group in organisation.children.existing().filter(kind=Organisation.Kind.GROUP).order_by("pk"):
            dissolve(group, on=on, basis=basis, by=by, today=today)
    for office in organisation.offices.open().select_related("organisation").order_by("pk"):
        end_office(office, on=on, reason=Office.EndReason.DISSOLVED, by=by)
    return organisations.dissolve(organisation, on=on, basis=basis, by=by, today=today)
