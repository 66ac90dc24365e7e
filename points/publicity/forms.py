"""Forms of 季度公示: an objection, and each step of it. Every step's note is read by whoever objected."""

from django import forms

from partyportal.core.forms import DayInput, PhotosField
from points.forms.awards import grades_offered
from points.models import Item
from points.publicity.models import Objection, Step


class ObjectionForm(forms.Form):
    """What is wrong, and what shows it."""

    what = forms.CharField(
        label="错在哪里",
        max_length=Objection._meta.get_field("what").max_length,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "写上错在哪里，支部才知道查什么。"},
    )
    evidence = forms.CharField(
        label="依据", max_length=Objection._meta.get_field("evidence").max_length, required=False, help_text="谁能证明，或看哪份材料"
    )
    files = PhotosField(required=False)


class StepForm(forms.Form):
    """One act on an objection: the note, and the version it was made from."""

    LABELS = {
        Step.Act.HEAR: ("听取的情况", "问了谁，各人怎么说"),
        Step.Act.REJECT: ("为什么不成立", "提异议的人看得到"),
        Step.Act.APPEAL: ("为什么不服", "上级党委会看到"),
        Step.Act.UPHOLD: ("复议的理由", "提异议的人看得到"),
        Step.Act.WITHDRAW: ("为什么撤回", ""),
        Step.Act.ACCEPT: ("认定的事实", "提异议的人看得到"),
    }

    note = forms.CharField(
        max_length=Step._meta.get_field("note").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写上说明。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, act: str, **kwargs):
        super().__init__(*args, auto_id=f"{act}_%s", **kwargs)
        self.fields["note"].label, self.fields["note"].help_text = self.LABELS[Step.Act(act)]


class AcceptForm(StepForm):
    """成立: how it is put right. Which remedies are offered depends on whose the fact is."""

    remedy = forms.ChoiceField(label="怎样更正", widget=forms.RadioSelect, error_messages={"required": "选一种更正的办法。"})
    item = forms.ModelChoiceField(
        Item.objects.none(), label="记哪一项", to_field_name="code", required=False, empty_label="补记才选", help_text="补记才填"
    )
    grade = forms.ChoiceField(label="档次", required=False, help_text="分档次的项目才选")
    day = forms.DateField(label="改成哪一天", widget=DayInput(), required=False, help_text="不改就不动")
    units = forms.DecimalField(label="数量改成", min_value=0, max_digits=6, decimal_places=2, required=False)

    field_order = ("remedy", "item", "grade", "day", "units", "note", "version")

    def __init__(self, *args, remedies, items=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["remedy"].choices = remedies
        offered = {value for value, _ in remedies}
        if Objection.Remedy.RECORD in offered:
            self.fields["item"].queryset = items
            self.fields["item"].label_from_instance = lambda item: item.name
            self.fields["day"].label, self.fields["day"].help_text, self.fields["units"].label = "哪一天", "", "数量"
        else:
            del self.fields["item"]
        if graded := grades_offered(items or ()):
            self.fields["grade"].choices = graded
        else:
            del self.fields["grade"]
        if offered == {Objection.Remedy.ELSEWHERE}:
            del self.fields["day"], self.fields["units"]

    @property
    def said(self) -> dict:
        """What the service takes."""
        said = {name: value for name, value in self.cleaned_data.items() if value is not None}
        if item := said.pop("item", None):
            said["item"] = item.code
        return said
