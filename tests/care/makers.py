"""Conditions and versions as tests need them."""

from datetime import date, datetime

from django.utils import timezone

from members.care.models import Condition, Criterion, CriterionVersion

ON = date(2026, 11, 22)


def held(member, kind, start, end=None, *, recorded_on=None) -> Condition:
    """A condition, recorded on its first day unless said otherwise."""
    at = timezone.make_aware(datetime.combine(recorded_on or start, datetime.min.time()))
    over = {"end": end, "end_reason": "better", "ended_at": at} if end else {}
    return Condition.objects.create(member=member, kind=kind, start=start, recorded_at=at, **over)


def version(tree: dict, *, code: str = "tried", start: date | None = date(2020, 1, 1), **fields) -> CriterionVersion:
    """A criterion with one version of this tree, in force unless `start` is None."""
    criterion = Criterion.objects.create(code=code, name=fields.pop("name", "试的名单"), benefit="试", **fields)
    enacted = {"start": start, "enacted_at": timezone.now()} if start else {}
    return CriterionVersion.objects.create(criterion=criterion, number=1, tree=tree, source="测试", **enacted)
