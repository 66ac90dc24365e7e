"""Forms of a transfer: applied for, recorded from outside, and one small form for each act."""

from datetime import date

from django import forms
from django.db.models import QuerySet
from django.urls import reverse_lazy

from branches.forms import OrganisationField
from branches.models import Organisation
from members.forms.people import PersonForm
from members.rules.branch_names import BranchIndex
from members.rules.roster import HEADING
from members.transfers import rules
from members.transfers.models import Step, Transfer
from partyportal.core.forms import DayInput

Act = Step.Act


class MonthField(forms.DateField):
    """A month, kept as its first day."""

    def __init__(self, **kwargs):
        widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
        errors = {"invalid": "月份写成 2026-10。", "required": "写明党费交至哪个月，如 2026-10。"}
        super().__init__(input_formats=["%Y-%m", "%Y-%m-%d", "%Y年%m月"], widget=widget, error_messages=errors, **kwargs)


# Names of branches are offered while one types where htmx runs; without it the whole name or the code is typed.
OFFERED = {
    "list": "branch-names",
    "autocomplete": "off",
    "hx-get": reverse_lazy("transfers:branches"),
    "hx-trigger": "input changed delay:250ms",
    "hx-target": "#branch-names",
    "hx-swap": "innerHTML",
    "hx-vals": '{"offer": "1"}',
}


class DestinationForm(forms.Form):
    """Where to: a branch of the county, or an organisation outside it."""

    where = forms.ChoiceField(
        label="转到哪里", choices=[("county", "本县的党支部"), ("outside", "县外")], widget=forms.RadioSelect, initial="county"
    )
    to_branch = OrganisationField(
        label="转入党支部", required=False, help_text="写村名、单位名或代码，如 袁家店村。", widget=forms.TextInput(attrs=OFFERED)
    )
    elsewhere = forms.CharField(label="对方党委", required=False, max_length=120, help_text="全称，写在介绍信的抬头。")
    elsewhere_branch = forms.CharField(label="对方党支部", required=False, max_length=120)
    reach = forms.ChoiceField(
        label="市内还是市外", choices=Transfer.Reach.choices, widget=forms.RadioSelect, initial=Transfer.Reach.BEYOND, required=False
    )
    dues_until = MonthField(label="党费交至")
    note = forms.CharField(label="说明", required=False, max_length=200, help_text="调到哪个单位、搬到哪里，写一句。")
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, initial=None, own: bool = False):
        super().__init__(data, initial=initial)
        self.fields["to_branch"].queryset = Organisation.objects.branches().existing()
        if own:  # the branch knows what is paid, and says so with its consent
            del self.fields["dues_until"]

    def clean(self):
        said = super().clean()
        outside = said.get("where") == "outside"
        if outside and not said.get("elsewhere") and "elsewhere" not in self.errors:
            self.add_error("elsewhere", "写对方党委的全称。")
        if not outside and said.get("to_branch") is None and "to_branch" not in self.errors:
            self.add_error("to_branch", "写转到哪个党支部。")
        return said

    @property
    def destination(self) -> dict:
        """What the services take: one of the two places, never both."""
        said = self.cleaned_data
        keys = ("elsewhere", "elsewhere_branch", "reach") if said["where"] == "outside" else ("to_branch",)
        kept = {key: said[key] for key in keys if said[key]}
        return kept | {"note": said["note"], "dues_until": said.get("dues_until")}


class ApplyForm(DestinationForm):
    """An application: where to, and why."""

    reason = forms.ChoiceField(label="转接原因", choices=[("", "选一个"), *Transfer.Reason.choices])
    field_order = ["where", "to_branch", "elsewhere", "elsewhere_branch", "reach", "reason", "dues_until", "note"]

    @property
    def application(self) -> dict:
        return self.destination | {"reason": self.cleaned_data["reason"]}


