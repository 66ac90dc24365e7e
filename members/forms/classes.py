"""Forms of 年老体弱: from which day, and why."""

from django import forms

from members.services.classes import Why
from partyportal.core.forms import DayInput


class EndExemptionForm(forms.Form):
    start = forms.DateField(label="从哪天起", widget=DayInput, help_text="今年到今天为止的日子；这天起的记实按新的分类重新计分。")


class ExemptForm(EndExemptionForm):
    why = forms.ChoiceField(label="因为什么", choices=Why.choices, widget=forms.RadioSelect, error_messages={"required": "选一个原因。"})
