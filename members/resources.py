"""Members in and out of a small sheet in the back office: the same row rules, the same services, numbers masked.

A row is found by its 编号; a cell left blank or masked changes nothing. A row without 编号 registers a new member and
needs what a roster needs. Moves are the roster import's and the transfer's work, not this sheet's.
"""

import uuid

import tablib
from django.core.exceptions import ValidationError
from django.utils import timezone
from import_export import fields, resources
from import_export.formats.base_formats import Format
from import_export.tmp_storages import TempFolderStorage

from branches.models import Organisation
from members.models import Affiliation, Member
from members.roster.columns import column_of
from members.rules.branch_names import BranchIndex
from members.rules.codes import CATEGORIES, EDUCATIONS, ETHNICITIES, SEXES, STANDINGS
from members.rules.roster import HEADING, HEADINGS, Person, check_row
from members.services import people
from partyportal.core import crypto
from partyportal.core.cells import plain, squeeze
from partyportal.core.errors import DomainError
from partyportal.core.masks import mask_phone
from partyportal.core.sheets import XLSX, write_xlsx
from partyportal.core.workbook import UnusableFile, open_workbook

UID = "编号"
_HIDDEN = "已遮盖"
_NAMES = {"sex": SEXES, "ethnicity": ETHNICITIES, "education": EDUCATIONS, "category": CATEGORIES, "standing": STANDINGS}
# Nobody edits these here: the number says the sex and the birth, and a branch is changed by a move.
_FIXED = ("sex", "birth_on", "id_number", "branch")


def cell(member: Member, field: str) -> object:
    """A member's field as a sheet holds it, whole."""
    if field == "branch":
        return member.branch.code if member.branch else ""
    value = getattr(member, field)
    if isinstance(value, bool):
        return "是" if value else "否"
    return "" if value is None else _NAMES.get(field, {}).get(value, value)


def shown(member: Member, field: str) -> object:
    """The same as an export may show it: numbers masked, the address left out."""
    if field == "id_number":
        return member.id_masked
    if field in ("mobile_phone", "landline"):
        return mask_phone(getattr(member, field))
    if field == "address":
        return _HIDDEN if member.address else ""
    if field == "branch":
        return member.branch.name if member.branch else ""
    return str(cell(member, field))


def _is_said(raw: object) -> bool:
    text = squeeze(raw)
    return bool(text) and "****" not in text and text != _HIDDEN


class _Shown(fields.Field):
    """A column that is read by the row rules as a whole, never cell by cell."""

    def export(self, instance, **kwargs):
        return shown(instance, self.attribute)


