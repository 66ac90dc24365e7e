"""A version's rows read into plain content, and what is to be said of a draft."""

from datetime import date, timedelta

from django.db.models import Count, Q

from branches.models import Organisation, OrganisationSpan
from members.models import Fact
from points.models import Item, Scheme
from points.rules import content
from points.rules.findings import Finding, findings
from points.rules.kinds import BY_CODE, MANUAL
from points.rules.versions import Change, differences

PARTS = ("categories", "items__category", "items__grades", "multipliers__category", "multipliers__grades", "thresholds")
RECENT = timedelta(days=365)


def content_of(scheme: Scheme) -> content.Scheme:
    """What a version says: seven statements, whatever its length; none if its parts were fetched before (`PARTS`)."""
    items = sorted(scheme.items.all(), key=lambda one: (one.category.position, one.category.code, one.position, one.code))
    return content.Scheme(
        name=scheme.name,
        source=scheme.source,
        cap=scheme.cap,
        cap_period=scheme.cap_period,
        floor=scheme.floor,
        quarter_counts=scheme.quarter_counts,
        categories=tuple(
            content.Category(code=one.code, name=one.name, cap=one.cap, cap_period=one.cap_period, floor=one.floor)
            for one in scheme.categories.all()
        ),
        items=tuple(
            content.Item(
                code=one.code,
                category=one.category.code,
                name=one.name,
                article=one.article,
                note=one.note,
                fact_kind=one.fact_kind,
                value=one.value,
                unit=one.unit,
                cap=one.cap,
                cap_period=one.cap_period,
                classes=tuple(one.classes),
                manual=one.manual,
                is_veto=one.is_veto,
                shares_fact=one.shares_fact,
                grades=tuple(content.Grade(code=grade.code, name=grade.name, value=grade.value) for grade in one.grades.all()),
            )
            for one in items
        ),
        multipliers=tuple(
            content.Multiplier(
                name=one.name,
                fact_kind=one.fact_kind,
                category=one.category.code if one.category else "",
                article=one.article,
                grades=tuple(content.Ratio(code=grade.code, name=grade.name, ratio=grade.ratio) for grade in one.grades.all()),
            )
            for one in scheme.multipliers.all()
        ),
        thresholds=tuple(
            content.Threshold(
                name=one.name,
                at_least=one.at_least,
                period=one.period,
                of=one.of,
                stars=one.stars,
                on_list=one.on_list,
                consequence=one.consequence,
            )
            for one in scheme.thresholds.all()
        ),
    )


def findings_of(scheme: Scheme, text: content.Scheme, today: date, *, with_facts: bool = False) -> list[Finding]:
    """What stands in a draft's way. `with_facts` also looks at the facts on record, which costs a look through a year of them."""
    taken = Scheme.objects.published().filter(organisation=scheme.organisation_id).exclude(pk=scheme.pk)
    return findings(
        text,
        start=scheme.start,
        today=today,
        taken_days=set(taken.values_list("start", flat=True)),
        rescored=_rescored(scheme, text, today) if with_facts and scheme.start < today else 0,
        recorded=_recorded(scheme.organisation, today) if with_facts else None,
    )


def _under(organisation: Organisation) -> Q:
    """The organisations that have ever hung below one, itself among them."""
    spans = OrganisationSpan.objects.filter(path__contains=f"/{organisation.pk}/")
    return Q(organisation__in=spans.values("organisation"))


def _rescored(scheme: Scheme, text: content.Scheme, today: date) -> int:
    kinds = {item.fact_kind for item in text.items}
    facts = Fact.objects.standing().filter(_under(scheme.organisation), kind__in=kinds, day__range=(scheme.start, today))
    return facts.aggregate(count=Count("pk"))["count"]


def _recorded(organisation: Organisation, today: date) -> set[str]:
    facts = Fact.objects.standing().filter(_under(organisation), day__gt=today - RECENT, day__lte=today)
    return set(facts.order_by().values_list("kind", flat=True).distinct())


def version_before(scheme: Scheme) -> Scheme | None:
    """The version it was made from; of one made from nothing, the organisation's version before it."""
    if scheme.based_on_id and scheme.based_on.published_at:
        return scheme.based_on
    earlier = Scheme.objects.published().filter(organisation=scheme.organisation_id).exclude(pk=scheme.pk)
    return earlier.filter(start__lt=scheme.start).order_by("-start").first()


def changes_since(before: Scheme, text: content.Scheme) -> list[Change]:
    """What a version changes of another, part by part."""
    return differences(content_of(before), text)


def is_ruled_already(scheme: Scheme) -> bool:
    """Whether a version rules where this one would: without one, nobody's points can fall."""
    above = [int(step) for step in scheme.organisation.path.strip("/").split("/")]
    return Scheme.objects.published().filter(organisation__in=above).exclude(pk=scheme.pk).exists()


def own_kinds(scheme: Scheme) -> list[tuple[str, str]]:
    """The by-hand kinds the county made itself, called by the items that count them: one statement."""
    rows = Item.objects.filter(fact_kind__startswith=MANUAL).exclude(fact_kind__in=BY_CODE).order_by("fact_kind", "-scheme__version")
    return list(dict(rows.values_list("fact_kind", "name")[:200]).items())
