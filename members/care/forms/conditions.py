"""Forms of a member's conditions."""

from django import forms

from members.care.models import Condition
from members.care.rules.conditions import KINDS
from partyportal.core.forms import DayInput, PhotosField


class ConditionForm(forms.Form):
    """What holds of a member, from which day, and what proves it."""

    kind = forms.ChoiceField(label="情况", choices=[("", "选一种"), *KINDS.items()], error_messages={"required": "选一种情况。"})
    start = forms.DateField(
        label="从哪天起", widget=DayInput, error_messages={"required": "填从哪天起。", "invalid": "日期写成 2026-03-01。"}
    )
    proof = forms.CharField(
        label="依据",
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="如 低保证号、诊断、困难情况。封存保管，谁看过都有记录。",
    )
    files = PhotosField(label="证明材料", required=False)


class EndForm(forms.Form):
    """From which day it no longer holds, and why."""

    on = forms.DateField(label="从哪天起不再算", widget=DayInput, error_messages={"required": "填从哪天起不再算。"})
    reason = forms.ChoiceField(label="缘由", choices=Condition.EndReason.choices, error_messages={"required": "选结束的缘由。"})
