"""What the import pages show: batches, the rows of a preview with their differences, what was refused and what is missing."""

from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet

from branches.models import Organisation
from members.models import ImportBatch, ImportedRow, Member, Outcome, StagedRow
from members.roster.compare import missing_from
from members.rules.codes import EDUCATIONS, ETHNICITIES
from members.rules.roster import HEADING
from partyportal.core.masks import mask_phone

MISSING = "missing"
_MANY = 2000  # rows from which on asking each for its branch is felt
TABS = (
    (Outcome.NEW.value, "新增", "名册里没有"),
    (Outcome.CHANGED.value, "变更", "同一号码，有改动"),
    (Outcome.MOVED.value, "移动", "换了支部"),
    (Outcome.UNCHANGED.value, "未变", "不动"),
    (MISSING, "缺失", "名册有，文件没有"),
    (Outcome.REFUSED.value, "拒收", "要改"),
)
_LABELS = {"ethnicity": ETHNICITIES, "education": EDUCATIONS} | {
    name: dict(Member._meta.get_field(name).choices) for name in ("sex", "category", "standing")
}
# A change of these changes more than a line in the roster.
_NOTES = {"joined_on": "会改党龄", "full_on": "会改转正日期", "name": "同一身份证", "category": "会改人员类别"}


@dataclass(frozen=True)
class Difference:
    """One field of one person: what the roster holds now, and what the file says; `kept` where 原值 stays."""

    label: str
    old: str
    new: str
    note: str = ""
    radio: str = ""
    kept: bool = False

    @property
    def answer(self) -> str:
        return "old" if self.kept else "new"


@dataclass(frozen=True)
class Line:
    """One person of a preview or of a written batch."""

    row: int
    name: str
    branch: str
    uid: str = ""
    id_masked: str = ""
    category: str = ""
    joined_on: date | None = None
    is_ticked: bool = True
    differences: list[Difference] = field(default_factory=list)


@dataclass(frozen=True)
class Refusal:
    """One row that was refused, and all that is wrong with it."""

    row: int
    name: str
    faults: list[dict]


def batches(user) -> QuerySet[ImportBatch]:
    """The batches in sight, newest first."""
    return ImportBatch.objects.visible_to(user).select_related("organisation", "created_by", "committed_by")


def staged(
    batch: ImportBatch, outcome: str, *, text: str = "", branch: str = "", changed: str = "", only_left: bool = False
) -> QuerySet[StagedRow]:
    """The staged rows of an outcome, narrowed by name, pinyin or row number, by branch, by the field that differs, and to
    those of which something is not to be written."""
    rows = StagedRow.objects.filter(batch=batch, outcome=outcome).order_by("row")
    if text:
        # A held member's sounds stand with the member; a name in signs is in the file itself.
        sought = Q(name__contains=text)
        if text.isascii():
            sounds = Q(pinyin__startswith=text.lower()) | Q(initials__startswith=text.lower())
            sought |= sounds | Q(member__in=Member.objects.filter(sounds).values("pk"))
        rows = rows.filter(sought | Q(row=int(text)) if text.isdecimal() and len(text) < 8 else sought)
    if branch:
        rows = rows.filter(branch__in=Organisation.objects.filter(code=branch).values("pk"))
    if changed:
        rows = rows.filter(fields__contains=[changed])
    if only_left:
        rows = rows.filter(Q(is_ticked=False) | ~Q(kept=[]))
    return rows


def missing(batch: ImportBatch, *, text: str = "") -> QuerySet[Member]:
    """Whoever is at home in the batch's organisation and not in the file, while the file is staged."""
    people = missing_from(batch).select_related("branch").order_by("branch__code", "pinyin", "id")
    if text:
        people = people.filter(Q(name__contains=text) | Q(pinyin__startswith=text.lower()) | Q(initials__startswith=text.lower()))
    return people


