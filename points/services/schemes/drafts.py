"""A draft: begun from a template or a version, edited part by part, deleted while it is one.

Every change names the revision it was made from. Of two who edit at once the second is told and nothing is lost: what
they typed is still in their form. A change voids the trial and whatever consent was asked or given: it was to another text.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from branches.models import Organisation
from partyportal.core import audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User
from points.models import Category, Item, ItemGrade, Multiplier, MultiplierGrade, Scheme, Threshold
from points.rules import content, kinds
from points.rules.content import Grade
from points.rules.kinds import MANUAL
from points.rules.structure import code_grades, faults, with_codes
from points.schemes import Template
from points.selectors.drafts import content_of
from points.services.schemes.writing import head_of, write_parts

ZERO = Decimal(0)
FROZEN = "这一版已经发布，不能再改。要改就从它另起一稿。"


@transaction.atomic
def begin_from_template(template: Template, *, organisation: Organisation, start: date, by: User | None) -> Scheme:
    """A draft that says what the template says."""
    return _begin(template.content, organisation=organisation, start=start, by=by, template=template.code)


@transaction.atomic
def begin_from_text(text: content.Scheme, *, organisation: Organisation, start: date, by: User, document_number: str = "") -> Scheme:
    """A draft that says what somebody wrote: nothing yet, or the whole of a scheme."""
    return _begin(_whole(text), organisation=organisation, start=start, by=by, document_number=document_number)


@transaction.atomic
def begin_from_version(version: Scheme, *, organisation: Organisation, start: date, by: User) -> Scheme:
    """A draft that says what a version says; codes stay the same, so caps of a running period go on."""
    return _begin(content_of(version), organisation=organisation, start=start, by=by, based_on=version)


def _begin(
    text: content.Scheme,
    *,
    organisation: Organisation,
    start: date,
    by: User | None,
    based_on: Scheme | None = None,
    document_number: str = "",
    **told,
) -> Scheme:
    if organisation.is_branch or organisation.kind == Organisation.Kind.GROUP:
        raise DomainError("积分办法由县委或基层党委制定，党支部按上级的。", field="organisation")
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)  # versions are numbered one after another
    last = Scheme.objects.filter(organisation=organisation).aggregate(last=Max("version"))["last"] or 0
    scheme = Scheme(organisation=organisation, version=last + 1, start=start, based_on=based_on, drafted_by=by, **head_of(text))
    scheme.document_number = document_number
    scheme.save()
    write_parts(scheme, text)
    if based_on is not None:
        told["based_on"] = based_on.uid
    audit.record("points.scheme.drafted", scheme, by=by, path=organisation.path, version=scheme.version, start=start, **told)
    return scheme


@transaction.atomic
def edit_head(scheme: Scheme, *, revision: int, by: User, **fields) -> Scheme:
    """Name, number, first day, total cap, floor, what a quarter's grade counts."""
    held = held_draft(scheme, revision=revision)
    for name, value in fields.items():
        setattr(held, name, value)
    held.full_clean(exclude=["organisation", "version", "drafted_by", "based_on"], validate_unique=False)
    return _edited(held, "head", by=by)


@transaction.atomic
def rewrite(scheme: Scheme, text: content.Scheme, *, revision: int, by: User, **fields) -> Scheme:
    """Another text for the whole of a draft; `fields` are its own, such as its first day."""
    held, text = held_draft(scheme, revision=revision), _whole(text)
    _empty(held)
    for name, value in (head_of(text) | fields).items():
        setattr(held, name, value)
    held.full_clean(exclude=["organisation", "version", "drafted_by", "based_on"], validate_unique=False)
    write_parts(held, text)
    return _edited(held, "text", by=by)


def _whole(text: content.Scheme) -> content.Scheme:
    for field, sentence in faults(text):
        raise DomainError(sentence, field=field)
    return with_codes(text, new=lambda: _code("g"))


def _empty(held: Scheme) -> None:
    for parts in (held.thresholds, held.multipliers, held.items, held.categories):  # what is PROTECTed goes after what holds it
        parts.all().delete()


@transaction.atomic
def put_category(scheme: Scheme, *, revision: int, by: User, code: str = "", **fields) -> Category:
    """A new category, or another text of the one with this code."""
    held = held_draft(scheme, revision=revision)
    row = held.categories.filter(code=code).first() if code else Category(scheme=held, code=_code("c"), position=_next(held.categories))
    return _put(held, row, fields, by=by, part="category")


@transaction.atomic
def put_item(scheme: Scheme, *, revision: int, by: User, code: str = "", grades: Sequence[dict] | None = None, **fields) -> Item:
    """A new item, or another text of the one with this code; `grades` replaces its grades, in their order."""
    held = held_draft(scheme, revision=revision)
    if fields.get("fact_kind") == MANUAL:  # a deed of the county's own
        fields["fact_kind"] = f"{MANUAL}{_code('m')}"
    row = held.items.filter(code=code).first() if code else Item(scheme=held, code=_item_code(held, fields), position=_next(held.items))
    item = _put(held, row, fields, by=by, part="item")
    if grades is not None:
        coded = _coded(held, item.fact_kind, grades)
        item.grades.all().delete()
        _put_grades(ItemGrade(item=item, position=at, **grade) for at, grade in enumerate(coded))
    return item


