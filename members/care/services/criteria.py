"""名单条件: a draft is begun, edited line by line, and put in force from a day on; from then on it is frozen, a change is a new version.

Whoever would take people off a list does not do it alone: a version that shrinks it is put in force by somebody who did not write it.
Every edit names the revision it was made from, so of two who edit at once the second is told.
"""

from datetime import date

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from branches.models import Organisation
from members.care.models import Criterion, CriterionVersion
from members.care.rules import criteria, trees
from members.care.selectors.criteria import lost
from partyportal.core import audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from partyportal.core.uid import new_uid


@transaction.atomic
def found_criterion(
    *, name: str, benefit: str, source: str, organisation: Organisation, once: bool = False, document_number: str = "", by: User
) -> CriterionVersion:
    """A list of the county's own, with an empty draft of its first version."""
    if organisation.is_branch or organisation.kind == Organisation.Kind.GROUP:
        raise DomainError("名单由县委或基层党委定，党支部按上级的。", field="organisation")
    last = Criterion.objects.aggregate(last=Max("position"))["last"] or 0
    held = Criterion.objects.create(
        code=f"own-{new_uid().hex[-10:]}", name=name, benefit=benefit, organisation=organisation, once=once, position=last + 10
    )
    draft = CriterionVersion.objects.create(
        criterion=held, number=1, tree={"all": []}, source=source, document_number=document_number, written_by=by
    )
    _audit("founded", draft, by=by)
    return draft


@transaction.atomic
def begin_draft(criterion: Criterion, *, by: User) -> CriterionVersion:
    """The next version, as the last one says."""
    held = _locked(criterion)
    if held.versions.drafts().exists():
        raise DomainError("这个名单已经有一稿在改，接着改那一稿。")
    last = held.versions.order_by("-number").first()
    draft = CriterionVersion.objects.create(
        criterion=held,
        number=last.number + 1,
        tree=trees.editable(last.tree),
        source=last.source,
        document_number=last.document_number,
        written_by=by,
    )
    _audit("drafted", draft, by=by)
    return draft


@transaction.atomic
def edit_source(version: CriterionVersion, *, source: str, document_number: str, revision: int, by: User) -> CriterionVersion:
    """Which paper says so."""
    held = _draft(version, revision)
    held.source, held.document_number = source.strip(), document_number.strip()
    return _edited(held, by=by)


@transaction.atomic
def put_line(version: CriterionVersion, *, at: str, leaf: dict, is_new: bool, revision: int, by: User) -> CriterionVersion:
    """A line more in the group at a place, or another text of the line there; refused with the sentence of what is wrong."""
    held = _draft(version, revision)
    try:
        criteria.read(leaf)
    except criteria.Unfit as unfit:
        raise DomainError(str(unfit)) from None
    held.tree = _at_place(trees.appended if is_new else trees.replaced, held, at, leaf)
    return _edited(held, by=by)


@transaction.atomic
def add_group(version: CriterionVersion, *, at: str, word: str, revision: int, by: User) -> CriterionVersion:
    """A group (全部 or 任一) inside another; it has to get a line before the draft can be used."""
    held = _draft(version, revision)
    if word not in trees.GROUPS:
        raise DomainError("选“满足以下全部”或“满足以下任一”。")
    if at.count(".") + (at != "") + 1 >= criteria.DEEPEST:
        raise DomainError(f"最多套 {criteria.DEEPEST} 层。")
    held.tree = _at_place(trees.appended, held, at, {word: []})
    return _edited(held, by=by)


@transaction.atomic
def change_node(version: CriterionVersion, *, at: str, how: str, revision: int, by: User) -> CriterionVersion:
    """删去, 全部↔任一, 不能是."""
    held = _draft(version, revision)
    ways = {"remove": trees.removed, "turn": trees.turned, "negate": trees.negated}
    if how not in ways:
        raise DomainError("没有这一种改法。")
    held.tree = _at_place(ways[how], held, at)
    return _edited(held, by=by)


