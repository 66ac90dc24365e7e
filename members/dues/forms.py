"""Forms of dues: a day and a method, a sum, a base, a reason."""

from datetime import date

from django import forms

from members.dues.models import Collection, PayerKind
from members.dues.models.bases import FIXED_KINDS
from members.dues.services import BaseLine
from members.models import Member
from partyportal.core.days import month_of, months_after
from partyportal.core.forms import DayInput

WHICH_DAY = {"required": "选一个日期。", "invalid": "日期写成 2026-11-20。"}
MONEY = {"max_digits": 12, "decimal_places": 2, "error_messages": {"invalid": "写成数字，单位是元，如 12.50。", "required": "写上金额。"}}


def parse_month(text: str) -> date:
    """`2026-11` as its first day."""
    return date.fromisoformat(f"{text}-01")


def month_choices(first: date, count: int) -> list[tuple[str, str]]:
    months = [months_after(first, n) for n in range(count)]
    return [(f"{month:%Y-%m}", f"{month.year} 年 {month.month} 月") for month in months]


class MonthField(forms.TypedChoiceField):
    """A month chosen from a list: no browser's month picker is the same as another's."""

    def __init__(self, **kwargs):
        kwargs.setdefault("error_messages", {"required": "选一个月份。", "invalid_choice": "选单子上的月份。"})
        super().__init__(coerce=parse_month, **kwargs)


class CollectForm(forms.Form):
    """When and how the money came; who paid is ticked in the list itself."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(label="收款日", widget=DayInput, error_messages=WHICH_DAY)
    method = forms.ChoiceField(label="方式", choices=Collection.Method.choices)


class PayForm(CollectForm):
    """One member's sum: up to which month, how much."""

    until = MonthField(label="交到哪个月")
    amount = forms.DecimalField(label="收到多少元", help_text="比应交多的算自愿多交", **MONEY)

    field_order = ["uid", "until", "amount", "day", "method"]

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        first = date(today.year, 1, 1)
        self.fields["until"].choices = [("", "选月份"), *month_choices(first, 12)]


class ReasonForm(forms.Form):
    reason = forms.CharField(label="原因", max_length=200, error_messages={"required": "写上原因。"})


class BaseForm(forms.Form):
    """What one member, or everybody ticked, pays from a month on."""

    kind = forms.ChoiceField(label="党员类别", choices=PayerKind.choices)
    amount = forms.DecimalField(label="交纳基数（元）", required=False, help_text="每月固定的税后收入；农民、学生等不填", **MONEY)
    fixed = forms.DecimalField(label="每月交（元）", required=False, help_text="农民填 0.20 到 1.00；有收入的不填，按比例算", **MONEY)
    start = MonthField(label="从哪个月起")

    def __init__(self, *args, year: int, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["start"].choices = month_choices(date(year, 1, 1), 12)

    def clean(self):
        said = super().clean()
        if said.get("kind") in FIXED_KINDS and said.get("amount") is not None and said.get("fixed") is None:
            self.add_error("fixed", "这类党员按月定额，填“每月交”，不填基数。")
        return said

    def line(self) -> BaseLine:
        said = self.cleaned_data
        return BaseLine(kind=said["kind"], amount=said["amount"], fixed=said["fixed"])


class ExemptionForm(forms.Form):
    """Whom the branch asks to pay less, from when to when, and why."""

    member = forms.ModelChoiceField(
        Member.objects.none(), label="党员", to_field_name="uid", empty_label="选一位党员", error_messages={"required": "选一位党员。"}
    )
    start = MonthField(label="从哪个月起")
    until = MonthField(label="到哪个月止")
    monthly = forms.DecimalField(label="减免后每月交（元）", initial=0, help_text="免交填 0", **MONEY)
    reason = forms.CharField(label="理由", max_length=200, error_messages={"required": "写上理由，如“患病住院，家庭困难”。"})

    def __init__(self, *args, members, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members
        months = month_choices(months_after(month_of(today), -6), 25)
        self.fields["start"].choices = self.fields["until"].choices = [("", "选月份"), *months]


class RefusalForm(forms.Form):
    refusal = forms.CharField(label="不同意的原因", max_length=200, required=False)


class SheetForm(forms.Form):
    file = forms.FileField(
        label="表格", help_text=".xlsx、.xls 或 .csv", error_messages={"required": "选一个文件。", "empty": "文件是空的，没有内容。"}
    )


class MethodForm(forms.Form):
    method = forms.ChoiceField(label="方式", choices=Collection.Method.choices)
