"""Forms of the lists: what the address asks, and fixing a list for a day."""

from django import forms

from members.care.models import ListEntry
from partyportal.core.forms import DayInput


class ListFilters(forms.Form):
    """A condition nobody could have chosen is left out, not refused."""

    q = forms.CharField(required=False, max_length=60)
    only = forms.ChoiceField(required=False, choices=[("", "全部"), ("new", "一个月内新列入的"), ("unhelped", "今年还没有走访、救助的")])
    organisation = forms.CharField(required=False, max_length=40)

    def asked(self, name: str) -> str:
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return self.cleaned_data.get(name, "")


class ConditionFilters(ListFilters):
    """Of the register of conditions."""

    only = forms.ChoiceField(required=False, choices=[("", "现在的"), ("due", "该复核的"), ("ended", "已经结束、撤回的")])
    kind = forms.CharField(required=False, max_length=20)


class FixForm(forms.Form):
    """定名单: the day, what for, and how many were seen."""

    on = forms.DateField(label="按哪天定", widget=DayInput, error_messages={"required": "填按哪天定。"})
    purpose = forms.CharField(
        label="用途", max_length=80, help_text="如 2027 年“光荣在党50年”纪念章", error_messages={"required": "写明名单用来做什么。"}
    )
    seen = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, people=(), **kwargs):
        super().__init__(*args, **kwargs)
        for person in people:
            self.fields[f"out-{person.uid}"] = forms.ChoiceField(
                label=f"{person.name}",
                required=False,
                choices=[("", "列入"), *ListEntry.LeftOut.choices],
                widget=forms.Select(attrs={"class": "form-select"}),
            )
        self._people = {f"out-{person.uid}": person.pk for person in people}

    @property
    def left_out(self) -> dict[int, str]:
        """Member → why they are not given it."""
        return {pk: self.cleaned_data[name] for name, pk in self._people.items() if self.cleaned_data.get(name)}
