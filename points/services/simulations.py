"""试算: try a draft on a year's facts before it is published; a draft under which somebody falls needs a second person's consent."""

import hashlib
import json
from datetime import date

from celery import current_app
from django.db import transaction
from django.utils import timezone

from partyportal.core import audit, jobs
from partyportal.core.errors import DomainError
from partyportal.core.models import Job, User
from points.models import Scheme, Simulation
from points.settlement.simulate import roll_up


def start_simulation(scheme: Scheme, *, year: int, by: User, today: date) -> Job:
    """Have a draft tried on this or last year's facts."""
    _require_draft(scheme)
    if year not in {today.year, today.year - 1}:
        raise DomainError("只能用今年或去年的记实试算。", field="year")
    # The revision is named so that a draft edited while one is tried is tried again.
    return jobs.start(
        current_app.tasks["points.tasks.simulate"],
        title=f"试算{scheme}",
        by=by,
        scheme=str(scheme.uid),
        year=year,
        revision=scheme.revision,
    )


def simulate_in_job(job: Job, progress: jobs.Progress) -> dict:
    """Run twice, it tries anew."""
    scheme = Scheme.objects.select_related("organisation").get(uid=job.params["scheme"])
    progress(step="按草案重算全年积分")
    simulation = simulate(scheme, year=job.params["year"], by=job.created_by)
    return {"simulation": str(simulation.uid), "scheme": str(scheme.uid), "members": simulation.members}


@transaction.atomic
def simulate(scheme: Scheme, *, year: int, by: User) -> Simulation:
    """Try a draft on a year's facts. Nothing of the ledger is written; what was tried before on that year gives way.

    The draft rules from its own day on; on the facts of a year before, as if it had begun with that year.
    """
    held = Scheme.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=scheme.pk)
    _require_draft(held)
    start = held.start if held.start.year <= year else date(year, 1, 1)
    Simulation.objects.filter(scheme=held, year=year).delete()
    simulation = Simulation.objects.create(scheme=held, year=year, start=start, fingerprint=fingerprint(held), made_by=by)
    for name, value in roll_up(simulation).items():
        setattr(simulation, name, value)
    simulation.save()
    audit.record("points.scheme.simulated", held, by=by, path=held.organisation.path, year=year, falls=simulation.falls)
    return simulation


@transaction.atomic
def consent(simulation: Simulation, *, by: User) -> Simulation:
    """同意: a second person has seen who falls, and lets the draft be published all the same."""
    scheme = Scheme.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=simulation.scheme_id)
    held = Simulation.objects.select_for_update(of=("self",)).filter(pk=simulation.pk).first()
    _require_draft(scheme)
    if held is None or held.fingerprint != fingerprint(scheme):
        raise DomainError("草案在试算以后改过。重新试算，再看一遍。")
    if by.pk in {held.made_by_id, scheme.drafted_by_id}:
        raise DomainError("草案是你起草或试算的，要由另一个人同意。")
    held.consented_by, held.consented_at = by, timezone.now()
    held.save(update_fields=["consented_by", "consented_at"])
    audit.record("points.scheme.consented", scheme, by=by, path=scheme.organisation.path, year=held.year, falls=held.falls)
    return held


def current_simulation(scheme: Scheme) -> Simulation | None:
    """The latest simulation that speaks of the draft as it is now."""
    return scheme.simulations.filter(fingerprint=fingerprint(scheme)).order_by("-made_at").first()


def fingerprint(scheme: Scheme) -> str:
    """A digest of all that a draft says: its head and every part, in their order."""
    parts = {
        "head": _values(Scheme.objects.filter(pk=scheme.pk), _HEAD),
        "categories": _values(scheme.categories.order_by("code"), ("code", "name", "position", "cap", "cap_period", "floor")),
        "items": _values(scheme.items.order_by("code"), _ITEM),
        "grades": _values(
            scheme.items.exclude(grades=None).order_by("code", "grades__code"), ("code", "grades__code", "grades__name", "grades__value")
        ),
        "multipliers": _values(scheme.multipliers.order_by("category__code"), ("category__code", "name", "article", "fact_kind")),
        "ratios": _values(
            scheme.multipliers.exclude(grades=None).order_by("category__code", "grades__code"),
            ("category__code", "grades__code", "grades__name", "grades__ratio"),
        ),
        "thresholds": _values(
            scheme.thresholds.order_by("period", "of", "at_least"), ("period", "of", "name", "at_least", "stars", "on_list", "consequence")
        ),
    }
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, default=str, sort_keys=True).encode()).hexdigest()


_HEAD = ("name", "start", "document_number", "cap", "cap_period", "floor", "quarter_counts")
_ITEM = ("code", "category__code", "name", "article", "fact_kind", "value", "unit", "cap", "cap_period", "classes", "manual", "is_veto")


def _values(rows, names: tuple[str, ...]) -> list[list]:
    return [list(row) for row in rows.values_list(*names)]


def _require_draft(scheme: Scheme) -> None:
    if scheme.published_at:
        raise DomainError("这一版已经发布，不用再试算。")
