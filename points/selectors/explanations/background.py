"""What stands behind a handful of entries, fetched at once: the reasons of the settlement, versions, grades, revisions and awards."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from members.models import Fact
from points.models import Award, Category, Entry, ItemGrade, Multiplier, Scheme
from points.selectors.explanations.reasons import Reason, reasons_of

_VETO_KEY = re.compile(r"points\.veto:([0-9a-f-]{36}):\d{4}$")  # a veto's facts name their award and year


@dataclass(frozen=True, kw_only=True)
class Background:
    """Everything a line may need to be told, by what it is looked up with."""

    reasons: dict[UUID, Reason] = field(default_factory=dict)
    schemes: dict[int, Scheme] = field(default_factory=dict)
    categories: dict[tuple[int, str], Category] = field(default_factory=dict)
    grades: dict[tuple[int, str], ItemGrade] = field(default_factory=dict)
    multipliers: dict[tuple[int, str], Multiplier] = field(default_factory=dict)
    told: dict[int, Fact] = field(default_factory=dict)
    awards: dict[str, Award] = field(default_factory=dict)
    revisions: dict[str, list[Fact]] = field(default_factory=dict)
    postings: dict[UUID, list[Entry]] = field(default_factory=dict)

    def groups(self, kind: Entry.Kind, code: str, entry: Entry) -> list[Reason]:
        """The bounded sums of a kind an entry counts in, the shorter period first."""
        return [reason for reason in self._by_sum.get((kind, code, entry.member_id), ()) if reason.covers(entry.day)]

    @cached_property
    def _by_sum(self) -> dict[tuple, list[Reason]]:
        found: dict[tuple, list[Reason]] = {}
        for reason in self.reasons.values():
            found.setdefault((reason.kind, reason.code, reason.member_id), []).append(reason)
        return found

    def revision_at(self, fact: Fact, moment: datetime) -> Fact:
        """What was on record under the fact's key at a moment."""
        known = [revision for revision in self.revisions.get(fact.key, ()) if revision.recorded_at <= moment]
        return known[-1] if known else fact

    def scheme_of(self, reason: Reason) -> Scheme:
        return self.schemes[reason.scheme_id]

    def category_name(self, reason: Reason) -> str:
        found = self.categories.get((reason.scheme_id, reason.category))
        return found.name if found else "这一类"


def background_of(entries: Iterable[Entry], year: int, *, with_history: bool = False) -> Background:
    """For entries of one year. `with_history` also fetches the other postings of their lines, where the entries are not whole years."""
    entries = list(entries)
    if not entries:
        return Background()
    postings = _postings(entries, with_history)
    reasons = reasons_of({entry.member_id for entry in entries}, year)
    categories = Category.objects.filter(scheme__in={reason.scheme_id for reason in reasons}).select_related("scheme") if reasons else []
    schemes = {category.scheme_id: category.scheme for category in categories}
    graded = [entry for entry in entries if entry.fact_id and entry.item_id and entry.fact.grade]
    grades = ItemGrade.objects.filter(item__in={entry.item_id for entry in graded}) if graded else []
    told = Fact.objects.select_related("recorded_by", "confirmed_by").in_bulk({reason.fact_id for reason in reasons if reason.fact_id})
    return Background(
        reasons={reason.line: reason for reason in reasons},
        schemes=schemes | Scheme.objects.in_bulk({reason.scheme_id for reason in reasons} - set(schemes)),
        categories={(category.scheme_id, category.code): category for category in categories},
        grades={(grade.item_id, grade.code): grade for grade in grades},
        multipliers=_multipliers(reasons),
        told=told,
        awards=_awards(told.values()),
        revisions=_revisions(postings),
        postings=postings,
    )


def _postings(entries: list[Entry], with_history: bool) -> dict[UUID, list[Entry]]:
    """All postings of each fact's line, in their order."""
    held = entries
    if with_history:
        lines = {entry.line for entry in entries if entry.kind == Entry.Kind.FACT}
        held = list(Entry.objects.filter(line__in=lines).select_related("fact", "item__scheme"))
    found: dict[UUID, list[Entry]] = {}
    for entry in sorted(held, key=lambda entry: entry.posting):
        if entry.kind == Entry.Kind.FACT:
            found.setdefault(entry.line, []).append(entry)
    return found


def _revisions(postings: dict[UUID, list[Entry]]) -> dict[str, list[Fact]]:
    """Of facts whose line was corrected, every revision: only they say what was changed, and by whom."""
    keys = {entry.fact.key for rows in postings.values() if len(rows) > 1 for entry in rows}
    found: dict[str, list[Fact]] = {}
    for fact in Fact.objects.filter(key__in=keys).select_related("recorded_by").order_by("key", "revision") if keys else ():
        found.setdefault(fact.key, []).append(fact)
    return found


def _multipliers(reasons: list[Reason]) -> dict[tuple[int, str], Multiplier]:
    schemes = {reason.scheme_id for reason in reasons if reason.kind == Entry.Kind.MULTIPLIER}
    if not schemes:
        return {}
    rows = Multiplier.objects.filter(scheme__in=schemes).select_related("category").prefetch_related("grades")
    return {(row.scheme_id, row.category.code if row.category else ""): row for row in rows}


def _awards(facts: Iterable[Fact]) -> dict[str, Award]:
    """The awards behind vetoes, by the fact's key: they hold the document's number."""
    keys = {fact.key: named[1] for fact in facts if (named := _VETO_KEY.match(fact.key))}
    awards = {str(award.uid): award for award in Award.objects.filter(uid__in=set(keys.values()))} if keys else {}
    return {key: awards[uid] for key, uid in keys.items() if uid in awards}
