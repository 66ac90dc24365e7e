"""Forms of the criteria: a list's head, one line of its tree, and putting a version in force."""

from datetime import date

from django import forms

from members.care.rules import criteria as c
from members.care.rules.conditions import KINDS
from members.rules.appraisals import UNQUALIFIED
from members.rules.codes import CATEGORIES, SEXES
from partyportal.core.forms import DayInput

SOURCE = {"required": "写明依据，哪份文件怎么说的。"}


class CriterionForm(forms.Form):
    """A list of the county's own."""

    name = forms.CharField(label="名称", max_length=40, help_text="如 85 岁以上老党员", error_messages={"required": "写一个名称。"})
    benefit = forms.CharField(
        label="用来做什么", max_length=120, help_text="如 重阳节走访", error_messages={"required": "写明用来做什么。"}
    )
    source = forms.CharField(label="依据", max_length=200, help_text="哪份文件怎么说的", error_messages=SOURCE)
    document_number = forms.CharField(label="文号", max_length=60, required=False)
    once = forms.BooleanField(label="一人一次：定过名单的不再列入", required=False)


class SourceForm(forms.Form):
    """Which paper says so."""

    source = forms.CharField(label="依据", max_length=200, error_messages=SOURCE)
    document_number = forms.CharField(label="文号", max_length=60, required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)


class EnactForm(forms.Form):
    """From which day a version rules."""

    start = forms.DateField(label="从哪天起施行", widget=DayInput, error_messages={"required": "填从哪天起施行。"})
    revision = forms.IntegerField(widget=forms.HiddenInput)


class StopForm(forms.Form):
    """From which day there is no such list any more."""

    on = forms.DateField(label="从哪天起停用", widget=DayInput, error_messages={"required": "填从哪天起停用。"})


class LineForm(forms.Form):
    """One line of the tree: only the fields of its kind; the rule says what is wrong with their values."""

    at_least = forms.IntegerField(label="至少", required=False, error_messages={"invalid": "填一个整数。"})
    at_most = forms.IntegerField(label="最多", required=False, error_messages={"invalid": "填一个整数。"})
    on = forms.ChoiceField(label="按哪天算", choices=[*c.DAY_RULES.items(), ("day", "写一个日子")])
    day = forms.DateField(label="日子", widget=DayInput, required=False, help_text="上面选了“写一个日子”才填")
    counts_from_joining = forms.BooleanField(label="没有预备期的那几年入党的，从入党之日算", required=False)
    first = forms.DateField(label="那几年从", widget=DayInput, required=False, help_text="九大到十一大，按本地掌握的日子改")
    last = forms.DateField(label="到", widget=DayInput, required=False)
    before = forms.DateField(label="在哪天以前入党", widget=DayInput, required=False)
    kinds = forms.MultipleChoiceField(
        label="哪些情况，有一种就算", required=False, choices=list(KINDS.items()), widget=forms.CheckboxSelectMultiple
    )
    names = forms.MultipleChoiceField(
        label="哪些分类", required=False, choices=list(c.CLASSES.items()), widget=forms.CheckboxSelectMultiple
    )
    value = forms.ChoiceField(label="选一种", required=False, choices=[])
    never = forms.MultipleChoiceField(label="没有评为", required=False, choices=list(c.GRADES.items()), widget=forms.CheckboxSelectMultiple)
    back = forms.IntegerField(label="几年以前的", required=False, help_text="1 是上一年", error_messages={"invalid": "填一个整数。"})

    FIELDS = {
        "age": ("at_least", "at_most", "on", "day"),
        "party_age": ("at_least", "at_most", "on", "day", "counts_from_joining", "first", "last"),
        "joined": ("before",),
        "condition": ("kinds", "on", "day"),
        "class": ("names", "on", "day"),
        "sex": ("value",),
        "category": ("value", "on", "day"),
        "appraisal": ("never", "back"),
        "unpunished": ("on", "day"),
        "in_standing": ("on", "day"),
        "at_home": ("on", "day"),
    }

    def __init__(self, *args, kind: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.kind = kind
        for name in [name for name in self.fields if name not in self.FIELDS[kind]]:
            del self.fields[name]
        if "value" in self.fields:
            self.fields["value"].choices = list((SEXES if kind == "sex" else CATEGORIES).items())

    @classmethod
    def initial_of(cls, kind: str, leaf: dict | None = None) -> dict:
        """What the form begins with: the line's own values, or what a new one usually says."""
        usual: dict = {
            "party_age": {"no_probation": [day.isoformat() for day in c.NO_PROBATION]},
            "appraisal": {"never": [UNQUALIFIED], "back": 1},
        }
        said = (
            usual.get(kind, {})
            if leaf is None
            else ({"no_probation": usual["party_age"]["no_probation"]} | leaf if kind == "party_age" else leaf)
        )
        initial = {name: value for name, value in said.items() if name not in {"leaf", "on", "no_probation"}}
        rule = said.get("on", c.JULY if kind == "at_home" else c.TODAY)
        initial |= {"on": rule} if rule in c.DAY_RULES else {"on": "day", "day": rule}
        if span := said.get("no_probation"):
            initial |= {"counts_from_joining": True, "first": span[0], "last": span[1]}
        return initial

    @property
    def leaf(self) -> dict:
        """The line as the tree holds it; what is left empty is not said."""
        said = {name: value for name, value in self.cleaned_data.items() if value not in (None, "", [])}
        leaf = {"leaf": self.kind}
        for name in ("at_least", "at_most", "kinds", "names", "value", "never", "back"):
            if name in said:
                leaf[name] = said[name]
        if "before" in said:
            leaf["before"] = said["before"].isoformat()
        if "on" in self.fields:
            rule = said.get("on", c.TODAY)
            leaf["on"] = _written(said.get("day")) if rule == "day" else rule
        if self.kind == "party_age":
            spans = [_written(said.get(name)) for name in ("first", "last")]
            leaf["no_probation"] = spans if said.get("counts_from_joining") else None
        return leaf


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""
