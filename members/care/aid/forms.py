"""Forms of 困难救助: a programme, an application, each step, an objection and its answer."""

from django import forms

from members.care.aid import rules
from members.care.aid.models import Case, Programme
from members.care.fund.models import BudgetLine, Payment
from partyportal.core.forms import DayInput, PhotosField
from partyportal.core.models import User

_NEED = 2000


class ProgrammeForm(forms.ModelForm):
    """One version of a programme."""

    class Meta:
        model = Programme
        fields = [
            *("code", "name", "source", "criterion", "amount", "is_fixed", "needs_vote", "needs_review", "needs_notice", "needs_follow_up"),
            *("bars_unqualified", "notice_days", "follow_up_days", "retention_years", "start"),
        ]
        widgets = {"start": DayInput()}

    def _get_validation_exclusions(self):
        # A new version stands beside the old one until the service ends that: the service checks the constraints.
        return {field.name for field in Programme._meta.local_fields}


class ApplyForm(forms.Form):
    """An application; on a member's own account nobody asks who asks."""

    programme = forms.ModelChoiceField(Programme.objects.none(), label="项目", to_field_name="uid", empty_label="选一个项目")
    amount = forms.DecimalField(label="申请金额（元）", min_value=0, max_digits=12, decimal_places=2, required=False)
    need = forms.CharField(
        label="有什么困难",
        max_length=_NEED,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="什么事、花了多少、家里谁有收入。加密保存，谁看过都有记录。",
        error_messages={"required": "写明有什么困难，审核的人才能判断。"},
    )
    files = PhotosField(required=False, label="证明材料", help_text="病历、票据、低保证等，照片或 PDF，最多 6 个")
    asked_by = forms.ChoiceField(
        label="谁提出", choices=[("branch", "党支部"), ("family", "家属")], widget=forms.RadioSelect, initial="branch"
    )
    relation = forms.ChoiceField(label="与本人关系", choices=[("", "家属提出才选"), *Case.Relation.choices], required=False)
    asker = forms.CharField(label="提出的家属", max_length=60, required=False, help_text="姓名、电话")
    recused = forms.ModelMultipleChoiceField(
        User.objects.none(),
        label="要回避的人",
        to_field_name="uid",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="与本人有亲属关系的，勾上，不参加审核付款",
    )

    def __init__(self, *args, programmes, handlers=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes
        self.fields["programme"].label_from_instance = lambda one: (
            f"{one.name}（{'每人' if one.is_fixed else '最多'} {one.amount:,.0f} 元）"
        )
        if handlers is None:
            for name in ("asked_by", "relation", "asker", "recused"):
                del self.fields[name]
        else:
            self.fields["recused"].queryset = handlers
            self.fields["recused"].label_from_instance = lambda one: one.name

    def clean(self):
        said = super().clean()
        programme = said.get("programme")
        if said.get("amount") is None and programme is not None and "amount" not in self.errors:
            if programme.is_fixed:
                said["amount"] = programme.amount
            else:
                self.add_error("amount", f"写上申请多少，这个项目最多 {programme.amount:,.2f} 元。")
        return said


class FromListForm(forms.Form):
    """按名单开: which programme for those who were ticked."""

    programme = forms.ModelChoiceField(Programme.objects.none(), label="项目", to_field_name="uid", empty_label="选一个项目")

    def __init__(self, *args, programmes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = programmes


class ActForm(forms.Form):
    """One act on a case: the version it was made from, and a note where one is said."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args, case: Case, act: str, today, **kwargs):
        super().__init__(*args, auto_id=f"{act}_%s", **kwargs)
        self.case = case
        self.initial.setdefault("version", case.version)
        if "day" in self.fields:
            self.initial.setdefault("day", today)


def _note(label: str, *, required: bool, help_text: str = "本人看得到；加密保存"):
    return forms.CharField(
        label=label,
        max_length=500,
        required=required,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=help_text,
        error_messages={"required": "写明理由，本人看得到。"},
    )


class NoteForm(ActForm):
    note = _note("意见", required=False)


class ReasonForm(ActForm):
    note = _note("理由", required=True)


class VoteForm(ActForm):
    day = forms.DateField(label="哪天开的党员大会", widget=DayInput())
    entitled = forms.IntegerField(label="应到（有表决权的）", min_value=1, max_value=9999)
    present = forms.IntegerField(label="实到", min_value=0, max_value=9999)
    in_favour = forms.IntegerField(label="赞成", min_value=0, max_value=9999)
    against = forms.IntegerField(label="不赞成", min_value=0, max_value=9999, initial=0)
    note = _note("说明", required=False)


class ApproveForm(ActForm):
    line = forms.ModelChoiceField(BudgetLine.objects.none(), label="从哪个预算项目出", to_field_name="uid", empty_label=None)
    amount = forms.DecimalField(label="批准金额（元）", min_value=0, max_digits=12, decimal_places=2)
    note = _note("意见", required=False)

    def __init__(self, *args, lines, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines
        self.fields["line"].label_from_instance = line_label
        self.initial.setdefault("amount", self.case.amount_asked)


def line_label(line: BudgetLine) -> str:
    """A budget line with what is left of it."""
    return f"{line.book.name} · {line.name}，还剩 {line.left:,.2f} 元"


class ResubmitForm(ActForm):
    amount = forms.DecimalField(label="申请金额（元）", min_value=0, max_digits=12, decimal_places=2)
    need = forms.CharField(
        label="有什么困难，补了什么",
        max_length=_NEED,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": "写明有什么困难，补了什么。"},
    )
    files = PhotosField(required=False, label="补充材料", help_text="最多 6 个")

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("amount", self.case.amount_asked)


class PrepareForm(ActForm):
    method = forms.ChoiceField(label="付款方式", choices=Payment.Method.choices)
    reference = forms.CharField(label="银行流水号", max_length=60, required=False)


class SignForm(ActForm):
    day = forms.DateField(label="签收日期", widget=DayInput())
    relation = forms.ChoiceField(label="代签的人", choices=[("", "本人签收"), *Case.Relation.choices], required=False)
    proxy = forms.CharField(label="代签人姓名", max_length=30, required=False, help_text="代签才填")
    note = _note("说明", required=False)


class FollowUpForm(ActForm):
    day = forms.DateField(label="回访日期", widget=DayInput())
    note = _note("近况", required=True, help_text="钱用在哪里，还有什么困难")


# act → its form
ACT_FORMS: dict[str, type[ActForm]] = {
    rules.VOTE: VoteForm,
    rules.REVIEW: NoteForm,
    rules.APPROVE: ApproveForm,
    rules.REFUSE: ReasonForm,
    rules.RETURN: ReasonForm,
    rules.RESUBMIT: ResubmitForm,
    rules.WITHDRAW: ReasonForm,
    rules.PREPARE: PrepareForm,
    rules.PAY: ActForm,
    rules.SIGN: SignForm,
    rules.FOLLOW_UP: FollowUpForm,
}


class BulkForm(forms.Form):
    """One act on many: the line for an approval, the way for a payment."""

    line = forms.ModelChoiceField(BudgetLine.objects.none(), label="从哪个预算项目出", to_field_name="uid", empty_label=None)
    method = forms.ChoiceField(label="付款方式", choices=Payment.Method.choices)

    def __init__(self, *args, act: str, lines=None, **kwargs):
        super().__init__(*args, **kwargs)
        if act == rules.APPROVE:
            self.fields["line"].queryset = lines
            self.fields["line"].label_from_instance = line_label
        else:
            del self.fields["line"]
        if act != rules.PREPARE:
            del self.fields["method"]


class ObjectionForm(forms.Form):
    words = forms.CharField(
        label="意见说了什么",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="不用写是谁提的",
        error_messages={"required": "写上意见说了什么。"},
    )


class AnswerForm(forms.Form):
    upheld = forms.TypedChoiceField(
        label="成立不成立",
        choices=[("no", "不成立，照原来的办"), ("yes", "成立，撤销审批")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        error_messages={"required": "选成立还是不成立。"},
    )
    answer = forms.CharField(
        label="答复", max_length=500, widget=forms.Textarea(attrs={"rows": 2}), error_messages={"required": "写明理由。"}
    )


class CaseFilters(forms.Form):
    """What the list's URL asks. A condition nobody could have chosen is left out, not refused."""

    q = forms.CharField(required=False, max_length=60)
    year = forms.IntegerField(required=False, min_value=2000, max_value=2100)
    programme = forms.SlugField(required=False, max_length=40)

    def asked(self, name: str):
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return self.cleaned_data.get(name)