@transaction.atomic
def put_multiplier(
    scheme: Scheme, *, revision: int, by: User, key: str | None = None, grades: Sequence[dict] | None = None, **fields
) -> Multiplier:
    """A new ratio, or another text of the one of this category ("" the total); `grades` replaces its grades."""
    held = held_draft(scheme, revision=revision)
    row = Multiplier(scheme=held) if key is None else held.multipliers.filter(category__code=key or None).first()
    if key == "":
        row = held.multipliers.filter(category=None).first()
    multiplier = _put(held, row, fields, by=by, part="multiplier")
    if grades is not None:
        coded = _coded(held, multiplier.fact_kind, grades)
        multiplier.grades.all().delete()
        _put_grades(MultiplierGrade(multiplier=multiplier, position=at, **grade) for at, grade in enumerate(coded))
    return multiplier


@transaction.atomic
def put_threshold(scheme: Scheme, *, revision: int, by: User, key: tuple | None = None, **fields) -> Threshold:
    """A new threshold, or another text of the one named by (period, of, points)."""
    held = held_draft(scheme, revision=revision)
    row = Threshold(scheme=held) if key is None else held.thresholds.filter(**_threshold(key)).first()
    return _put(held, row, fields, by=by, part="threshold")


@transaction.atomic
def remove_part(scheme: Scheme, part: Category | Item | Multiplier | Threshold, *, revision: int, by: User) -> Scheme:
    """Take a part out of a draft; a category only once nothing is in it."""
    held = held_draft(scheme, revision=revision)
    row = type(part).objects.filter(pk=part.pk, scheme=held).first()
    if row is None:
        raise Stale(_GONE)
    if isinstance(row, Category) and (row.items.exists() or row.multipliers.exists()):
        raise DomainError(f"“{row.name}”下面还有项目或系数。先移走或删去它们。")
    row.delete()
    return _edited(held, f"{part._meta.model_name}.removed", by=by)


@transaction.atomic
def delete_draft(scheme: Scheme, *, revision: int, by: User) -> None:
    """A draft nobody wants any more; what it said ends with it, that it was is in the audit log."""
    held = held_draft(scheme, revision=revision)
    audit.record("points.scheme.deleted", held, by=by, path=held.organisation.path, version=held.version, start=held.start)
    _empty(held)
    held.delete()


_GONE = "这一条刚才被别人删去了。看过现在的再改。"


def held_draft(scheme: Scheme, *, revision: int | None = None) -> Scheme:
    """The draft as it is now, kept against another editor until this transaction ends."""
    held = Scheme.objects.select_for_update(of=("self",)).select_related("organisation").filter(pk=scheme.pk).first()
    if held is None:
        raise Stale("这一稿刚才被别人删去了。")
    if held.published_at:
        raise DomainError(FROZEN)
    if revision is not None and held.revision != revision:
        raise Stale("这一稿刚才被别人改过。看过现在的再存，你填的还在下面。")
    return held


_ONCE = {
    Threshold: ("at_least", "同一分数只能定一个等次，这个分数已经有了。写另一个分数，或者改原来那一条。"),
    Multiplier: ("category", "一个类别只能定一个系数，这里已经有了。选另一个类别，或者改原来那一条。"),
}


def _put(held: Scheme, row, fields: dict, *, by: User, part: str):
    if row is None:
        raise Stale(_GONE)
    for name, value in fields.items():
        setattr(row, name, value)
    row.full_clean(exclude=["scheme"])
    try:
        row.validate_constraints()  # once more with the scheme: what may stand in it only once
    except ValidationError as broken:
        if type(row) not in _ONCE:
            raise
        field, words = _ONCE[type(row)]
        raise DomainError(words, field=field) from broken
    row.save()
    _edited(held, part, by=by)
    return row


def _put_grades(rows) -> None:
    for row in rows:
        row.full_clean()
        row.save()


def _edited(held: Scheme, part: str, *, by: User) -> Scheme:
    """One revision further; what was asked for was consent to the text before."""
    held.revision += 1
    told = {"consent_withdrawn": True} if held.consent_asked_at else {}
    held.consent_asked_at = held.consent_asked_by = None
    held.save()
    audit.record(
        "points.scheme.edited", held, by=by, path=held.organisation.path, version=held.version, revision=held.revision, part=part, **told
    )
    return held


def _threshold(key: tuple) -> dict:
    return dict(zip(("period", "of", "at_least"), key, strict=True))


def _next(parts) -> int:
    last = parts.aggregate(last=Max("position"))["last"]
    return 0 if last is None else last + 1


def _code(letter: str) -> str:
    """Short, and never given twice: a code means the same thing in every version."""
    return f"{letter}{uuid4().hex[:8]}"


def _item_code(held: Scheme, fields: dict) -> str:
    """The kind's own word where it is free, so that the ledger reads well."""
    word = fields.get("fact_kind", "").partition(".")[2][:20]
    known = Item.objects.filter(scheme__organisation=held.organisation_id, code=word)
    return word if word and not known.exists() else _code("i")


def _coded(held: Scheme, kind: str, grades: Sequence[dict]) -> list[dict]:
    """The grades with the codes their names have in this version: see `structure.with_codes`."""
    known = {name: code for code, name in kinds.grades_of(kind).items()}
    for part in (held.items, held.multipliers):
        for row in part.filter(fact_kind=kind).prefetch_related("grades"):
            for grade in row.grades.all():
                known.setdefault(grade.name, grade.code)
    named = tuple(Grade(code=grade.get("code") or "", name=grade["name"], value=ZERO) for grade in grades)
    coded = code_grades(named, kind=kind, known=known, new=lambda: _code("g"))
    return [{**grade, "code": one.code} for grade, one in zip(grades, coded, strict=True)]