@dataclass(frozen=True)
class Tally:
    """One outcome of a preview: in how many cells its rows differ or are wrong, how many rows are to be written, how many posts end by them."""

    cells: int = 0
    chosen: int = 0
    posts: int = 0


def tally(batch: ImportBatch) -> dict[str, Tally]:
    """What stands behind the tabs of a preview as it is chosen now, counted when it was chosen."""
    return {outcome: Tally(**counts) for outcome, counts in batch.tally.items()}


def branch_choices(batch: ImportBatch, outcome: str) -> list[tuple[str, str]]:
    """The branches that rows of the outcome name; of very many rows simply all of the batch's organisation."""
    branches = Organisation.objects.branches()
    if getattr(batch, outcome) > _MANY and batch.organisation:
        branches = branches.within(batch.organisation).existing()
    else:
        branches = branches.filter(pk__in=StagedRow.objects.filter(batch=batch, outcome=outcome).values("branch").distinct())
    return [("", "全部"), *branches.order_by("code").values_list("code", "short_name")]


def field_choices() -> list[tuple[str, str]]:
    return [("", "全部"), *((name, HEADING[name]) for name in HEADING if name not in {"id_number", "branch"})]


def shown_rows(batch: ImportBatch, pks: list[int]) -> list[StagedRow]:
    """The rows of one page with what they name; found apart, so that a far page does not join all before it."""
    return list(StagedRow.objects.filter(batch=batch, pk__in=pks).select_related("branch", "member__branch").order_by("row"))


def lines(rows: list[StagedRow]) -> list[Line]:
    return [_line(row) for row in rows]


def refusals(rows: list[StagedRow]) -> list[Refusal]:
    order = list(HEADING.values())
    return [Refusal(row.row, row.name, sorted(row.faults, key=lambda fault: order.index(fault["column"]))) for row in rows]


def written(batch: ImportBatch, outcome: str, *, user) -> QuerySet[ImportedRow]:
    """What a committed batch wrote, as far as the user still sees those members."""
    rows = ImportedRow.objects.visible_to(user).filter(batch=batch, outcome=outcome)
    return rows.select_related("member__branch").order_by("row")


def written_lines(rows: list[ImportedRow]) -> list[Line]:
    """Which fields were written, without the values: those are sealed under each person's key."""
    return [
        Line(
            row=row.row,
            name=row.member.name,
            branch=str(row.member.branch),
            uid=str(row.member.uid),
            id_masked=row.member.id_masked,
            differences=[Difference(HEADING[name], "", "") for name in row.fields],
        )
        for row in rows
    ]


def _line(row: StagedRow) -> Line:
    member, differences = row.member, []
    if row.outcome == Outcome.MOVED:
        left = f"{member.left_on:%Y-%m-%d} 已离开" if member.left_on else ""
        differences.append(
            Difference("所在党支部", str(member.branch or ""), str(row.branch), left, f"branch-{row.row}", "branch" in row.kept)
        )
    for name in row.fields:
        old, new = shown(name, getattr(member, name)), shown(name, getattr(row, name))
        note = _days_apart(getattr(member, name), getattr(row, name)) + _NOTES.get(name, "")
        differences.append(Difference(HEADING[name], old, new or "不再有", note, f"{name}-{row.row}", name in row.kept))
    return Line(
        row=row.row,
        name=row.name or member.name,
        branch=str(row.branch),
        uid=str(row.uid) if member else "",
        id_masked=member.id_masked if member else row.id_masked,
        category=dict(Member.Category.choices).get(row.category, ""),
        joined_on=row.joined_on,
        is_ticked=row.is_ticked,
        differences=differences,
    )


def shown(name: str, value: object) -> str:
    """A field's value as a page shows it: by its everyday name, numbers masked."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if name in ("mobile_phone", "landline"):
        return mask_phone(value)
    return _LABELS.get(name, {}).get(value, str(value))


def _days_apart(old: object, new: object) -> str:
    if isinstance(old, date) and isinstance(new, date):
        return f"差 {abs((new - old).days)} 天，"
    return ""
