"""What the pages of plans, talks and campaigns ask."""

from datetime import date

from django import forms
from django.db.models import QuerySet

from branches.models import Organisation
from education.models import Meeting
from education.planning.models.campaigns import Theme
from members.models import Member
from partyportal.core.forms import DayInput, PhotosField

DAY = {"required": "选一个日期。", "invalid": "日期写成 2026-12-05。"}
ROWS = 8  # steps a campaign may have


class EntryForm(forms.Form):
    """A day of the plan."""

    kind = forms.ChoiceField(label="种类", choices=Meeting.Kind)
    group = forms.ModelChoiceField(
        Organisation.objects.none(), label="党小组", to_field_name="code", required=False, empty_label="不是党小组会"
    )
    planned_on = forms.DateField(label="日期", widget=DayInput, error_messages=DAY)
    topic = forms.CharField(label="主题", max_length=120, required=False)
    place = forms.CharField(label="地点", max_length=80, required=False)

    def __init__(self, *args, groups: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = groups


class EntryChangeForm(forms.Form):
    """Another day, topic or place, and why."""

    planned_on = forms.DateField(label="日期", widget=DayInput, error_messages=DAY)
    topic = forms.CharField(label="主题", max_length=120, required=False)
    place = forms.CharField(label="地点", max_length=80, required=False)
    why = forms.CharField(label="为什么改", max_length=120, required=False)


class TalkForm(forms.Form):
    """Who talked with whom, when, and what came of it."""

    first = forms.ModelChoiceField(Member.objects.none(), label="谈话人", to_field_name="uid", error_messages={"required": "选谈话人。"})
    second = forms.ModelChoiceField(
        Member.objects.none(), label="谈话对象", to_field_name="uid", error_messages={"required": "选谈话对象。"}
    )
    held_on = forms.DateField(label="日期", widget=DayInput, error_messages=DAY)
    outcome = forms.CharField(
        label="谈了什么、有什么结果",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写一句谈了什么、有什么结果。"},
    )

    def __init__(self, *args, people: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["first"].queryset = self.fields["second"].queryset = people


class _StepsForm(forms.Form):
    """A form with rows of steps at its end; an empty row is no step."""

    steps = forms.CharField(required=False, widget=forms.HiddenInput, label="步骤")  # where faults of the steps as a whole are told

    def __init__(self, *args, steps=(), **kwargs):
        super().__init__(*args, **kwargs)
        given = list(steps)
        for nth in range(ROWS):
            when, what = given[nth] if nth < len(given) else (None, "")
            self.fields[f"when_{nth}"] = self.when(nth, when)
            self.fields[f"what_{nth}"] = forms.CharField(label=f"第 {nth + 1} 步", max_length=80, required=False, initial=what)

    def when(self, nth: int, initial) -> forms.Field:
        raise NotImplementedError

    @property
    def rows(self):
        return [(self[f"when_{nth}"], self[f"what_{nth}"]) for nth in range(ROWS)]

    def clean(self):
        cleaned = super().clean()
        kept = []
        for nth in range(ROWS):
            when, what = cleaned.get(f"when_{nth}"), (cleaned.get(f"what_{nth}") or "").strip()
            if what and when is None and f"when_{nth}" not in self.errors:
                self.add_error(f"when_{nth}", "写上哪天。")
            elif what:
                kept.append((when, what))
        cleaned["steps"] = kept
        return cleaned

    def content(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if not name.startswith(("when_", "what_"))}


class TemplateForm(_StepsForm):
    """A pattern offered to every branch below."""

    theme = forms.ChoiceField(label="类别", choices=Theme)
    name = forms.CharField(label="名称", max_length=60, error_messages={"required": "写上名称。"})
    purpose = forms.CharField(
        label="做什么、为什么",
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写上做什么、为什么。"},
    )

    def when(self, nth, initial):
        return forms.IntegerField(label=f"第 {nth + 1} 步在第几天", min_value=0, max_value=366, required=False, initial=initial)


class CampaignForm(_StepsForm):
    """A branch's own campaign."""

    theme = forms.ChoiceField(label="类别", choices=Theme)
    name = forms.CharField(label="名称", max_length=60, error_messages={"required": "写上名称。"})
    goal = forms.CharField(
        label="目标", max_length=300, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "写上要做成什么，能数的写数。"}
    )
    starts_on = forms.DateField(label="开始", widget=DayInput, error_messages=DAY)
    ends_on = forms.DateField(label="到哪天", widget=DayInput, error_messages=DAY)

    def when(self, nth, initial: date | None):
        return forms.DateField(label=f"第 {nth + 1} 步哪天前", widget=DayInput, required=False, initial=initial, error_messages=DAY)


class ChargeForm(forms.Form):
    """Who answers for a step."""

    charge = forms.ModelChoiceField(
        Member.objects.none(),
        label="谁负责",
        to_field_name="uid",
        required=False,
        empty_label="还没有定人",
        error_messages={"invalid_choice": "选本支部的党员。"},
    )

    def __init__(self, *args, people: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["charge"].queryset = people


class ResultForm(forms.Form):
    """What came of a campaign on a day."""

    day = forms.DateField(label="日期", widget=DayInput, error_messages=DAY)
    words = forms.CharField(
        label="做成了什么", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "写一句做成了什么。"}
    )
    people = forms.IntegerField(label="参加人次", min_value=0, max_value=100_000, required=False)
    pieces = forms.IntegerField(label="件数或场次", min_value=0, max_value=100_000, required=False)
    meeting = forms.ModelChoiceField(Meeting.objects.none(), label="哪次会", to_field_name="uid", required=False, empty_label="没有开会")
    files = PhotosField(required=False)

    def __init__(self, *args, meetings: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["meeting"].queryset = meetings


class CloseForm(forms.Form):
    """How it ended, or why not."""

    words = forms.CharField(
        label="总结",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写一句：目标做到了没有，或者为什么不办。"},
    )
