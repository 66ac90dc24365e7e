"""Forms of 评比表彰: the call, the nomination with its vote, one small form for each act, and the register of uses."""

from django import forms

from branches.models import Organisation
from members.models import Member
from partyportal.core.forms import DayInput
from points.honours.models import Call, Honour, Nomination, Use
from points.honours.models.nominations import Step

Act = Step.Act
CHOOSE = ("", "选一个")


def year_field(label: str, *, required: bool = True, help_text: str = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=1949,
        max_value=2200,
        required=required,
        help_text=help_text,
        error_messages={
            "invalid": "年度写四位数字，如 2026。",
            "min_value": "年度写四位数字，如 2026。",
            "max_value": "年度写四位数字，如 2026。",
        },
    )


class CallForm(forms.Form):
    """A call of one organisation, with the places of what hangs right below it."""

    kind = forms.ChoiceField(label="评什么", choices=[CHOOSE, *Call.Kind.choices])
    title = forms.CharField(label="称号", max_length=60, help_text="写在证书上的，如 全县优秀共产党员。")
    document_number = forms.CharField(label="通知文号", max_length=60)
    issued_on = forms.DateField(label="印发日期", widget=DayInput)
    year = year_field("年度")
    quota = forms.IntegerField(
        label="名额", min_value=1, max_value=9999, help_text="一共表彰几名（个）。", error_messages={"min_value": "名额至少 1 个。"}
    )
    opens_on = forms.DateField(label="推荐开始", widget=DayInput)
    closes_on = forms.DateField(label="推荐截止", widget=DayInput, help_text="这一天也能推荐。")
    words = forms.CharField(
        label="评选条件", max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text="照通知写，推荐的人看得到。"
    )
    needs_full = forms.BooleanField(label="要正式党员", required=False, initial=True)
    needs_unpunished = forms.BooleanField(label="处分影响期内不推荐", required=False, initial=True)
    needs_years = forms.IntegerField(label="党龄至少（年）", min_value=1, max_value=90, required=False)
    points_year = year_field("看哪一年的积分", required=False, help_text="推荐和审核时显示，不写就不看。")
    points_floor = forms.DecimalField(
        label="积分至少", min_value=0, max_digits=8, decimal_places=2, required=False, help_text="不写就只显示，不作门槛。"
    )
    MAIN = ("kind", "title", "document_number", "issued_on", "year", "quota", "opens_on", "closes_on", "words")
    CHECKS = ("needs_full", "needs_unpunished", "needs_years", "points_year", "points_floor")

    def __init__(self, data=None, *, below: list[Organisation], initial=None):
        super().__init__(data, initial=initial)
        self.below = {f"share-{one.code}": one for one in below}
        for name, one in self.below.items():
            self.fields[name] = forms.IntegerField(label=one.short_name, min_value=0, max_value=9999, required=False)

    @property
    def said(self) -> dict:
        """What the service takes; an empty or zero share is none."""
        said = {name: self.cleaned_data[name] for name in (*self.MAIN, *self.CHECKS)}
        return said | {"shares": [(one, places) for name, one in self.below.items() if (places := self.cleaned_data[name])]}

    @property
    def main_fields(self) -> list:
        return [self[name] for name in self.MAIN]

    @property
    def check_fields(self) -> list:
        return [self[name] for name in self.CHECKS]

    @property
    def share_fields(self) -> list:
        return [self[name] for name in self.below]


class NominateForm(forms.Form):
    """Who, for what, and how the meeting voted."""

    member = forms.ModelChoiceField(
        Member.objects.none(),
        label="推荐谁",
        to_field_name="uid",
        empty_label="选一位党员",
        error_messages={"invalid_choice": "这位党员不在这个支部，重新选。"},
    )
    deeds = forms.CharField(
        label="主要事迹",
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="做了什么、结果怎样，写具体的；不写身份证号、电话。",
    )
    materials = forms.CharField(label="附件材料", max_length=200, required=False, help_text="纸质材料有哪些，存在哪里。")
    meeting = forms.ChoiceField(label="在哪个会上推荐", choices=Nomination.Meeting.choices, widget=forms.RadioSelect)
    met_on = forms.DateField(label="会议日期", widget=DayInput)
    entitled = forms.IntegerField(label="应到会", min_value=0, max_value=9999, help_text="有表决权的。")
    present = forms.IntegerField(label="实到会", min_value=0, max_value=9999)
    in_favour = forms.IntegerField(label="赞成", min_value=0, max_value=9999)

    def __init__(self, data=None, *, members=None, initial=None):
        super().__init__(data, initial=initial)
        if members is None:
            del self.fields["member"]
        else:
            self.fields["member"].queryset = members
            self.fields["member"].label_from_instance = lambda member: f"{member.name}（已去世，追授）" if member.left_on else member.name


