"""The tree from a spreadsheet: each row checked against the file and the held tree, then written set-based."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import islice

from django.db import connection, transaction

from branches.models import Organisation, OrganisationPower, OrganisationSpan
from branches.rules import COLUMNS, Fault, HeldOrganisation, OrganisationRow, check_tree, may_approve_admission, read_row, short_name
from branches.services.organisations import begin_spans, next_ids, rehang
from partyportal.core import audit, pinyin
from partyportal.core.cells import heading, is_foot, squeeze
from partyportal.core.models import User
from partyportal.core.workbook import SheetRows, UnusableFile, open_workbook

_HEADING_WITHIN = 30
_SAYS = ("code", "name", "kind", "parent")  # a row with none of these is no organisation's


@dataclass
class Answer:
    """What an import of organisations found, or did; the keys are those of a roster import."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    moved: int = 0
    unchanged: int = 0
    missing: int = 0
    refused: int = 0
    batch: str | None = None
    seconds: float = 0.0
    errors: list[Fault] = field(default_factory=list)

    def as_json(self) -> dict:
        return asdict(self)


@transaction.atomic
def import_organisations(sheet: Iterable[tuple[int, Mapping[str, object]]], *, commit: bool, today: date, by: User | None) -> Answer:
    """Compare a sheet with the tree and, if told to, write what differs; refused rows are left out and reported."""
    if commit:
        with connection.cursor() as cursor:
            # Two imports, or an import and a re-hang, at once could make a circle.
            cursor.execute("LOCK TABLE branches_organisation IN SHARE ROW EXCLUSIVE MODE")
    read = [read_row(number, cells, today=today) for number, cells in sheet]
    rows, faults = [row for row, _ in read], [fault for _, own in read for fault in own]
    held = {o.code: o for o in Organisation.objects.select_related("parent")}
    refused = {fault.row for fault in faults}
    tree = {code: _held(o) for code, o in held.items()}
    faults += check_tree(rows, refused=refused, held=tree)
    good = [row for row in rows if row.row not in refused]
    new = [row for row in good if row.code not in held]
    moved = [row for row in good if row.code in held and row.parent != tree[row.code].parent]
    changed = [row for row in good if row.code in held and _differs(held[row.code], row)]
    answer = Answer(
        rows=len(rows),
        new=len(new),
        moved=len(moved),
        changed=len({row.code for row in changed} - {row.code for row in moved}),
        missing=len({code for code, o in held.items() if o.dissolved_on is None} - {row.code for row in rows}),
        refused=len(refused),
        errors=sorted(faults, key=lambda fault: fault.row),
    )
    answer.unchanged = answer.rows - answer.new - answer.changed - answer.moved - answer.refused
    if commit:
        _found(new, held, by=by)
        _change(changed, held, on=today, by=by)
        for row in _from_above(moved, tree | {row.code: HeldOrganisation(row.kind, row.parent) for row in good}):
            rehang(held[row.code], under=held[row.parent], on=today, by=by)
        if new or changed or moved:
            counts = {key: getattr(answer, key) for key in ("rows", "new", "changed", "moved", "refused")}
            audit.record("branches.organisation.imported", by=by, **counts)
    return answer


def _held(organisation: Organisation) -> HeldOrganisation:
    above = organisation.parent.code if organisation.parent else ""
    return HeldOrganisation(organisation.kind, above, organisation.name, organisation.founded_on, organisation.dissolved_on)


def _differs(organisation: Organisation, row: OrganisationRow) -> bool:
    """A blank 单位类别 says nothing and changes nothing."""
    unit_type = row.unit_type or organisation.unit_type
    return (organisation.name, organisation.founded_on, organisation.unit_type) != (row.name, row.founded_on, unit_type)


def _from_above(rows: list[OrganisationRow], tree: Mapping[str, HeldOrganisation]) -> list[OrganisationRow]:
    """In the order of how deep each will hang: two that change places pass through no circle on the way."""

    def depth(code: str) -> int:
        return depth(tree[code].parent) + 1 if tree[code].parent else 0

    return sorted(rows, key=lambda row: depth(row.code))


def _found(rows: list[OrganisationRow], held: dict[str, Organisation], *, by: User | None) -> None:
    """Found the new ones, parents first whatever the file's order; `held` gains them."""
    ids = dict(zip((row.code for row in rows), next_ids(len(rows)), strict=True)) if rows else {}
    waiting, founded = {row.code: row for row in rows}, []
    while waiting:
        for code, row in list(waiting.items()):
            if row.parent in waiting:
                continue
            parent = held.get(row.parent)
            held[code] = Organisation(
                pk=ids[code],
                code=code,
                name=row.name,
                short_name=short_name(row.name, parent.name if parent else ""),
                pinyin=pinyin.key(row.name),
                kind=row.kind,
                unit_type=row.unit_type,
                parent=parent,
                path=f"{parent.path if parent else '/'}{ids[code]}/",
                founded_on=row.founded_on,
            )
            founded.append(held[code])
            del waiting[code]
    Organisation.objects.bulk_create(founded)
    OrganisationSpan.objects.bulk_create(
        OrganisationSpan(organisation=o, parent=o.parent, path=o.path, name=o.name, kind=o.kind, start=o.founded_on) for o in founded
    )
    OrganisationPower.objects.bulk_create(
        OrganisationPower(organisation=o, power=OrganisationPower.Power.APPROVES_ADMISSION, start=o.founded_on)
        for o in founded
        if may_approve_admission(kind=o.kind, above=o.parent.kind if o.parent else None)
    )
    audit.record_many("branches.organisation.founded", map(_audited, founded), by=by)


