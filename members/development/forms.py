"""Forms of 发展党员. What is right is asked of the rules and the services; a refused form keeps what was typed."""

from datetime import date

from django import forms
from django.db.models import QuerySet

from branches.forms import OrganisationField
from branches.models import Organisation
from members.development.models import BallotExclusion, Case, Publicity, StepRecord
from members.development.rules.path import CaseFacts
from members.development.rules.procedure import Procedure
from members.development.rules.steps import MATERIALS, Step
from members.development.services.steps import Said, Votes
from members.rules.codes import EDUCATIONS, ETHNICITIES
from members.rules.identity import read_identity
from members.rules.names import read_name
from members.rules.phones import read_mobile
from members.selectors.voters import Voter
from partyportal.core.cells import Unreadable
from partyportal.core.forms import DayInput

DAY = {"required": "选一个日期。", "invalid": "日期写成 2026-11-20。"}
# Steps that may end in a no; a ballot says so by its own count.
MAY_REFUSE = {
    "candidate_agreed": ("同意", "不同意"),
    "review": ("合格", "不合格"),
    "prereview": ("合格", "不合格"),
    "approval": ("批准", "不批准"),
    "full_approval": ("批准", "不批准"),
}
SPOKEN = {"talk": "谈话人", "party_talk": "谈话人", "oath": "主持人"}
NUMBERED = {"volunteer_form": "志愿书编号"}
NOTE = {"review": "结论摘要", "observe": "考察结论", "cultivate": "考察结论"}


def day_field(label: str, **kwargs) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput, error_messages=DAY, **kwargs)


def count_field(label: str, *, required: bool = True, **kwargs) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=999,
        required=required,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        error_messages={"required": "写上数字，没有写 0。", "invalid": "写数字。"},
        **kwargs,
    )


class CaseForm(forms.Form):
    """The person of a case. Sex and birth come from the number."""

    name = forms.CharField(label="姓名", max_length=60)
    id_number = forms.CharField(label="公民身份号码", max_length=24, help_text="性别和出生日期从号码里来。")
    applied_on = day_field("申请书日期", help_text="本人递交书面申请的那天，按那天施行的细则办。")
    organisation = OrganisationField(label="接收申请的党支部", help_text="代码或名称。")
    ethnicity = forms.ChoiceField(label="民族", choices=list(ETHNICITIES.items()), initial="01")
    education = forms.ChoiceField(label="学历", choices=[("", "没有填"), *EDUCATIONS.items()], required=False)
    unit = forms.CharField(label="工作或者学习单位", max_length=80, required=False)
    post = forms.CharField(label="工作岗位", max_length=80, required=False)
    mobile_phone = forms.CharField(label="手机号码", max_length=24, required=False)
    address = forms.CharField(label="家庭住址", max_length=200, required=False)
    is_mobile = forms.BooleanField(label="流动人员（流出地、流入地都要公示）", required=False)

    def __init__(self, data=None, *, branches: QuerySet, case: Case | None = None, initial=None):
        self.case = case
        if case:
            kept = ("name", "ethnicity", "education", "unit", "post", "address", "is_mobile")
            initial = {name: getattr(case, name) for name in kept} | {"version": case.version}
        super().__init__(data, initial=initial)
        if case is None:
            self.fields["organisation"].queryset = branches
            return
        for name in ("applied_on", "organisation"):
            del self.fields[name]
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)
        self.fields["id_number"].required = False
        self.fields["id_number"].help_text = f"现在是 {case.id_masked}，不改就空着。"
        self.fields["mobile_phone"].help_text = f"现在是 {case.phone_masked}，不改就空着。" if case.phone_masked else "现在没有。"

    def clean_name(self):
        return _read(read_name, self.cleaned_data["name"])

    def clean_mobile_phone(self):
        said = self.cleaned_data["mobile_phone"]
        return _read(read_mobile, said) or (self.case.mobile_phone if self.case else "")

    def clean_id_number(self):
        said = self.cleaned_data["id_number"]
        if not said and self.case:
            return self.case.id_number
        self.identity = _read(read_identity, said)
        if self.identity.fault:
            raise forms.ValidationError(f"{self.identity.fault.message}。")
        return self.identity.number

    def content(self) -> dict:
        """What the services take."""
        identity = getattr(self, "identity", None)
        own = {"sex": identity.sex, "birth_on": identity.birth_on} if identity else {}
        return self.cleaned_data | own


def _read(read, said: str):
    """A cell's reading, its fault at the field."""
    value = read(said)
    if isinstance(value, Unreadable):
        raise forms.ValidationError(f"{value.message}。")
    return value


