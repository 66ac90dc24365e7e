"""What the pages beside the record ask: agenda, leave, exclusions, draws, files."""

from collections.abc import Iterable, Mapping
from datetime import date

from django import forms

from branches.models import Organisation
from education.models import Leave, Meeting, RollExclusion
from education.rules import Item
from education.services.files import AT_MOST
from members.models import Member
from partyportal.core.days import chinese_day
from partyportal.core.forms import DayInput, PhotosField
from partyportal.core.numbers import number_named

BLANK_ITEMS = 2  # empty ones under the last, for whoever works without a script


class ItemForm(forms.Form):
    """One item of an agenda; emptied as a whole, it is gone."""

    title = forms.CharField(label="议题", max_length=120, required=False)
    reporter = forms.CharField(label="汇报人", max_length=40, required=False)
    said = forms.CharField(label="讨论情况", max_length=20_000, required=False, widget=forms.Textarea(attrs={"rows": 3}))
    decided = forms.CharField(label="议定", max_length=4_000, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def item(self) -> Item:
        return Item(**{name: self.cleaned_data[name].strip() for name in ("title", "said", "decided", "reporter")})

    def clean(self):
        cleaned = super().clean()
        if not cleaned.get("title") and any(cleaned.get(name, "").strip() for name in ("said", "decided", "reporter")):
            self.add_error("title", "写上题目；不要这一项，就把它整项清空。")
        return cleaned


class AgendaForm(forms.Form):
    """The text at the left, its items at the right. `items` are proposed; nothing of them is kept before it is accepted."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    minutes = forms.CharField(label="主要内容", required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 16}))

    def __init__(self, data: Mapping | None = None, *, items: Iterable[Item] = (), **kwargs):
        super().__init__(data, **kwargs)
        if data is not None:
            count = number_named(data.get("count")) or 0
            self.items = [ItemForm(data, prefix=f"item-{at}") for at in range(min(count, 60))]
        else:
            told = [vars(item) for item in items] + [{}] * BLANK_ITEMS
            self.items = [ItemForm(prefix=f"item-{at}", initial=one) for at, one in enumerate(told)]

    def is_valid(self):
        return all([super().is_valid(), *(one.is_valid() for one in self.items)])

    def agenda(self) -> list[Item]:
        return [item for item in (one.item() for one in self.items) if item.title]


class LeaveForm(forms.Form):
    """A member asks for leave from a coming meeting."""

    day = forms.DateField(
        label="哪一天", widget=DayInput, error_messages={"required": "选开会那一天。", "invalid": "日期写成 2026-11-20。"}
    )
    kind = forms.ChoiceField(label="哪种会", required=False, choices=[("", "这一天的会都请假"), *Meeting.Kind.choices])
    reason = forms.ChoiceField(
        label="原因", choices=Leave.Why.choices, widget=forms.RadioSelect, error_messages={"required": "选一个原因。"}
    )
    note = forms.CharField(label="说明", required=False, max_length=120, help_text="选“其他”的要写一句。")


class RefusalForm(forms.Form):
    answer = forms.CharField(label="不准假的原因", max_length=120, error_messages={"required": "写上不准假的原因。"})


class ExclusionForm(forms.Form):
    """Who is not counted, why, from when, and at which meeting the branch agreed."""

    member = forms.ModelChoiceField(
        Member.objects.none(), label="党员", to_field_name="uid", empty_label="选一个人", error_messages={"required": "选一个人。"}
    )
    reason = forms.ChoiceField(
        label="原因", choices=RollExclusion.Why.choices, widget=forms.RadioSelect, error_messages={"required": "选一个原因。"}
    )
    note = forms.CharField(label="说明", required=False, max_length=120, help_text="选“其他”的要写明。病情不用写。")
    agreed_at = forms.ModelChoiceField(
        Meeting.objects.none(),
        label="在哪次会上同意",
        to_field_name="uid",
        empty_label="选一次会",
        error_messages={"required": "选一次已确认的会议。"},
    )
    start = forms.DateField(label="从哪天起不计应到", widget=DayInput, error_messages={"required": "选一个日期。"})
    end = forms.DateField(label="到哪天止", required=False, widget=DayInput, help_text="这天起又计入应到；不写就到最长期限。")

    def __init__(self, *args, organisation: Organisation, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        people = Member.objects.at_home().filter(branch=organisation).defer("id_number").order_by("pinyin", "pk")
        meetings = Meeting.objects.confirmed().filter(organisation=organisation, kind__in=[Meeting.Kind.ASSEMBLY, Meeting.Kind.COMMITTEE])
        self.fields["member"].queryset = people
        self.fields["agreed_at"].queryset = meetings.filter(held_on__year__gte=today.year - 1)
        self.fields["agreed_at"].label_from_instance = lambda one: (
            f"{chinese_day(one.held_on, year=True)} {one.get_kind_display()}：{one.topic}"
        )


class AnswerForm(forms.Form):
    """The superior's number, or why it does not agree."""

    number = forms.CharField(label="备案号", required=False, max_length=60, help_text="同意的写，如：山门组〔2026〕12号。")
    refusal = forms.CharField(label="不同意的原因", required=False, max_length=120)


class EndForm(forms.Form):
    end = forms.DateField(label="从哪天起计入应到", widget=DayInput, error_messages={"required": "选一个日期。"})
    reason = forms.CharField(label="为什么结束", max_length=120, error_messages={"required": "写上为什么结束。"})


class DrawForm(forms.Form):
    """The period and how many; which ones, the lot decides."""

    since = forms.DateField(label="从", widget=DayInput, error_messages={"required": "选一个日期。"})
    until = forms.DateField(label="到", widget=DayInput, error_messages={"required": "选一个日期。"})
    kind = forms.ChoiceField(label="种类", required=False, choices=[("", "各种会"), *Meeting.Kind.choices])
    count = forms.IntegerField(
        label="抽几次",
        min_value=1,
        max_value=50,
        error_messages={"required": "写抽几次。", "min_value": "至少抽一次。", "max_value": "一回最多抽 50 次。"},
    )


class FilesForm(forms.Form):
    files = PhotosField(help_text=f"一回最多 3 个，一次会议最多 {AT_MOST} 个；不传也可以。", error_messages={"required": "选照片或 PDF。"})


class SignInForm(forms.Form):
    """For which coming meeting the sheet is printed."""

    day = forms.DateField(label="哪一天", widget=DayInput)
    kind = forms.ChoiceField(label="哪种会", choices=Meeting.Kind.choices)