@transaction.atomic
def discard_draft(version: CriterionVersion, *, revision: int, by: User) -> None:
    """Give a draft up. A list that never had another version goes with it, unless the portal brought it."""
    held = _draft(version, revision)
    criterion = held.criterion
    _audit("discarded", held, by=by)
    held.delete()
    if criterion.organisation_id is not None and not criterion.versions.exists():
        criterion.delete()


@transaction.atomic
def enact(version: CriterionVersion, *, start: date, revision: int, by: User, today: date) -> CriterionVersion:
    """Put a draft in force from a day on; the version before it ends that day."""
    held = _draft(version, revision)
    try:
        node = held.node
    except criteria.Unfit as unfit:
        raise DomainError(f"还不能施行：{unfit}") from None
    if not held.source:
        raise DomainError("写明依据，哪份文件怎么说的。", field="source")
    if start < today:
        raise DomainError("过去的日子仍按当时的条件，最早从今天起。", field="start")
    before = held.criterion.versions.filter(enacted_at__isnull=False).order_by("-start").first()
    if before is not None and before.start >= start:
        raise DomainError(f"第 {before.number} 版 {before.start:%Y-%m-%d} 起施行，这一版要晚于那天。", field="start")
    current = before if before is not None and (before.end is None or before.end > start) else None
    if current is not None and held.written_by_id == by.pk and (fewer := lost(current, node, on=start)):
        raise DomainError(f"这一版会让 {fewer} 人从名单上下来，要由起草人以外的人施行。")
    if current is not None:
        CriterionVersion.objects.filter(pk=current.pk).update(end=start)
    held.start, held.enacted_by, held.enacted_at = start, by, timezone.now()
    held.save(update_fields=["start", "enacted_by", "enacted_at"])
    _audit("enacted", held, by=by, start=start)
    return held


@transaction.atomic
def stop(version: CriterionVersion, *, on: date, by: User, today: date) -> CriterionVersion:
    """No list any more from a day on. Everybody comes off it, so it is not for the one who put it in force."""
    _locked(version.criterion)
    held = CriterionVersion.objects.select_for_update(of=("self",)).select_related("criterion__organisation").get(pk=version.pk)
    if held.enacted_at is None or held.end is not None:
        raise DomainError("只有还在施行的一版可以停用。")
    if held.enacted_by_id == by.pk:
        raise DomainError("停用会让全部的人下来，要由施行人以外的人办。")
    if on < today or on <= held.start:
        raise DomainError("过去的日子仍按当时的条件，最早从今天起，并且晚于施行的那天。", field="on")
    held.end, held.ended_by = on, by
    held.save(update_fields=["end", "ended_by"])
    _audit("stopped", held, by=by, end=on)
    return held


def _locked(criterion: Criterion) -> Criterion:
    """Versions of one list are begun, put in force and stopped one after another."""
    return Criterion.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=criterion.pk)


def _draft(version: CriterionVersion, revision: int) -> CriterionVersion:
    _locked(version.criterion)
    held = CriterionVersion.objects.select_for_update(of=("self",)).select_related("criterion__organisation").filter(pk=version.pk).first()
    if held is None:
        raise Stale("这一稿已经放弃了，重新起一稿。")
    if held.enacted_at is not None:
        raise DomainError("这一版已经施行，不能再改。要改就另起一稿。")
    if held.revision != revision:
        raise Stale("这一稿刚才有人改过，看过再改。")
    return held


def _at_place(change, held: CriterionVersion, *args) -> dict:
    try:
        return change(held.tree, *args)
    except trees.NoPlace:
        raise Stale("这一条已经不在了，看过再改。") from None


def _edited(held: CriterionVersion, *, by: User) -> CriterionVersion:
    held.revision += 1
    held.written_by = by
    held.save(update_fields=["tree", "source", "document_number", "revision", "written_by"])
    _audit("edited", held, by=by, revision=held.revision)
    return held


def _audit(act: str, version: CriterionVersion, *, by: User, **data) -> None:
    held = version.criterion
    path = held.organisation.path if held.organisation_id else ""
    audit.record(f"care.criterion.{act}", version, by=by, path=path, criterion=held.code, number=version.number, **data)