class StepForm(forms.Form):
    """The next step as it was done: only what this step asks."""

    step = forms.CharField(widget=forms.HiddenInput)
    day = day_field("日期")

    def __init__(
        self,
        data=None,
        *,
        step: Step,
        rules: Procedure,
        facts: CaseFacts,
        committees: list[Organisation],
        chosen: Organisation | None,
        people: list[Voter],
        today: date,
    ):
        self.asked, self.rules, self.people, self.committees = step, rules, people, committees
        super().__init__(data, initial={"step": step.code, "day": today, "organisation": chosen.code if chosen else None})
        self.fields["day"].widget.attrs["max"] = today.isoformat()
        if step.decider.superior:
            self.fields["organisation"] = forms.ChoiceField(
                label="哪个党委",
                choices=[(above.code, str(above)) for above in committees],
                error_messages={"required": "选上是哪个党委。"},
            )
        self._ask_outcome()
        self._ask_people()
        self._ask_own()
        if step.vote:
            self._ask_votes()
        lacking = [(kind, MATERIALS[kind]) for kind in step.materials if kind not in facts.materials]
        if lacking:
            self.fields["materials"] = forms.MultipleChoiceField(
                label="已经收到的材料",
                choices=lacking,
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text="看到原件再勾，缺一样都不能办。",
            )
        if step.code in SPOKEN:
            self.fields["by_whom"] = forms.CharField(label=SPOKEN[step.code], max_length=60, required=step.code == "talk")
        if step.decider.superior or step.code in NUMBERED:
            self.fields["document_number"] = forms.CharField(
                label=NUMBERED.get(step.code, "文号"), max_length=60, required=step.code in NUMBERED
            )
        self.fields["note"] = forms.CharField(
            label=NOTE.get(step.code, "说明"),
            max_length=300,
            required=False,
            widget=forms.Textarea(attrs={"rows": 2}),
            help_text="办晚了、没有通过的，写明原因。",
        )

    def _ask_outcome(self) -> None:
        if words := MAY_REFUSE.get(self.asked.code):
            passed, refused = words
            choices = [(StepRecord.Outcome.PASSED, passed), (StepRecord.Outcome.REFUSED, refused)]
            self.fields["outcome"] = forms.ChoiceField(
                label="结果", choices=choices, widget=forms.RadioSelect, initial=StepRecord.Outcome.PASSED
            )

    def _ask_people(self) -> None:
        if self.asked.code not in {"contacts", "introducers"}:
            return
        able = [(person.uid, person.name) for person in self.people if person.may_vote]
        self.fields["people"] = forms.MultipleChoiceField(
            label="培养联系人" if self.asked.code == "contacts" else "入党介绍人",
            choices=able,
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text="一至两名正式党员。" if self.asked.code == "contacts" else "两名正式党员，一般由培养联系人担任。",
        )

    def _ask_own(self) -> None:
        if self.asked.code == "training":
            self.fields["days"] = count_field("培训天数", required=False)
            self.fields["hours"] = count_field("学时", required=False, help_text="三天或者二十四个学时，够一样就行。")
        if self.asked.code == "prereview":
            self.fields["leaving_on"] = day_field("预计离开的日子", required=False, help_text="知道要离开工作、学习单位的才写。")
        if self.asked.code == "full_assembly":
            self.fields["verdict"] = forms.ChoiceField(
                label="决议", choices=StepRecord.Verdict.choices, widget=forms.RadioSelect, required=False
            )
            self.fields["months"] = count_field("延长几个月", required=False, help_text="延长的才写，六到十二个月。")

    def _ask_votes(self) -> None:
        self.fields["present"] = count_field("到会有表决权")
        self.fields["written"] = count_field("会前书面意见", help_text="没有到会、会前书面提出意见的，算票，不算到会。")
        self.fields["in_favour"] = count_field("赞成")
        self.fields["against"] = count_field("反对")
        self.fields["abstained"] = count_field("弃权")
        for name in ("written", "against", "abstained"):
            self.fields[name].initial = 0
        self.exclusions = []
        for person in self.people:
            if person.may_vote:
                name = f"exclude-{person.uid}"
                self.fields[name] = forms.ChoiceField(
                    label=person.name, choices=[("", "计入应到会"), *BallotExclusion.Reason.choices], required=False
                )
                self.exclusions.append(name)

    @property
    def plain(self) -> list:
        """The fields in their order, but for the count and whom it leaves out."""
        votes = {"present", "written", "in_favour", "against", "abstained", *getattr(self, "exclusions", ())}
        return [self[name] for name in self.fields if name not in votes]

    @property
    def vote_fields(self) -> list:
        return [self[name] for name in ("present", "written", "in_favour", "against", "abstained")] if self.asked.vote else []

    @property
    def exclusion_fields(self) -> list:
        return [self[name] for name in getattr(self, "exclusions", ())]

    @property
    def excludes(self) -> bool:
        """Whether somebody is left out, so that the part stands open."""
        return any(self[name].value() for name in getattr(self, "exclusions", ()))

    @property
    def organisation(self) -> Organisation | None:
        code = self.cleaned_data.get("organisation")
        return next((above for above in self.committees if above.code == code), None)

    def said(self) -> Said:
        """What the service takes."""
        data, ids = self.cleaned_data, {person.uid: person.member_id for person in self.people}
        same = ("day", "by_whom", "document_number", "note", "days", "hours", "leaving_on", "verdict", "months", "outcome")
        told = {name: data[name] for name in same if data.get(name) not in (None, "")}
        votes = None
        if self.asked.vote:
            out = {ids[name.removeprefix("exclude-")]: data[name] for name in self.exclusions if data.get(name)}
            names = ("present", "written", "in_favour", "against", "abstained")
            votes = Votes(exclusions=out, **{name: data[name] for name in names})
        return Said(
            people=tuple(ids[uid] for uid in data.get("people", ())),
            materials=frozenset(data.get("materials", ())),
            votes=votes,
            **told,
        )