def _change(rows: list[OrganisationRow], held: dict[str, Organisation], *, on: date, by: User | None) -> None:
    """Write other names, founding days and unit types; a new name opens a span from `on`."""
    changed, renamed, refounded = [], set(), []
    for row in rows:
        organisation = held[row.code]
        if organisation.name != row.name:
            renamed.add(organisation.pk)
        if organisation.founded_on != row.founded_on:
            refounded.append(organisation.pk)
        organisation.name, organisation.founded_on = row.name, row.founded_on
        organisation.unit_type = row.unit_type or organisation.unit_type
        organisation.pinyin = pinyin.key(row.name)
        changed.append(organisation)
    if not changed:
        return
    # An everyday name leaves out the parent's, so a renamed parent changes its children's.
    for organisation in held.values():
        if organisation.pk in renamed or organisation.parent_id in renamed:
            above = held[organisation.parent.code].name if organisation.parent else ""
            organisation.short_name = short_name(organisation.name, above)
            if organisation not in changed:
                changed.append(organisation)
    Organisation.objects.bulk_update(changed, ["name", "short_name", "pinyin", "founded_on", "unit_type"], batch_size=500)
    begin_spans(Organisation.objects.filter(pk__in=renamed), on=on)
    with connection.cursor() as cursor:
        # A corrected founding day is where the first span begins, unless that span had ended by then.
        cursor.execute(
            """
            UPDATE branches_organisationspan s SET start = o.founded_on FROM branches_organisation o
            WHERE o.id = s.organisation_id AND o.id = ANY(%s) AND (s."end" IS NULL OR s."end" > o.founded_on)
              AND s.start = (SELECT min(start) FROM branches_organisationspan f WHERE f.organisation_id = o.id)
            """,
            [refounded],
        )
    audit.record_many("branches.organisation.edited", map(_audited, changed), by=by)


def _audited(organisation: Organisation) -> dict:
    return {
        "path": organisation.path,
        "target_kind": organisation._meta.label_lower,
        "target_uid": organisation.uid,
        "data": {"organisation": organisation.code},
    }


def read_sheet(source: str | bytes) -> list[tuple[int, dict[str, object]]]:
    """The rows of an organisation sheet, by the first sheet with 党组织代码, 党组织全称 and 党组织类别 among its first rows."""
    for sheet in open_workbook(source).sheets():
        for number, cells in islice(sheet, _HEADING_WITHIN):
            if places := _places(cells):
                if rows := list(_rows(sheet, below=number, places=places)):
                    return rows
                raise UnusableFile("表头下面没有一行党组织。")
    raise UnusableFile("没有找到党组织表：要有一张表，表头里有 党组织代码、党组织全称 和 党组织类别。")


def _rows(sheet: SheetRows, *, below: int, places: dict[str, int]) -> Iterator[tuple[int, dict[str, object]]]:
    """What stands under the heading. A cell merged over several rows is said of each, except what is one organisation's own."""
    columns = {at: key for key, at in places.items() if key not in {"code", "name"}}
    merged = [(top, columns[left], bottom) for top, left, bottom, _ in sheet.merged if left in columns]
    lasting: dict[str, tuple[int, object]] = {}
    for number, cells in islice(sheet, below, None):
        row = {key: cells[at] for key, at in places.items() if at < len(cells)}
        if not any(squeeze(row.get(key)) for key in _SAYS) or (is_foot(cells) and not squeeze(row.get("kind"))):
            continue
        lasting |= {key: (bottom, row.get(key)) for top, key, bottom in merged if top == number}
        for key, (bottom, value) in lasting.items():
            if number <= bottom and not squeeze(row.get(key)):
                row[key] = value
        yield number, row


def _places(cells: list) -> dict[str, int]:
    """Where the columns stand, if this row is the heading; a note in brackets or an asterisk does not matter."""
    said = [heading(cell) for cell in cells]
    places = {key: said.index(name) for key, names in COLUMNS.items() for name in reversed(names) if name in said}
    if not {"code", "name", "kind"} <= places.keys():
        return {}
    if twice := next((said[at] for at in places.values() if said.count(said[at]) > 1), ""):
        raise UnusableFile(f"表头里有两列“{twice}”，只留一列再传。")
    return places
