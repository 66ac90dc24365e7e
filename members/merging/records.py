"""What else of a merged person's goes over: chosen fields, posts, facts."""

import copy
import os
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import transaction

from members.merging.journal import REFUSED, Journal
from members.models import Fact, Member, Office
from members.rules.offices import may_hold
from members.selectors.duplicates import TOGETHER
from members.selectors.offices import candidate_on
from members.services import facts
from members.services.offices import end_office
from members.services.people import derived
from partyportal.core.models import User

_NUMBER = "id_number"


def take_fields(journal: Journal, *, kept: Member, gone: Member, chosen: Iterable[str]) -> dict[str, list]:
    """Let the kept file say what was chosen of the other; returns {field: [before, after]}. The numbers are exchanged, so that both stay known."""
    names = [field for name in chosen for field in TOGETHER[name][1]]
    tried = copy.copy(kept)
    for name in names:
        setattr(tried, name, getattr(gone, name))
    tried.full_clean(exclude=["id_number", "id_index", "id_tail_index", "branch", "user", "merged_into"])
    before = {name: getattr(kept, name) for name in names}
    if _NUMBER in names:
        _exchange_numbers(journal, kept, gone)
    journal.change(kept, **{name: getattr(tried, name) for name in names if name not in TOGETHER[_NUMBER][1]})
    return {
        name: [before[name], getattr(kept, name)] for name in names if not name.endswith("_index") and before[name] != getattr(kept, name)
    }


def _exchange_numbers(journal: Journal, kept: Member, gone: Member) -> None:
    """Each takes the other's number with what it says. Look-up values are worked out, not remembered: their key may be rotated meanwhile."""
    columns = [name for name in TOGETHER[_NUMBER][1] if not name.endswith("_index")]
    ours, theirs = ({name: getattr(member, name) for name in columns} for member in (kept, gone))
    journal.change(kept, **theirs)
    journal.change(gone, **ours)
    index_numbers(kept, gone)


def index_numbers(*members: Member) -> None:
    """Let the look-up values follow the numbers. The index is unique, so all step aside first."""
    worked_out = {member.pk: derived(name=member.name, id_number=member.id_number) for member in members}
    for member in members:
        Member.objects.filter(pk=member.pk).update(id_index=os.urandom(16))
    for member in members:
        said = {name: worked_out[member.pk][name] for name in ("id_index", "id_tail_index")}
        Member.objects.filter(pk=member.pk).update(**said)
        for name, value in said.items():
            setattr(member, name, value)


def take_offices(journal: Journal, *, kept: Member, gone: Member, on: date, reopen: bool, by: User) -> list[Office]:
    """End the posts of the file that goes, and the grants that came with them; if so decided, open them for the kept file without any
    grant, where it may hold them. What was held before becomes the kept file's past. Returns the posts that ended."""
    held = Office.objects.filter(member=gone)
    ended = list(held.open().select_related("organisation").order_by("pk"))
    with journal.watching(held, but=("grant_id",)):
        for office in ended:
            end_office(office, on=on, reason=Office.EndReason.LEFT, by=by)
    if reopen:
        for office in ended:
            if may_hold(candidate_on(kept, office.organisation, on)) or not _opened(journal, office, kept=kept, on=on, by=by):
                journal.stayed[Office._meta.label] += 1
    journal.repoint(held, "member_id", kept)
    return ended


def _opened(journal: Journal, office: Office, *, kept: Member, on: date, by: User) -> bool:
    """The same post, term and election, held by the kept file from now on."""
    said = ("organisation_id", "position", "term_id", "full_time", "way", "entitled", "present", "votes", "basis")
    try:
        with transaction.atomic():
            journal.add(Office(member=kept, start=on, appointed_by=by, **{name: getattr(office, name) for name in said}))
    except REFUSED:
        return False
    return True


def take_facts(*, kept: Member, gone: Member, void: Iterable[str]) -> list[list]:
    """Record every fact of the one that goes under the one that stays; returns [key, revision written].

    A key that names its member (a quarter's base score) is one a person and period: it is recorded under the kept one's own key, unless
    that one has it already. The ledger follows by difference: the trigger on facts notes both members as owed.
    """
    void = set(void)
    standing = Fact.objects.standing().filter(member=gone).select_related("recorded_by", "confirmed_by")
    rows = [fact for fact in standing if fact.key not in void]
    own = {fact.key: fact.key.replace(str(gone.uid), str(kept.uid)) for fact in rows if str(gone.uid) in fact.key}
    known = set(Fact.objects.standing().filter(key__in=own.values()).values_list("key", flat=True))
    lines = [(own.get(fact.key, fact.key), fact) for fact in rows if own.get(fact.key) not in known]
    void |= set(own)
    void &= set(Fact.objects.standing().filter(key__in=void).values_list("key", flat=True))
    facts.void(void, by=None)
    _record(lines, member=kept)
    keys = void | {key for key, _ in lines}
    return sorted([key, revision] for key, revision in Fact.objects.filter(key__in=keys, superseded_at=None).values_list("key", "revision"))


def give_facts_back(written: list[list]) -> Counter:
    """Let every fact the merge touched say again what it said before, as a new revision; returns how many were revised since and let alone."""
    keys = [key for key, _ in written]
    now = {fact.key: fact for fact in Fact.objects.select_for_update().filter(key__in=keys, superseded_at=None).order_by("key")}
    before = {(fact.key, fact.revision): fact for fact in Fact.objects.filter(key__in=keys).select_related("recorded_by", "confirmed_by")}
    ours = [(key, revision) for key, revision in written if now[key].revision == revision]
    earlier = {key: before.get((key, revision - 1)) for key, revision in ours}
    facts.void([key for key, fact in earlier.items() if fact is None or fact.is_void], by=None)
    _record([(key, fact) for key, fact in earlier.items() if fact is not None and not fact.is_void])
    return Counter({Fact._meta.label: len(written) - len(ours)} if len(ours) < len(written) else {})


def _record(lines: Iterable[tuple[str, Fact]], member: Member | None = None) -> None:
    """Each fact as it is under a key, for another member if one is named; who recorded and confirmed it stays."""
    groups = defaultdict(list)
    for key, fact in lines:
        groups[fact.recorded_by, fact.confirmed_by].append(
            facts.FactLine(
                key=key,
                kind=fact.kind,
                member_id=member.pk if member else fact.member_id,
                organisation_id=fact.organisation_id,
                member_class=fact.member_class,
                day=fact.day,
                units=fact.units,
                title=fact.title,
                evidence=fact.evidence,
            )
        )
    for (recorded_by, confirmed_by), told in groups.items():
        facts.record(told, by=recorded_by, confirmed_by=confirmed_by)
