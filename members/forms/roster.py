"""What the roster's address asks."""

from django import forms

from members.models import Member, MemberClass
from members.selectors.roster import AGE_BANDS, EDUCATION, SORTS, STATES, VIEWS, age_bounds, age_label


class RosterFilters(forms.Form):
    """What the roster's URL asks. A condition nobody could have chosen is left out, not refused."""

    q = forms.CharField(label="找人", required=False, max_length=60)
    organisation = forms.CharField(label="党组织", required=False, max_length=40)
    view = forms.ChoiceField(label="常用条件", required=False, choices=VIEWS)
    category = forms.ChoiceField(label="类别", required=False, choices=[("", "全部"), *Member.Category.choices])
    sex = forms.ChoiceField(label="性别", required=False, choices=[("", "不限"), *Member.Sex.choices])
    age = forms.CharField(label="年龄", required=False, max_length=7)
    education = forms.ChoiceField(label="学历", required=False, choices=[("", "不限"), *EDUCATION])
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "不限"), *STATES])
    destination = forms.CharField(label="外出流向", required=False, max_length=120)
    member_class = forms.ChoiceField(label="分类", required=False, choices=[("", "不限"), *MemberClass.Name.choices])
    sort = forms.ChoiceField(required=False, choices=[(sign + key, key) for key in SORTS for sign in ("", "-")])

    def clean_age(self):
        return self.cleaned_data["age"] if age_bounds(self.cleaned_data["age"]) != (None, None) else ""

    @property
    def asked(self) -> dict[str, str]:
        """The conditions that are set and good, but for where and in which order."""
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return {key: value for key, value in self.cleaned_data.items() if value and key not in {"sort", "organisation"}}

    @property
    def asks_more(self) -> bool:
        """Whether a condition of 更多条件 is set, which then stands open."""
        return bool({"sex", "education", "member_class"} & self.asked.keys())

    @property
    def tags(self) -> list[tuple[str, str]]:
        """The conditions without a select of their own in the bar, to be taken off one by one."""
        return [(f"{self.fields[key].label} {self.asked[key]}", key) for key in ("q", "destination") if key in self.asked]

    @property
    def age_options(self) -> list[tuple[str, str]]:
        """The bands of the statistics, and whatever band a figure elsewhere led here with."""
        age = self.asked.get("age", "")
        bands = [*AGE_BANDS, *([age] if age and age not in AGE_BANDS else [])]
        return [("", "不限"), *((band, age_label(band)) for band in bands)]
