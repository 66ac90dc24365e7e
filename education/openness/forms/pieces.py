"""Forms of what is open to the people."""

from django import forms

from branches.models import Organisation
from education.openness import rules
from education.openness.models import Piece, PieceStep, Topic
from members.models import Member
from partyportal.core.forms import DayInput, PhotosField


class PieceForm(forms.Form):
    """A piece: what it says, to whom, until when. What does not belong to its sort is not asked."""

    member = forms.ModelChoiceField(
        Member.objects.none(),
        label="写的是谁",
        to_field_name="uid",
        required=False,
        empty_label="党组织的集体事迹",
        help_text="写个人的要本人同意",
    )
    topic = forms.ModelChoiceField(
        Topic.objects.none(), label="目录里的哪一项", required=False, empty_label="目录以外的", help_text="选了哪一项，那一项的提醒就办完了"
    )
    period_on = forms.DateField(label="哪一期", required=False, widget=DayInput, help_text="写那一期里的任意一天；不写就是最近该公开的一期")
    title = forms.CharField(label="题目", max_length=80, error_messages={"required": "写上题目。"})
    text = forms.CharField(
        label="正文",
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "写上正文。"},
        help_text="没有本人同意的，姓名写成王某；不写身份证号、电话、病情",
    )
    reach = forms.ChoiceField(
        label="范围", widget=forms.RadioSelect, choices=Piece.Reach.choices, error_messages={"required": "选给谁看。"}
    )
    until = forms.DateField(label="公开到", required=False, widget=DayInput, help_text="不写就一直公开")
    video_url = forms.URLField(
        label="视频地址",
        required=False,
        max_length=300,
        assume_scheme="https",
        error_messages={"invalid": "写完整的网址，以 https:// 开头。"},
    )
    files = PhotosField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, files=None, *, organisation: Organisation, sort: str, piece: Piece | None = None, initial=None):
        super().__init__(data, files, initial=initial)
        self.is_new = piece is None
        drop = {"version"} if piece is None else {"member", "topic", "period_on"}
        drop |= {"topic", "period_on", "until"} if sort == Piece.Sort.EXEMPLAR else {"member", "video_url"}
        for name in drop:
            del self.fields[name]
        if "member" in self.fields:
            people = Member.objects.filter(branch__path__startswith=organisation.path, left_on=None).defer("id_number")
            self.fields["member"].queryset = people.order_by("pinyin")
            if not organisation.is_branch:
                self.fields["member"].queryset = people.none()
                self.fields["member"].help_text = "个人的事迹由所在支部写"
        if "topic" in self.fields:
            self.fields["topic"].queryset = Topic.objects.filter(organisation_kind=organisation.kind, end=None)
            self.fields["topic"].label_from_instance = lambda topic: f"{topic.name}（{topic.get_often_display()}）"
        if not (organisation.is_branch or organisation.kind == Organisation.Kind.GENERAL_BRANCH):
            choices = [one for one in Piece.Reach.choices if one[0] != Piece.Reach.BRANCH]
            self.fields["reach"].choices = choices[1:] if organisation.kind == Organisation.Kind.COUNTY else choices

    @property
    def said(self) -> dict:
        """What the service takes."""
        return self.cleaned_data


class ActForm(forms.Form):
    """One act on a piece: the note it needs, and the version it was made from."""

    NOTES = {
        rules.SEND_BACK: ("为什么退回", "写稿的人看得到"),
        rules.CORRECT: ("更正什么", "公开在新的一版下面"),
        rules.WITHDRAW: ("为什么撤下", "撤下以后别人看不到这一篇"),
    }
    PAPER = ("书面同意存在哪里", "如：支部档案盒 2026-3")

    note = forms.CharField(max_length=200, error_messages={"required": "写上原因。"})
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, data=None, *, act: str, is_self: bool = False, initial=None):
        super().__init__(data, auto_id=f"{act}_%s", initial=initial)
        label = self.PAPER if act == rules.CONSENT and not is_self else self.NOTES.get(act)
        if label is None or (act == rules.WITHDRAW and is_self):
            del self.fields["note"]
        else:
            self.fields["note"].label, self.fields["note"].help_text = label

    @property
    def said(self) -> dict:
        return {"note": self.cleaned_data.get("note", ""), "version": self.cleaned_data.get("version")}


LABELS = {
    rules.CONSENT: "本人同意公开",
    rules.SUBMIT: "送审",
    rules.SEND_BACK: "退回修改",
    rules.PUBLISH: "审核公开",
    rules.CORRECT: "更正",
    rules.DROP: "放弃更正",
    rules.WITHDRAW: "撤下",
}
DONE = {
    rules.CONSENT: "已记下同意。可以送审了。",
    rules.SUBMIT: "已送审。由别人审核以后公开。",
    rules.SEND_BACK: "已退回，写稿的人会看到原因。",
    rules.PUBLISH: "已公开。",
    rules.CORRECT: "可以改了。新的一版公开以前，大家看到的还是原来的。",
    rules.DROP: "已放弃更正，公开的那一版不变。",
    rules.WITHDRAW: "已撤下。",
}
ACTS = tuple(act for act in PieceStep.Act.values if act in LABELS)