class MemberResource(resources.ModelResource):
    """党员: one row a person. `user` is who imports or exports; nothing outside their scope is found."""

    uid = fields.Field(attribute="uid", column_name=UID)
    locals().update({field: _Shown(attribute=field, column_name=HEADING[field]) for field in Person._fields})

    class Meta:
        model = Member
        import_id_fields = ["uid"]
        fields = ("uid", *Person._fields)
        use_transactions = report_skipped = True

    def __init__(self, *, user=None, **kwargs):
        """The admin's form of columns makes one without a user, to ask its fields; such a one finds nobody."""
        super().__init__(**kwargs)
        self.user, self.today = user, timezone.localdate()
        self._changes: dict[str, object] = {}

    def get_queryset(self):
        members = Member.objects.where(self.user, "member.import") if self.user else Member.objects.none()
        return members.select_related("branch")

    def before_import(self, dataset, **kwargs):
        super().before_import(dataset, **kwargs)
        self._tree = {o.code: o for o in Organisation.objects.where(self.user, "member.import")}
        self._branches = BranchIndex((o.code, o.name, o.kind) for o in self._tree.values())

    def get_instance(self, instance_loader, row):
        said = squeeze(row.get(UID))
        if not said:
            return None
        try:
            return self.get_queryset().get(uid=uuid.UUID(said))
        except (ValueError, Member.DoesNotExist):
            raise ValidationError({UID: "没有这个编号的党员，或不在你可以导入的范围内。"}) from None

    def init_instance(self, row=None):
        return Member(pinyin="", initials="", id_masked="")

    def import_instance(self, instance, row, **kwargs):
        """Read the whole row by the roster's rules, blanks filled with what is held; keep what differs."""
        is_new = instance.pk is None
        cells = [row.get(HEADING[f]) if _is_said(row.get(HEADING[f])) else "" if is_new else cell(instance, f) for f in Person._fields]
        checked = check_row(cells, today=self.today, branches=self._branches)
        if checked.faults:
            raise ValidationError({fault.column: f"{fault.message}。" for fault in checked.faults})
        said = checked.person._asdict()
        if not is_new:
            self._refuse_fixed(instance, said)
        self._changes = {
            field: value
            for field, value in said.items()
            if value is not None and (is_new or (field not in _FIXED and value != getattr(instance, field)))
        }
        for field, value in self._changes.items():
            setattr(instance, field, self._tree[value] if field == "branch" else value)
        instance.id_masked = instance.id_masked or people.derived(name=said["name"], id_number=said["id_number"])["id_masked"]

    def _refuse_fixed(self, instance: Member, said: dict) -> None:
        if instance.branch is None or said["branch"] != instance.branch.code:
            raise ValidationError({HEADING["branch"]: "换支部用名册导入或组织关系转接，这里不改。"})
        if said["id_number"] != instance.id_number:
            raise ValidationError({HEADING["id_number"]: "公民身份号码在这里不改。"})

    def skip_row(self, instance, original, row, import_validation_errors=None):
        return not import_validation_errors and not self._changes

    def save_instance(self, instance, is_create, row, **kwargs):
        try:
            saved = self._register() if is_create else self._edit(instance)
        except DomainError as refusal:
            raise ValidationError({HEADING.get(refusal.field, UID): refusal.message}) from None
        instance.__dict__.update(saved.__dict__)

    def _register(self) -> Member:
        branch = self._tree[self._changes["branch"]]
        return people.register(
            branch=branch,
            start=max(self._changes["joined_on"], branch.founded_on),
            reason=Affiliation.Reason.OPENING,
            by=self.user,
            **{field: value for field, value in self._changes.items() if field != "branch"},
        )

    def _edit(self, instance: Member) -> Member:
        return people.edit(instance, version=instance.version, by=self.user, on=self.today, **self._changes)


class PortalSheet(Format):
    """The one format of the back office: read as every spreadsheet is here, written as every export is."""

    def __init__(self, encoding=None):
        pass

    def get_title(self):
        return "电子表格（.xlsx、.xls、.csv）"

    def can_import(self):
        return True

    can_export = can_import

    def get_extension(self):
        return "xlsx"

    def get_content_type(self):
        return XLSX

    def export_data(self, dataset, **kwargs):
        with write_xlsx(dataset.headers, dataset, sheet="党员", text_columns=dataset.headers) as file:
            return file.read()

    def create_dataset(self, content):
        for sheet in open_workbook(content).calculated().sheets():
            rows = (cells for _, cells in sheet)
            for cells in rows:
                headings = [_headed(cell) for cell in cells]
                if UID in headings or HEADING["id_number"] in headings:
                    places = _places(headings)
                    filled = ([cells[at] if at < len(cells) else "" for at in places.values()] for cells in rows)
                    return tablib.Dataset(*(row for row in filled if any(map(plain, row))), headers=list(places))
        raise UnusableFile("没有找到表头：要有一行写着 编号，新党员要有 公民身份号码。可以先导出一份照着填。")


def _headed(cell: object) -> str:
    place = column_of(cell)
    return plain(cell) if place is None else HEADINGS[place]


def _places(headings: list[str]) -> dict[str, int]:
    """Where each column stands; one that would be read over is refused, so that no change is lost in silence."""
    places: dict[str, int] = {}
    for at, heading in enumerate(headings):
        if heading in places:
            raise UnusableFile(f"表头里有两列“{heading}”，只留一列再传。")
        if heading and heading != UID and heading not in HEADINGS:
            raise UnusableFile(f"“{heading[:20]}”不是这张表的列，删掉这一列再传。")
        if heading:
            places[heading] = at
    return places


class SealedFolder(TempFolderStorage):
    """Between the preview and the confirmation a sheet lies on the disk: sealed, for it may hold whole numbers."""

    _CONTEXT = b"members.resources"

    def save(self, data):
        super().save(crypto.encrypt(data, context=self._CONTEXT))

    def read(self):
        try:
            return crypto.decrypt(super().read(), context=self._CONTEXT)
        except (OSError, crypto.CannotDecrypt):
            raise UnusableFile("这份表格已经导入过，或放得太久，重新上传再确认。") from None
