"""Forms of points: filing a deed and deciding on it."""

from django import forms

from members.models import Member
from partyportal.core.forms import DayInput
from points.models import Award, Item


class AwardForm(forms.Form):
    """A deed of one member of the branch; the items are those of the rules in force."""

    member = forms.ModelChoiceField(Member.objects.none(), label="党员", to_field_name="uid", empty_label="选一位党员")
    item = forms.ModelChoiceField(Item.objects.none(), label="积分项目", to_field_name="code", empty_label="选一项")
    day = forms.DateField(label="日期", widget=DayInput())
    units = forms.DecimalField(label="数量", min_value=0, max_digits=6, decimal_places=2, help_text="几次、几小时、几件，看项目的单位")
    title = forms.CharField(label="做了什么", max_length=Award._meta.get_field("title").max_length)
    evidence = forms.CharField(
        label="依据",
        max_length=Award._meta.get_field("evidence").max_length,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="谁能证明，或看哪份材料",
    )

    def __init__(self, *args, members, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = members
        self.fields["item"].queryset = items
        self.fields["item"].label_from_instance = lambda item: f"{item.name}，每{item.unit} {item.value.normalize():f} 分"


class RefusalForm(forms.Form):
    reason = forms.CharField(label="不认定的原因", max_length=Award._meta.get_field("refusal").max_length)
