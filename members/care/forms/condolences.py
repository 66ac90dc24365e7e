"""Forms of 关怀: a death, a step of the condolence, and a record taken back."""

from datetime import date

from django import forms
from django.core.validators import MaxValueValidator

from members.care.models import CondolenceStep
from partyportal.core.forms import DayInput


class DeathForm(forms.Form):
    """The day a member died; what it will end is shown before it is written."""

    died_on = forms.DateField(label="去世日期", widget=DayInput, help_text="组织关系到这一天为止。")

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["died_on"].validators.append(MaxValueValidator(today, "这一天还没有到。"))


class StepForm(forms.Form):
    """One step: done by whom and when, or declined by the family."""

    outcome = forms.ChoiceField(label="结果", choices=CondolenceStep.Outcome.choices, initial="done")
    done_on = forms.DateField(label="日期", widget=DayInput)
    who = forms.CharField(label="去的人", max_length=60, required=False, help_text="家属婉辞的可不填。")


class WithdrawForm(forms.Form):
    """Why a death was recorded by mistake."""

    reason = forms.CharField(label="为什么登错了", max_length=120, help_text="如 与同名的人弄混。")


class CondolenceFilters(forms.Form):
    """What the list's URL asks. A condition nobody could have chosen is left out, not refused."""

    STATES = (("", "全部"), ("open", "还有要办的"), ("done", "都办好了"), ("withdrawn", "已更正"))

    q = forms.CharField(label="找人", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)

    def asked(self, name: str) -> str:
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return self.cleaned_data.get(name, "")