class ActForm(forms.Form):
    """What every act takes: the version it was read at, and a word that may stay empty."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    note = forms.CharField(label="意见", required=False, max_length=200)

    def said(self) -> dict:
        """What the service is told beside who and when."""
        return {name: value for name, value in self.cleaned_data.items() if value is not None}


class AgreeForm(ActForm):
    dues_until = MonthField(label="党费交至", help_text="写在介绍信上。")
    field_order = ["version", "dues_until", "note"]


class ApproveForm(ActForm):
    days = forms.IntegerField(
        label="介绍信有效期（天）",
        min_value=1,
        max_value=rules.LONGEST,
        help_text=f"从开出的第二天算起，最后一天也算；最长 {rules.LONGEST} 天。",
        error_messages={
            "min_value": f"有效期填 1 到 {rules.LONGEST} 天。",
            "max_value": f"有效期填 1 到 {rules.LONGEST} 天，最长不超过三个月。",
            "invalid": "有效期写天数。",
            "required": "有效期写天数。",
        },
    )
    field_order = ["version", "days", "note"]


class ReceiptForm(ActForm):
    received_on = forms.DateField(label="回执上的接收日期", widget=DayInput, help_text="从这天起，组织关系不在本支部。")
    field_order = ["version", "received_on", "note"]


class ProveForm(ActForm):
    note = forms.CharField(
        label="为什么过期",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写上为什么过期，这就是支部的证明。"},
    )
    dues_until = MonthField(label="党费交至", required=False, help_text="又交了就改，没有就不动。")


class RefuseForm(ActForm):
    refusal = forms.ChoiceField(
        label="缘由",
        choices=Step.Refusal.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "选一个退回的缘由，不得无故拒转拒接。", "invalid_choice": "从列出的缘由里选一个。"},
    )
    note = forms.CharField(
        label="说明",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="差什么、怎样改好，写清楚。",
        error_messages={"required": "写清楚为什么退回、怎样改好。"},
    )
    field_order = ["version", "refusal", "note"]


class WithdrawForm(ActForm):
    note = forms.CharField(label="为什么撤销", required=False, max_length=200)


class ElsewhereBranchForm(ActForm):
    """Of somebody from outside whom a branch sent back: another branch."""

    to_branch = OrganisationField(label="改编入哪个党支部", widget=forms.TextInput(attrs=OFFERED))
    field_order = ["version", "to_branch", "note"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to_branch"].queryset = Organisation.objects.branches().existing()


def form_of(transfer: Transfer, act: str) -> type[forms.Form]:
    """The form an act of this transfer is done with."""
    if act == Act.ARCHIVE:
        return ReceiptForm if transfer.kind == Transfer.Kind.OUT else ActForm
    if act == Act.RESUBMIT:
        return ElsewhereBranchForm if transfer.kind == Transfer.Kind.IN else DestinationForm
    chosen = {Act.AGREE: AgreeForm, Act.PROVE: ProveForm, Act.REFUSE: RefuseForm, Act.WITHDRAW: WithdrawForm}
    if act == Act.APPROVE and transfer.kind != Transfer.Kind.INTERNAL:
        return ApproveForm
    return chosen.get(act, ActForm)


class ArriveForm(PersonForm):
    """A letter from outside the county: what it says, and the national form of whoever brings it."""

    elsewhere = forms.CharField(label="原党委", max_length=120, help_text="介绍信落款的党委全称。")
    elsewhere_branch = forms.CharField(label="原党支部", max_length=120, required=False)
    letter_number = forms.CharField(label="介绍信编号", max_length=60)
    issued_on = forms.DateField(label="开具日期", widget=DayInput)
    valid_until = forms.DateField(label="有效期至", widget=DayInput, help_text="最后一天也算。")
    dues_until = MonthField(label="党费交至")
    reason = forms.ChoiceField(label="转接原因", choices=[("", "选一个"), *Transfer.Reason.choices])
    to_branch = OrganisationField(label="编入党支部", help_text="写村名、单位名或代码。", widget=forms.TextInput(attrs=OFFERED))
    id_number = forms.CharField(label=HEADING["id_number"], max_length=24, help_text="性别和出生日期从号码里来。")
    standing = is_mobile = is_lost = lost_on = destination = None  # somebody who reports here is none of these
    field_order = [
        *("elsewhere", "elsewhere_branch", "letter_number", "issued_on", "valid_until", "dues_until", "reason", "to_branch"),
        *("name", "id_number", "category", "joined_on", "full_on"),
    ]
    LETTER = ("elsewhere", "elsewhere_branch", "letter_number", "issued_on", "valid_until", "dues_until", "reason", "to_branch")

    def __init__(self, data=None, *, branches: QuerySet, today: date, initial=None):
        super().__init__(data, initial=initial)
        self.today = today
        self.fields["to_branch"].queryset = branches

    def clean(self):
        said = super().clean()
        branch = said.get("to_branch")
        code = branch.code if branch else "0"  # a branch not found is told at its own field, once
        index = BranchIndex([(code, branch.name if branch else "-", "branch")])
        known = {"standing": "正常", "is_mobile": "否", "is_lost": "否", "destination": "", "lost_on": "", "sex": "", "birth_on": ""}
        self.person = self.check(today=self.today, branches=index, branch=code, **known)
        return said

    @property
    def letter(self) -> dict:
        """What the service takes of the letter."""
        return {name: self.cleaned_data[name] for name in self.LETTER}

    @property
    def bearer(self) -> dict:
        """What the service takes of the person: the roster's own columns."""
        days = {"birth_on", "joined_on", "full_on", "lost_on"}
        columns = [name for name in self.person._fields if name != "branch"]
        return {name: value if (value := getattr(self.person, name)) is not None or name in days else "" for name in columns}

    @property
    def letter_fields(self) -> list:
        return [self[name] for name in self.LETTER]

    @property
    def person_fields(self) -> list:
        return [bound for bound in self.visible_fields() if bound.name not in self.LETTER]