class MaterialsForm(forms.Form):
    """Papers that have come."""

    kinds = forms.MultipleChoiceField(
        label="收到的材料", widget=forms.CheckboxSelectMultiple, error_messages={"required": "勾上已经收到的材料。"}
    )
    held_on = day_field("收到的日子")
    place = forms.CharField(label="存放处", max_length=60, required=False, help_text="如 镇党委档案室、支部档案柜。")

    def __init__(self, data=None, *, missing: list[tuple[str, str]], today: date):
        super().__init__(data, initial={"held_on": today})
        self.fields["kinds"].choices = missing


class InspectionForm(forms.Form):
    """What the branch saw."""

    day = day_field("考察日期")
    by_whom = forms.CharField(label="考察人", max_length=60, help_text="支委会，或者培养联系人的姓名。")
    conclusion = forms.CharField(label="考察意见", max_length=500, widget=forms.Textarea(attrs={"rows": 4}))


class PublicityForm(forms.Form):
    """A 公示 that is over."""

    place = forms.ChoiceField(label="在哪里", choices=Publicity.Place.choices, widget=forms.RadioSelect, initial=Publicity.Place.HOME)
    where = forms.CharField(label="公示地点", max_length=80, help_text="如 村务公开栏、单位公告栏。")
    start = day_field("从哪天")
    end = day_field("到哪天", help_text="不少于五个工作日，放假、调休按国务院办公厅通知算。")
    objections = forms.CharField(
        label="反映的问题", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}), help_text="没有人反映就空着。"
    )
    is_upheld = forms.BooleanField(label="问题属实，影响发展", required=False)

    def __init__(self, data=None, *, is_mobile: bool, initial=None):
        super().__init__(data, initial=initial)
        if not is_mobile:
            del self.fields["place"]

    def clean(self):
        data = super().clean()
        if data.get("is_upheld") and not data.get("objections"):
            self.add_error("objections", "写上反映的问题。")
        return data

    def content(self) -> dict:
        return {"place": Publicity.Place.HOME} | self.cleaned_data


class ContactsForm(forms.Form):
    """Others beside the applicant from a day on."""

    people = forms.MultipleChoiceField(
        label="培养联系人", required=False, widget=forms.CheckboxSelectMultiple, help_text="一至两名正式党员。"
    )
    day = day_field("从哪天起")
    reason = forms.CharField(label="更换原因", max_length=120)

    def __init__(self, data=None, *, people: list[Voter], today: date, initial=None):
        super().__init__(data, initial={"day": today} | (initial or {}))
        self.fields["people"].choices = [(person.uid, person.name) for person in people if person.may_vote]


class MoveForm(forms.Form):
    """The applicant goes on elsewhere."""

    to = OrganisationField(label="转到哪个党支部", help_text="代码或名称。培养教育的时间连续计算（第十二条）。")
    on = day_field("从哪天起")
    note = forms.CharField(label="缘由", max_length=120, help_text="如 工作调动、毕业。")

    def __init__(self, data=None, *, branches: QuerySet):
        super().__init__(data)
        self.fields["to"].queryset = branches


class StopForm(forms.Form):
    """Why a case ends before its time."""

    reason = forms.ChoiceField(
        label="缘由",
        widget=forms.RadioSelect,
        choices=[choice for choice in Case.StopReason.choices if choice[0] != Case.StopReason.CANCELLED],
        error_messages={"required": "选一个终止的缘由。"},
    )
    on = day_field("从哪天起")
    note = forms.CharField(label="说明", max_length=200, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class VoidForm(forms.Form):
    """What was wrong in the last step."""

    record = forms.IntegerField(widget=forms.HiddenInput, required=False)
    reason = forms.CharField(label="哪里记错了", max_length=200, error_messages={"required": "写上哪里记错了。"})


class PostponeForm(forms.Form):
    """Until when the discussion of 转正 is put off."""

    until = day_field("推迟到", help_text="预备期内转入的，最多推迟六个月（第三十四条）。")


class AnalysisForm(forms.Form):
    """What a committee found of its activists this year."""

    organisation = forms.ChoiceField(label="哪个党委", error_messages={"required": "选上是哪个党委。"})
    year = forms.IntegerField(label="年度", min_value=2000, max_value=2200, widget=forms.NumberInput(attrs={"inputmode": "numeric"}))
    day = day_field("分析日期")
    findings = forms.CharField(
        label="分析意见",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="数量、结构、培养质量，下一步怎么办。人数由系统按今天的档案数。",
    )

    def __init__(self, data=None, *, committees: list[Organisation], today: date):
        super().__init__(data, initial={"year": today.year, "day": today})
        self.fields["organisation"].choices = [(committee.code, str(committee)) for committee in committees]
