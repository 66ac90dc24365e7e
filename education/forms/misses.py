"""What a missed meeting and a requirement ask."""

from django import forms

from education.models import Meeting, Miss, Requirement
from partyportal.core.forms import DayInput

BAD_DAY = {"invalid": "日期写成 2026-12-05。", "required": "选一个日期。"}


class MissForm(forms.Form):
    """Why it was not held, and when it is to be made up."""

    reason = forms.ChoiceField(label="原因", choices=Miss.Reason, error_messages={"required": "选一个原因。"})
    words = forms.CharField(
        label="说明",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="上级看得到",
        error_messages={"required": "写一句说明，上级看了就明白。"},
    )
    make_up_on = forms.DateField(label="计划哪天补", required=False, widget=DayInput, error_messages=BAD_DAY)


class RequirementForm(forms.Form):
    """How often a kind is due, from a day on, and where it says so."""

    kind = forms.ChoiceField(label="会议种类", choices=Meeting.Kind)
    period = forms.ChoiceField(label="周期", choices=Requirement._meta.get_field("period").choices)
    times = forms.IntegerField(
        label="次数",
        min_value=1,
        max_value=12,
        initial=1,
        error_messages={"invalid": "填一个整数。", "required": "填次数。", "min_value": "至少 1 次。", "max_value": "最多 12 次。"},
    )
    start = forms.DateField(label="从哪天起", widget=DayInput, help_text="从那个月起算，以前的月份不变", error_messages=BAD_DAY)
    source = forms.CharField(label="依据", max_length=120, error_messages={"required": "写上依据：哪个文件、哪一条，或县里哪次决定。"})


class RequirementEndForm(forms.Form):
    """From which day nothing more is due of it."""

    end = forms.DateField(label="从哪天起不再要求", widget=DayInput, help_text="从那个月起不算，以前的月份不变", error_messages=BAD_DAY)
