"""What the tests of merging keep asking: meetings held, ledgers settled, the world as it is."""

from datetime import date
from decimal import Decimal
from io import StringIO

from django.core.management import call_command

from education.models import Attendance
from education.services import RollLine, record_meeting
from members.models import Affiliation, Fact, Member, MemberClass, Office, Owed, Suspension
from points.models import Standing
from points.services import Scope, settle

TODAY = date(2026, 11, 22)
BORN = date(1979, 8, 1)


def meet(branch, by, day, *, roll=None, kind="theme_day"):
    return record_meeting(
        organisation=branch, roll=roll or {}, by=by, today=TODAY, confirm=True, kind=kind, group=None, held_on=day, topic="冬季防火", study_hours=Decimal(2)
    )  # fmt: skip


def absent(member):
    return {member.pk: RollLine(state="absent", reason="unexplained")}


def settle_all():
    for year in sorted(set(Owed.objects.values_list("year", flat=True))):
        settle(Scope(year))


def ledger(member) -> list[tuple]:
    """What of a member stands: (year, quarter, category, points)."""
    rows = Standing.objects.filter(member=member).exclude(points=0)
    return sorted(rows.values_list("year", "quarter", "category", "points"))


def world() -> dict:
    """Every row of the merge's concern as it is, ids included; versions, clocks and the append-only tables apart."""
    told = {}
    for model in (Affiliation, MemberClass, Office, Attendance, Suspension, Member):
        names = [f.attname for f in model._meta.concrete_fields if f.attname not in {"version", "updated_at", "id_number"}]
        told[model._meta.label] = [
            tuple(bytes(v) if isinstance(v, memoryview) else v for v in row) for row in model.objects.order_by("pk").values_list(*names)
        ]
    told["numbers"] = [member.id_number for member in Member.objects.order_by("pk")]
    said = ("key", "kind", "member_id", "organisation_id", "member_class", "day", "units", "recorded_by_id", "confirmed_by_id")
    told["facts"] = sorted(Fact.objects.standing().values_list(*said))
    return told


def sound():
    """The ledger agrees with the facts, the projections with the ledger."""
    settle_all()
    call_command("verify_ledger", stdout=StringIO())
    call_command("rebuild_standings", check=True, stdout=StringIO())
