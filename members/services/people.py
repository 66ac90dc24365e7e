"""Writing members one by one: registration and change. The roster import is the same door in bulk."""

from datetime import date

from django.db import IntegrityError, transaction

from branches.models import Organisation
from members.models import Affiliation, Member, MemberClass
from members.rules.classes import member_class
from members.services.standing import follow_standing
from partyportal.core import audit, crypto, pinyin
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User

NOT_TYPED = ("id_number", "id_index", "id_tail_index", "branch")  # checked before, or worked out


def derived(*, name: str, id_number: str) -> dict:
    """The columns worked out from a name and an ID number. `roster.staging` does the same for many; a test compares."""
    key, initials = pinyin.person(name)
    return {
        "pinyin": key,
        "initials": initials,
        "id_masked": f"{id_number[:6]}********{id_number[-4:]}",
        "id_index": crypto.look_up(id_number, purpose="id_number"),
        "id_tail_index": crypto.look_up(id_number[-4:].upper(), purpose="id_tail"),
    }


@transaction.atomic
def register(*, branch: Organisation, start: date, reason: str, by: User | None, **fields) -> Member:
    """Register a member of a branch from a day on, with the class that follows from the roster."""
    refuse_known_number(fields["id_number"])
    member = Member(**fields, **derived(name=fields["name"], id_number=fields["id_number"]))
    member.full_clean(exclude=["uid", *NOT_TYPED], validate_constraints=False)
    _save(member)
    Affiliation.objects.create(member=member, organisation=branch, start=start, reason=reason)
    name = member_class(is_mobile=member.is_mobile, post=member.post, unit_type=branch.unit_type)
    MemberClass.objects.create(member=member, name=name, start=start)
    audit.record("members.member.registered", member, by=by, path=branch.path, subject=member.uid, organisation=branch.code)
    member.refresh_from_db()
    if member.standing == Member.Standing.SUSPENDED:
        follow_standing(member, on=start, by=by)
    return member


@transaction.atomic
def edit(member: Member, *, version: int, by: User, on: date, **changes) -> Member:
    """Change a member's own fields; `version` is the one the form was opened with, a newer one refuses."""
    # The branch is read afterwards: joined to a row that was waited for, it would be missing had the member moved meanwhile.
    held = Member.objects.select_for_update().get(pk=member.pk)
    if held.merged_into_id is not None:
        raise DomainError(f"{held.name}的这份档案已并入另一份，到保留的那份档案里改。")
    if held.version != version:
        raise Stale("这位党员的资料刚才被别人改过。请看过新资料再改，你填的内容还在下面。")
    before_after = {f: [getattr(held, f), v] for f, v in changes.items() if getattr(held, f) != v}
    if not before_after:
        return held
    for field, (_, value) in before_after.items():
        setattr(held, field, value)
    if {"name", "id_number"} & before_after.keys():
        for field, value in derived(name=held.name, id_number=held.id_number).items():
            setattr(held, field, value)
    held.version += 1
    held.full_clean(exclude=[*NOT_TYPED, "user"], validate_constraints=False)
    _save(held)
    keep_class(held, on=on)
    if "standing" in before_after:
        follow_standing(held, on=on, by=by)
    audit.record(
        "members.member.edited", held, by=by, path=held.branch.path, subject=held.uid, changes=before_after, fields=sorted(before_after)
    )
    return held


def refuse_known_number(number: str) -> None:
    """A number is registered once; that of a file merged into another leads to the one kept, and no new file is made of it."""
    index = crypto.look_up(number, purpose="id_number")
    known = Member.objects.filter(id_index=index).values("merged_into").first()
    if known is None:
        return
    if known["merged_into"] is not None:
        raise DomainError("这个公民身份号码在一份已合并的档案上，这个人的档案已经有了，按号码就能找到。", field="id_number")
    raise DomainError("这个公民身份号码已经登记过。", field="id_number")


def _save(member: Member) -> None:
    """Save; of two who register one number at the same moment the later is told so. A savepoint keeps the act's transaction usable.

    The promises of the table are asked about one by one, a statement each, only when it has refused.
    """
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as fault:
        if "id_index" in str(fault):
            raise DomainError("这个公民身份号码已经登记过。", field="id_number") from None
        member.validate_constraints(exclude=NOT_TYPED)
        raise


def keep_class(member: Member, *, on: date) -> None:
    """Open a new class from `on` when the roster now says another than the one in force."""
    name = member_class(is_mobile=member.is_mobile, post=member.post, unit_type=member.branch.unit_type)
    current = member.classes.filter(end=None).first()
    if current is not None and current.name in {name, MemberClass.Name.EXEMPT}:
        return
    if current is not None and current.start >= on:
        MemberClass.objects.filter(pk=current.pk).update(name=name)
        return
    member.classes.filter(end=None).update(end=on)
    MemberClass.objects.create(member=member, name=name, start=on)


def reveal_id_number(member: Member, *, by: User) -> str:
    """The whole ID number, with an audit row for every reveal. Views ask for the verb first."""
    audit.record("members.id_number.revealed", member, by=by, path=member.branch.path if member.branch else "", subject=member.uid)
    return member.id_number


def reveal_phone(member: Member, *, by: User) -> str:
    """The whole phone number, with an audit row for every reveal. Views ask for the verb first."""
    audit.record("members.phone.revealed", member, by=by, path=member.branch.path if member.branch else "", subject=member.uid)
    return member.mobile_phone or member.landline