class NoteForm(forms.Form):
    """A word that may stay empty."""

    note = forms.CharField(label="意见", required=False, max_length=200)


class ReasonForm(forms.Form):
    """An act that must say why."""

    note = forms.CharField(
        label="原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "写明原因，对方才知道怎么办。"}
    )


class ExtendForm(ReasonForm):
    closes_on = forms.DateField(label="推荐延长到", widget=DayInput, help_text="这一天也能推荐。")
    field_order = ["closes_on", "note"]


class PubliciseForm(forms.Form):
    start = forms.DateField(label="公示从哪天起", widget=DayInput)
    workdays = forms.IntegerField(label="公示几个工作日", min_value=1, max_value=60)
    public_at = forms.CharField(
        label="公示在哪里、有意见找谁", max_length=120, help_text="如 各支部公开栏；县委组织部组织股，电话 0938-1234567。"
    )


class DecideForm(forms.Form):
    day = forms.DateField(label="决定日期", widget=DayInput, help_text="荣誉从这天算。")
    decision_number = forms.CharField(label="表彰决定文号", max_length=60)


class ObjectionForm(forms.Form):
    received_on = forms.DateField(label="收到的日子", widget=DayInput)
    is_named = forms.BooleanField(label="实名反映", required=False, initial=True)
    content = forms.CharField(
        label="反映了什么问题",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="加密保存，只有组织评选的人看得到；不写反映人的名字。",
    )


class CloseForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="核实结论",
        choices=[("no", "不属实，保留资格"), ("yes", "属实，取消资格")],
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        error_messages={"required": "选一个结论。"},
    )
    finding = forms.CharField(label="核实的情况", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class WithdrawHonourForm(forms.Form):
    """撤销荣誉: by a paper, with the reason."""

    day = forms.DateField(label="撤销日期", widget=DayInput)
    document_number = forms.CharField(label="撤销文号", max_length=60)
    reason = forms.CharField(label="撤销原因", max_length=200, widget=forms.Textarea(attrs={"rows": 2}))


FORMS = {
    Act.EXTEND: ExtendForm,
    Act.CANCEL: ReasonForm,
    Act.PUBLICISE: PubliciseForm,
    Act.DECIDE: DecideForm,
    Act.APPROVE: NoteForm,
    Act.REFUSE: ReasonForm,
    Act.WITHDRAW: ReasonForm,
    Act.DROP: ReasonForm,
    "object": ObjectionForm,
}


class UseForm(forms.Form):
    """What a result was used for, of one holder."""

    year = year_field("哪一年的结果")
    result = forms.ChoiceField(label="哪种结果", choices=[CHOOSE, *Use.Result.choices])
    outcome = forms.CharField(label="结果", max_length=30, help_text="如 优秀、三星、黄榜。")
    honour = forms.ModelChoiceField(
        Honour.objects.none(),
        label="是哪一项荣誉",
        required=False,
        to_field_name="uid",
        empty_label="不是运用荣誉",
        help_text="运用荣誉的才选。",
    )
    purpose = forms.ChoiceField(label="用在哪里", choices=[CHOOSE, *Use.Purpose.choices])
    day = forms.DateField(label="日期", widget=DayInput)
    document_number = forms.CharField(label="文号", max_length=60, required=False, help_text="谈话、帮教可以没有，别的都要写。")
    note = forms.CharField(label="说明", max_length=200, required=False)

    def __init__(self, data=None, *, honours, initial=None):
        super().__init__(data, initial=initial)
        self.fields["honour"].queryset = honours


class VoidForm(forms.Form):
    reason = forms.CharField(label="为什么作废", max_length=200, error_messages={"required": "写为什么作废。"})
