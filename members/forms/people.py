"""One member's own fields, under the same rules as a roster's row."""

from datetime import date

from django import forms
from django.db.models import QuerySet

from members.models import Affiliation, Member
from members.rules.branch_names import BranchIndex
from members.rules.codes import EDUCATIONS, ETHNICITIES
from members.rules.roster import HEADING, Person, check_row
from partyportal.core.forms import DayInput
from partyportal.core.masks import mask_phone

_FIELD_OF = {heading: field for field, heading in HEADING.items()}


_CLEAR = "无"  # what the national form writes where there is nothing


def _choices(names: dict[str, str]) -> list[tuple[str, str]]:
    return [("", "没有填"), *names.items()]


class PersonForm(forms.Form):
    """The national form's fields of one person. What is right is asked of the row rules (members.rules.roster), not decided here."""

    name = forms.CharField(label=HEADING["name"], max_length=60)
    ethnicity = forms.ChoiceField(label=HEADING["ethnicity"], choices=list(ETHNICITIES.items()), initial="01")
    education = forms.ChoiceField(label=HEADING["education"], choices=_choices(EDUCATIONS), required=False)
    category = forms.ChoiceField(label=HEADING["category"], choices=Member.Category.choices)
    joined_on = forms.CharField(label=HEADING["joined_on"], widget=DayInput, help_text="支部大会通过的那天。")
    full_on = forms.CharField(label=HEADING["full_on"], widget=DayInput, required=False, help_text="正式党员要填；党龄从这天算。")
    post = forms.CharField(label=HEADING["post"], max_length=80, required=False)
    mobile_phone = forms.CharField(label=HEADING["mobile_phone"], max_length=24, required=False)
    landline = forms.CharField(label=HEADING["landline"], max_length=24, required=False)
    address = forms.CharField(label=HEADING["address"], max_length=200, required=False)
    standing = forms.ChoiceField(label=HEADING["standing"], choices=Member.Standing.choices)
    is_mobile = forms.BooleanField(label="流动党员", required=False)
    destination = forms.CharField(
        label=HEADING["destination"], max_length=120, required=False, help_text="流动党员写到县，如 陕西省西安市雁塔区。"
    )
    is_lost = forms.BooleanField(label="失联党员", required=False)
    lost_on = forms.CharField(label=HEADING["lost_on"], widget=DayInput, required=False)

    _SELDOM = ("standing", "is_mobile", "destination", "is_lost", "lost_on")

    @property
    def usual(self) -> list[forms.BoundField]:
        return [bound for bound in self.visible_fields() if bound.name not in self._SELDOM]

    @property
    def seldom(self) -> list[forms.BoundField]:
        """What few members have anything to say of: behind a line that opens."""
        return [self[name] for name in self._SELDOM]

    @property
    def shows_seldom(self) -> bool:
        """Open where one of them says something or is refused."""
        silent = (None, "", False, Member.Standing.NORMAL)
        return any(bound.errors or bound.value() not in silent for bound in self.seldom)

    def check(self, *, today: date, branches: BranchIndex, **known: object) -> Person:
        """The form read as a roster's row; each fault at its field. `known` are the cells the form does not ask."""
        cells = {field: self._cell(field) for field in Person._fields} | known
        checked = check_row([cells[field] for field in Person._fields], today=today, branches=branches)
        for fault in checked.faults:
            field = _FIELD_OF[fault.column]
            if field not in self.errors:
                self.add_error(field if field in self.fields else None, f"{fault.message}。")
        return checked.person

    def _cell(self, field: str) -> str:
        """What a sheet would hold: a choice by its name, a tick as 是 or 否."""
        value = self.cleaned_data.get(field) or ""
        choices = getattr(self.fields.get(field), "choices", None)
        if isinstance(self.fields.get(field), forms.BooleanField):
            return "是" if value else "否"
        return dict(choices)[value] if choices and value else value


def _columns_of(person: Person, fields) -> dict[str, object]:
    """What a row says as the model's columns: text that is missing is empty, a day that is missing is none."""
    days = {"joined_on", "full_on", "lost_on", "birth_on"}
    return {field: value if (value := getattr(person, field)) is not None or field in days else "" for field in fields}


