"""Forms of courses: the course, a lesson, of whom it is required."""

from django import forms

from branches.models import Organisation
from education.study.models import Assignment, Lesson
from members.models import MemberClass
from partyportal.core import attachments, media
from partyportal.core.forms import DayInput

DOCUMENTS = ",".join(attachments.DOCUMENTS)


class CourseForm(forms.Form):
    """Who teaches, what it is called, what it is for."""

    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label="主办党组织", to_field_name="code", empty_label=None, help_text="开放后，它下面的党员都能学"
    )
    title = forms.CharField(label="课程名称", max_length=60, error_messages={"required": "写上课程名称。"})
    about = forms.CharField(label="简介", max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations


class LessonForm(forms.Form):
    """One lesson; only the content of its own kind is looked at."""

    title = forms.CharField(label="这一课的题目", max_length=60, error_messages={"required": "写上这一课的题目。"})
    minutes = forms.IntegerField(
        label="学完要多少分钟",
        min_value=1,
        error_messages={"required": "写上分钟数。"},
        help_text="45 分钟折 1 学时，不到的按半个学时往下取",
    )
    kind = forms.ChoiceField(label="形式", choices=Lesson.Kind.choices, widget=forms.RadioSelect, initial=Lesson.Kind.TEXT)
    body = forms.CharField(
        label="文字", required=False, max_length=50_000, widget=forms.Textarea(attrs={"rows": 8}), help_text="形式选文字时写"
    )
    file = forms.FileField(
        label="文档",
        required=False,
        help_text=f"形式选文档时传：PDF、Word、Excel、PowerPoint、照片，{attachments.LARGEST // 1_000_000} MB 以内，不带宏",
        widget=forms.FileInput(attrs={"accept": DOCUMENTS}),
    )
    film = forms.FileField(label="视频", required=False, allow_empty_file=True, widget=forms.FileInput(attrs={"accept": media.ACCEPT}))

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["film"].help_text = f"形式选视频时传：MP4 或 WebM，{media.largest() // 1_000_000} MB 以内"


class AssignForm(forms.Form):
    """Of whom the course is required, and by when."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="哪个党组织的党员", to_field_name="code", empty_label=None)
    audience = forms.ChoiceField(
        label="哪些人", choices=Assignment.Audience.choices, widget=forms.RadioSelect, initial=Assignment.Audience.ALL
    )
    member_class = forms.ChoiceField(label="只要这一类", required=False, choices=[("", "不分类"), *MemberClass.Name.choices])
    due_on = forms.DateField(
        label="学完期限", widget=DayInput, error_messages={"required": "选一个日期。", "invalid": "日期写成 2026-12-31。"}
    )

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations


class ReasonForm(forms.Form):
    """Why something ends or is taken back."""

    reason = forms.CharField(label="原因", max_length=120, error_messages={"required": "写上原因。"})
