"""Forms of points: filing a deed, one's own or a member's, and deciding on it."""

from django import forms

from members.models import Member
from partyportal.core.forms import DayInput, PhotosField
from points.models import Award, Item


def _length(name: str) -> int:
    return Award._meta.get_field(name).max_length


def _worth(item: Item) -> str:
    if item.is_veto:
        return f"{item.name}（一票否决）"
    if any(grade.value for grade in item.grades.all()):
        return f"{item.name}，按档次计分"
    return f"{item.name}，每{item.unit} {item.value.normalize():f} 分" if item.value or not item.levels else f"{item.name}，按档次定系数"


def grades_offered(items) -> list:
    """The 档次 of those items that have any, each under its item; nothing where none has."""
    graded = [(item.name, list(levels.items())) for item in items if (levels := item.levels)]
    return [("", "不分档次"), *graded] if graded else []


class DeedForm(forms.Form):
    """What both forms ask: what was done, when, how much, and what proves it. Items are those of the rules in force."""

    item = forms.ModelChoiceField(Item.objects.none(), label="哪一项", to_field_name="code", empty_label="选一项")
    grade = forms.ChoiceField(label="档次", required=False, help_text="分档次计分的项目才选")
    day = forms.DateField(label="日期", widget=DayInput(), error_messages={"required": "写上是哪一天。"})
    units = forms.DecimalField(label="数量", min_value=0, max_digits=6, decimal_places=2, help_text="几次、几小时、几件，看项目的单位")
    title = forms.CharField(label="做了什么", max_length=_length("title"), error_messages={"required": "写上做了什么。"})
    evidence = forms.CharField(
        label="依据",
        max_length=_length("evidence"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="谁能证明，或看哪份材料",
    )
    files = PhotosField(required=False)

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = _worth
        if graded := grades_offered(items):
            self.fields["grade"].choices = graded
        else:
            del self.fields["grade"]

    @property
    def deed(self) -> dict:
        """What the service takes."""
        return {"grade": ""} | self.cleaned_data


class ReportForm(DeedForm):
    """报一件事: a member's own deed, on a phone."""

    field_order = ("item", "grade", "day", "units", "title", "files", "evidence")


class AwardForm(DeedForm):
    """A deed of one member of the branch; of a veto also its document and its end."""

    member = forms.ModelChoiceField(Member.objects.none(), label="党员", to_field_name="uid", empty_label="选一位党员")
    document_number = forms.CharField(label="批准文号", max_length=_length("document_number"), required=False, help_text="一票否决才填")
    expires_on = forms.DateField(label="影响到", required=False, widget=DayInput(), help_text="一票否决才填：影响期到哪一天")

    field_order = ("member", "item", "grade", "day", "units", "title", "evidence", "files", "document_number", "expires_on")

    def __init__(self, *args, members, items, **kwargs):
        super().__init__(*args, items=items, **kwargs)
        self.fields["member"].queryset = members
        if not any(item.is_veto for item in items):
            del self.fields["document_number"], self.fields["expires_on"]


class RefusalForm(forms.Form):
    reason = forms.CharField(label="不认定的原因", max_length=_length("refusal"))


class RevocationForm(forms.Form):
    reason = forms.CharField(label="撤销的原因", max_length=_length("revocation"), help_text="本人和支部都看得到")