class EditForm(PersonForm):
    """A member's own fields, with the version they were read at. Numbers are not shown: empty leaves them, 无 removes them."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    id_number = forms.CharField(label=HEADING["id_number"], max_length=24, required=False)

    _KEPT_WHEN_EMPTY = ("id_number", "mobile_phone", "landline")

    def __init__(self, data=None, *, member: Member, today: date):
        self.member, self.today = member, today
        initial = {name: getattr(member, name) for name in (*PersonForm.base_fields, "version") if name not in self._KEPT_WHEN_EMPTY}
        super().__init__(data, initial=initial)
        for name, masked in (
            ("id_number", member.id_masked),
            ("mobile_phone", member.phone_masked),
            ("landline", mask_phone(member.landline)),
        ):
            hint = f"现在是 {masked}，不改就空着" if masked else "现在没有"
            self.fields[name].help_text = f"{hint}。" if not masked or name == "id_number" else f"{hint}；要去掉填“{_CLEAR}”。"
        self.order_fields(["version", "name", "id_number"])

    def clean(self):
        data = super().clean()
        member = self.member
        kept = {name: getattr(member, name) for name in self._KEPT_WHEN_EMPTY if not data.get(name)}
        # Sex and birth follow the number, so the cells that could contradict it stay empty.
        branch = member.branch
        index = BranchIndex([(branch.code, branch.name, branch.kind)])
        self.person = self.check(today=self.today, branches=index, branch=branch.code, sex="", birth_on="", **kept)
        return data

    @property
    def changes(self) -> dict[str, object]:
        """What the service is to write."""
        fields = [*PersonForm.base_fields, "id_number", "sex", "birth_on"]
        return {"version": self.cleaned_data["version"]} | _columns_of(self.person, fields)

    def over(self, person: Member) -> "EditForm":
        """The same typed values over the member as somebody else has left it meanwhile."""
        data = self.data.copy()
        data["version"] = person.version
        again = EditForm(data, member=person, today=self.today)
        again.full_clean()
        return again

    def differences_from(self, person: Member) -> list[tuple[str, str, str]]:
        """Field, what stands there now, what was typed: where the two are not the same."""
        rows = (
            (self.fields[name].label, _said(name, getattr(person, name)), _said(name, value))
            for name, value in self.changes.items()
            if name in self.fields and name != "version"
        )
        return [row for row in rows if row[1] != row[2]]


def _said(name: str, value: object) -> str:
    """A value as a person reads it; numbers stay masked."""
    if name == "id_number":
        return f"{value[:6]}********{value[-4:]}"
    if name in {"mobile_phone", "landline"}:
        return mask_phone(value)
    names = {
        "ethnicity": ETHNICITIES,
        "education": EDUCATIONS,
        "category": dict(Member.Category.choices),
        "standing": dict(Member.Standing.choices),
    }
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(names.get(name, {}).get(value, value) or "")


class RegisterForm(PersonForm):
    """A new member of one of the branches this user writes for."""

    branch = forms.CharField(label=HEADING["branch"], max_length=120, help_text="代码或名称。")
    id_number = forms.CharField(label=HEADING["id_number"], max_length=24, help_text="性别和出生日期从号码里来。")
    reason = forms.ChoiceField(
        label="由来",
        choices=[
            (Affiliation.Reason.MOVED, "从外面转来"),
            (Affiliation.Reason.ADMITTED, "在这个支部发展入党"),
            (Affiliation.Reason.OPENING, "补登记：早就在这个支部"),
        ],
    )
    start = forms.DateField(label="从哪天起在这个支部", widget=DayInput)

    def __init__(self, data=None, *, branches: QuerySet, today: date, initial=None):
        self.branches, self.today = branches, today
        super().__init__(data, initial={"start": today, "standing": Member.Standing.NORMAL} | (initial or {}))
        self.order_fields(["name", "id_number", "branch", "reason", "start"])

    def clean(self):
        data = super().clean()
        listed = list(self.branches.values_list("code", "name", "kind", "short_name"))
        # The everyday name is how the pages call a branch; a sheet knows codes and full names alone.
        everyday = [code for code, _, _, short_name in listed if short_name == data.get("branch")]
        known = {"branch": everyday[0]} if len(everyday) == 1 else {}
        index = BranchIndex(row[:3] for row in listed)
        self.person = self.check(today=self.today, branches=index, sex="", birth_on="", **known)
        self.branch = self.branches.filter(code=self.person.branch).first() if self.person.branch else None
        start = data.get("start")
        if start and self.person.joined_on and start < self.person.joined_on:
            self.add_error("start", f"早于加入党组织日期 {self.person.joined_on}。")
        elif start and start > self.today:
            self.add_error("start", "这一天还没有到。")
        elif start and self.branch and start < self.branch.founded_on:
            self.add_error("start", f"这个支部 {self.branch.founded_on} 才成立。")
        return data

    @property
    def registration(self) -> dict[str, object]:
        """What the service is to write."""
        fields = [*PersonForm.base_fields, "id_number", "sex", "birth_on"]
        return {"branch": self.branch, "start": self.cleaned_data["start"], "reason": self.cleaned_data["reason"]} | _columns_of(
            self.person, fields
        )
