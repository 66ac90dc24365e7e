"""Forms of 培训班 and 站点: what it was, and who was there."""

from django import forms

from branches.models import Organisation
from education.study.selectors.people import NamedFault, named_on
from partyportal.core.forms import DayInput

_DAY = {"required": "选一个日期。", "invalid": "日期写成 2026-11-20。"}


class TrainingForm(forms.Form):
    """A 培训班: its people are written one a line, as they stand on its list."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="举办党组织", to_field_name="code", empty_label=None)
    title = forms.CharField(label="培训主题", max_length=80, error_messages={"required": "写上培训主题。"})
    starts_on = forms.DateField(label="开始日期", widget=DayInput, error_messages=_DAY)
    ends_on = forms.DateField(label="结束日期", widget=DayInput, error_messages=_DAY)
    half_days = forms.IntegerField(label="一共几个半天", min_value=1, max_value=60, error_messages={"required": "写上几个半天。"})
    basis = forms.CharField(label="依据", max_length=120, required=False, help_text="通知的文号")
    members = forms.CharField(
        label="学员名单",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=20_000,
        help_text="一行一人：姓名，空一格写党支部（可只写尾名，如高家杨村支部）；全县没有重名的可以只写姓名",
        error_messages={"required": "写上学员，一行一人。"},
    )

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations

    def clean(self):
        cleaned = super().clean()
        if {"organisation", "starts_on", "members"} <= cleaned.keys():
            found, faults = named_on(cleaned["organisation"], cleaned["members"], cleaned["starts_on"])
            for fault in faults[:10]:
                self.add_error("members", _words(fault))
            cleaned["people"] = found
        return cleaned

    def said(self) -> dict:
        kept = {name: self.cleaned_data[name] for name in ("organisation", "title", "starts_on", "ends_on", "half_days", "basis")}
        return kept | {"members": self.cleaned_data["people"]}


def _words(fault: NamedFault) -> str:
    return f"第 {fault.row} 行：{fault.message}"


class SiteSessionForm(forms.Form):
    """A day at a site: of a branch's own site everybody on its roll stands there to be ticked, guests as well."""

    title = forms.CharField(label="学了什么", max_length=80, error_messages={"required": "写上学了什么。"})
    starts_on = forms.DateField(label="日期", widget=DayInput, error_messages=_DAY)
    minutes = forms.IntegerField(label="学了多少分钟", min_value=1, max_value=600, error_messages={"required": "写上分钟数。"})
    members = forms.MultipleChoiceField(
        label="来了哪些人", widget=forms.CheckboxSelectMultiple, error_messages={"required": "勾上来的人。"}
    )

    def __init__(self, *args, roll: list[tuple[str, str]], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["members"].choices = roll


class SiteForm(forms.Form):
    """A new site."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="所属党支部", to_field_name="code", empty_label=None)
    name = forms.CharField(label="站点名称", max_length=40, error_messages={"required": "写上站点名称。"})
    place = forms.CharField(label="地点", max_length=80, error_messages={"required": "写上地点。"})
    opened_on = forms.DateField(label="设立日期", widget=DayInput, error_messages=_DAY)

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations
