"""Forms of 承诺, 践诺, 先锋岗."""

from django import forms

from education.openness.models import Pledge, VanguardPost
from education.openness.selectors.pledges import facts_for
from members.models import Fact, Member
from partyportal.core.forms import DayInput, PhotosField

PLEDGE_ACTS = {
    "confirm": "支部确认",
    "send_back": "退回改",
    "rewrite": "改写",
    "record_deed": "记践诺",
    "drop": "撤销承诺",
}
PLEDGE_DONE = {
    "confirm": "已确认，写进本人的亮身份卡。",
    "send_back": "已退回，本人会看到原因。",
    "rewrite": "已改写，等支部确认。",
    "record_deed": "已记下。",
    "drop": "已撤销。",
}


class PledgeForm(forms.Form):
    """A pledge in the member's own words; the branch says whose."""

    member = forms.ModelChoiceField(
        Member.objects.none(), label="谁的承诺", to_field_name="uid", empty_label="选一位党员", error_messages={"required": "选一位党员。"}
    )
    year = forms.TypedChoiceField(label="年度", coerce=int)
    text = forms.CharField(
        label="承诺做什么",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "写上承诺做什么。"},
        help_text="用自己的话，写做得到、说得清的一件事",
    )

    def __init__(self, data=None, *, people, own: bool, years, initial=None):
        super().__init__(data, initial=initial)
        self.fields["year"].choices = [(year, f"{year} 年") for year in years]
        if own:
            del self.fields["member"]
        else:
            self.fields["member"].queryset = people


class NoteForm(forms.Form):
    """Why a pledge is sent back or dropped."""

    note = forms.CharField(label="原因", max_length=200, help_text="本人看得到", error_messages={"required": "写上原因。"})


class RewriteForm(forms.Form):
    """Other words for a pledge nobody has confirmed yet."""

    text = forms.CharField(
        label="承诺做什么", max_length=200, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "写上承诺做什么。"}
    )


class DeedForm(forms.Form):
    """What was done: a recorded fact, or a sentence with its evidence."""

    day = forms.DateField(label="哪一天", widget=DayInput, error_messages={"required": "写上哪一天。", "invalid": "日期写成 2026-11-20。"})
    what = forms.CharField(label="做了什么", max_length=200, error_messages={"required": "写上做了什么。"})
    fact = forms.ModelChoiceField(
        Fact.objects.none(),
        label="对应的记实",
        required=False,
        to_field_name="uid",
        empty_label="没有记实，写依据",
        help_text="记过的会议、活动直接选",
    )
    evidence = forms.CharField(label="依据", max_length=120, required=False, help_text="没有选记实的必填，如：值班表、受益人")
    files = PhotosField(required=False)

    def __init__(self, data=None, files=None, *, pledge: Pledge, initial=None):
        super().__init__(data, files, initial=initial, auto_id="deed_%s")
        self.fields["fact"].queryset = facts_for(pledge)
        self.fields["fact"].label_from_instance = lambda fact: f"{fact.day:%-m月%-d日} {fact.title}"


class PostForm(forms.Form):
    """A 先锋岗 for a member."""

    member = forms.ModelChoiceField(
        Member.objects.none(), label="谁", to_field_name="uid", empty_label="选一位党员", error_messages={"required": "选一位党员。"}
    )
    kind = forms.ChoiceField(label="种类", choices=VanguardPost.Kind.choices)
    title = forms.CharField(label="岗位", max_length=60, help_text="如：村便民服务窗口", error_messages={"required": "写上岗位。"})
    start = forms.DateField(label="起", widget=DayInput, error_messages={"required": "写上从哪天起。"})

    def __init__(self, data=None, *, people, initial=None):
        super().__init__(data, initial=initial)
        self.fields["member"].queryset = people


class EndPostForm(forms.Form):
    """The end of a 先锋岗."""

    on = forms.DateField(label="止", widget=DayInput, error_messages={"required": "写上到哪天。"})
    note = forms.CharField(label="为什么不再设", max_length=120, error_messages={"required": "写上原因。"})
