"""Writing the tree: founding an organisation and hanging it elsewhere. Each leaves a dated span."""

from datetime import date

from django.db import connection, transaction
from django.db.models import Q, QuerySet, Value
from django.db.models.functions import Concat, Substr

from branches.models import Organisation, OrganisationPower, OrganisationSpan
from branches.rules import MAY_HANG_UNDER, may_approve_admission, short_name
from branches.services.grants import end as end_grant
from partyportal.core import audit, pinyin
from partyportal.core.errors import DomainError
from partyportal.core.models import User


def next_ids(count: int) -> list[int]:
    """Row ids taken ahead, so that a path can be written in the insert itself."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('branches_organisation', 'id')) FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def found_organisation(
    *, code: str, name: str, kind: str, parent: Organisation | None, founded_on: date, unit_type: str = "", by: User | None
) -> Organisation:
    """Found one organisation under its parent, with its first span and, for a 基层党委, the power to approve admissions."""
    if (parent.kind if parent else None) not in MAY_HANG_UNDER[kind]:
        raise DomainError(
            f"{Organisation.Kind(kind).label}不能设在{parent.get_kind_display() if parent else '最上层'}之下。", field="parent"
        )
    (pk,) = next_ids(1)
    organisation = Organisation.objects.create(
        pk=pk,
        code=code,
        name=name,
        short_name=short_name(name, parent.name if parent else ""),
        pinyin=pinyin.key(name),
        kind=kind,
        unit_type=unit_type,
        parent=parent,
        path=f"{parent.path if parent else '/'}{pk}/",
        founded_on=founded_on,
    )
    OrganisationSpan.objects.create(
        organisation=organisation, parent=parent, path=organisation.path, name=name, kind=kind, start=founded_on
    )
    if may_approve_admission(kind=kind, above=parent.kind if parent else None):
        OrganisationPower.objects.create(organisation=organisation, power=OrganisationPower.Power.APPROVES_ADMISSION, start=founded_on)
    audit.record("branches.organisation.founded", organisation, by=by, path=organisation.path, organisation=code)
    return organisation


@transaction.atomic
def rehang(organisation: Organisation, *, under: Organisation, on: date, by: User) -> None:
    """Hang a subtree elsewhere from a day on: today's paths are rewritten, past spans stay.

    Rare and short, so the whole tree is locked: two re-hangs at once could otherwise make a circle.
    """
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE branches_organisation IN SHARE ROW EXCLUSIVE MODE")
    organisation.refresh_from_db()
    under.refresh_from_db()
    if under.path.startswith(organisation.path):
        raise DomainError("不能把党组织挂到它自己的下级之下。", field="under")
    if under.kind not in MAY_HANG_UNDER[organisation.kind]:
        raise DomainError(f"{organisation.get_kind_display()}不能设在{under.get_kind_display()}之下。", field="under")
    old, new = organisation.path, f"{under.path}{organisation.pk}/"
    latest = (
        OrganisationSpan.objects.filter(organisation__path__startswith=old, end=None)
        .order_by("start")
        .values_list("start", flat=True)
        .last()
    )
    if latest is not None and on < latest:
        raise DomainError(f"其中有党组织在 {latest:%Y-%m-%d} 才成立或调整，这次调整的日子不能更早。", field="on")
    Organisation.objects.filter(pk=organisation.pk).update(parent=under, short_name=short_name(organisation.name, under.name))
    if not may_approve_admission(kind=organisation.kind, above=under.kind):  # a 乡镇党委's own 党委 approves nobody (2026 细则 Art22)
        organisation.powers.filter(power=OrganisationPower.Power.APPROVES_ADMISSION, end=None, start__gte=on).delete()
        organisation.powers.filter(power=OrganisationPower.Power.APPROVES_ADMISSION, end=None).update(end=on)
    moved = Organisation.objects.filter(path__startswith=old)
    moved.update(path=Concat(Value(new), Substr("path", len(old) + 1)))
    begin_spans(Organisation.objects.filter(path__startswith=new), on=on)
    audit.record("branches.organisation.rehung", organisation, by=by, path=new, before=old, day=on)
    organisation.refresh_from_db()


@transaction.atomic
def dissolve(organisation: Organisation, *, on: date, basis: str, by: User, today: date) -> Organisation:
    """Dissolve an organisation that is empty: from `on` it is none. Its span, term, powers and grants end; its past stays.

    The row is locked against new members: an affiliation written meanwhile either is seen here or sees the dissolution.
    """
    held = Organisation.objects.select_for_update(of=("self",)).get(pk=organisation.pk)
    if held.dissolved_on is not None:
        raise DomainError("这个党组织已经撤销。")
    if on > today:
        raise DomainError("撤销的日子还没有到。", field="on")
    if on <= held.founded_on:
        raise DomainError(f"{held.founded_on:%Y-%m-%d} 才成立，撤销要晚于那天。", field="on")
    if not basis.strip():
        raise DomainError("要写上级批准撤销的文号。", field="basis")
    # `members` is the name members gave their way back, as in the selectors of the tree.
    if at_home := held.members.filter(left_on=None).count():
        raise DomainError(f"还有 {at_home} 名党员的组织关系在这里，先把他们整体转到别的支部。", field="on")
    if below := held.children.existing().count():
        raise DomainError(f"还有 {below} 个下级党组织，先撤销或改挂它们。", field="on")
    Organisation.objects.filter(pk=held.pk).update(dissolved_on=on)
    spans = OrganisationSpan.objects.filter(organisation=held, end=None)
    spans.filter(start__gte=on).delete()
    spans.filter(start__lt=on).update(end=on)
    held.powers.filter(end=None, start__gte=on).delete()
    held.powers.filter(end=None).update(end=on)
    held.terms.filter(end=None, start__lt=on).update(end=on)
    for grant in held.grants.filter(Q(end=None) | Q(end__gt=on)).order_by("pk"):
        end_grant(grant, on=on, by=by)
    audit.record("branches.organisation.dissolved", held, by=by, path=held.path, organisation=held.code, day=on, basis=basis.strip())
    held.refresh_from_db()
    return held


def still_exists(organisation: Organisation) -> bool:
    """Whether it is not dissolved, kept so until the transaction ends.

    The keys of affiliations are checked only at the commit, so whoever puts a member there asks for the same lock by hand.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT dissolved_on FROM branches_organisation WHERE id = %s FOR KEY SHARE", [organisation.pk])
        return cursor.fetchone() == (None,)


def dissolved_among(organisations: QuerySet) -> list[str]:
    """The names of those that are dissolved; the others are kept from it until the transaction ends, as by `still_exists`."""
    pks = sorted(organisations.values_list("pk", flat=True).distinct())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT short_name, dissolved_on FROM branches_organisation WHERE id = ANY (%s) ORDER BY id FOR KEY SHARE",
            [pks],
        )
        return [name for name, dissolved_on in cursor.fetchall() if dissolved_on is not None]


def begin_spans(organisations, *, on: date) -> None:
    """Close the spans that no longer say today's truth and open the ones that do."""
    spans = OrganisationSpan.objects.filter(organisation__in=organisations, end=None)
    # A span that began on this very day never held for a whole one: it is replaced, not closed.
    spans.filter(start__gte=on).delete()
    spans.filter(start__lt=on).update(end=on)
    OrganisationSpan.objects.bulk_create(
        OrganisationSpan(organisation=o, parent_id=o.parent_id, path=o.path, name=o.name, kind=o.kind, start=on) for o in organisations
    )
