"""Forms of outreach. Members are chosen from those of the branch, or named where they may come from anywhere in sight."""

from django import forms

from branches.forms import OrganisationField
from branches.models import Organisation
from members.forms.named import NamedMember
from members.models import Member, Office
from members.outreach.models import Area, AreaDuty, Cultivation, CultivationNote, Dispatch, DutyCard, Visit
from partyportal.core.forms import DayInput


def _length(model, field: str) -> int:
    return model._meta.get_field(field).max_length


def _lines(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class OutreachFilters(forms.Form):
    """What the address of the list asks."""

    organisation = OrganisationField(label="党组织", required=False)
    q = forms.CharField(label="找", required=False, max_length=60)
    past = forms.BooleanField(label="含已结束的", required=False)

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations


class _OfBranch(forms.Form):
    """A form whose members are those at home in one branch."""

    of_branch: tuple[str, ...] = ()

    def __init__(self, *args, organisation: Organisation, **kwargs):
        super().__init__(*args, **kwargs)
        people = Member.objects.at_home().within(organisation).order_by("pinyin", "id")
        for name in self.of_branch:
            self.fields[name].queryset = people


class DispatchForm(forms.Form):
    kind = forms.ChoiceField(label="派什么", choices=Dispatch.Kind, widget=forms.RadioSelect, initial=Dispatch.Kind.COUNSELLOR)
    member = NamedMember(verb="outreach.dispatch", label="派谁")
    organisation = OrganisationField(label="派到哪个党组织", help_text="代码、全称或简称")
    start = forms.DateField(label="从哪天起", widget=DayInput)
    task = forms.CharField(label="任务", max_length=_length(Dispatch, "task"), widget=_lines(2))
    basis = forms.CharField(label="依据", max_length=_length(Dispatch, "basis"), required=False, help_text="通知或安排的文号")

    def __init__(self, *args, by, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].by = by
        self.fields["organisation"].queryset = organisations


class VisitForm(forms.Form):
    kind = forms.ChoiceField(label="做了什么", choices=Visit.Kind, widget=forms.RadioSelect, initial=Visit.Kind.GUIDANCE)
    day = forms.DateField(label="日期", widget=DayInput)
    content = forms.CharField(label="内容", max_length=_length(Visit, "content"), widget=_lines(2))
    outcome = forms.CharField(label="结果", max_length=_length(Visit, "outcome"), required=False)


class CloseForm(forms.Form):
    """The day something ends: the first day it no longer holds."""

    on = forms.DateField(label="从哪天起结束", widget=DayInput)


class EndForm(CloseForm):
    note = forms.CharField(label="说明", max_length=200, required=False)


class AreaForm(_OfBranch):
    of_branch = ("lead",)
    kind = forms.ChoiceField(label="类别", choices=Area.Kind, widget=forms.RadioSelect, initial=Area.Kind.GRID)
    name = forms.CharField(label="名称", max_length=_length(Area, "name"), help_text="如 第一网格、村东头中心户")
    extent = forms.CharField(label="范围", max_length=_length(Area, "extent"), required=False)
    households = forms.IntegerField(label="户数", min_value=1, max_value=9999, required=False)
    lead = forms.ModelChoiceField(Member.objects.none(), label="牵头的党员", to_field_name="uid", empty_label="选一位党员")
    start = forms.DateField(label="从哪天起", widget=DayInput)


class JoinForm(_OfBranch):
    of_branch = ("member",)
    member = forms.ModelChoiceField(Member.objects.none(), label="党员", to_field_name="uid", empty_label="选一位党员")
    role = forms.ChoiceField(label="做什么", choices=AreaDuty.Part, widget=forms.RadioSelect, initial=AreaDuty.Part.RESPONSIBLE)
    on = forms.DateField(label="从哪天起", widget=DayInput)


class PartForm(forms.Form):
    """Whose part in an area ends."""

    member = forms.ModelChoiceField(Member.objects.none(), to_field_name="uid")

    def __init__(self, *args, people, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].queryset = people


class CardForm(_OfBranch):
    of_branch = ("member",)
    title = forms.CharField(label="岗位", max_length=_length(DutyCard, "title"), help_text="如 " + "、".join(Office.Position.labels[:4]))
    member = forms.ModelChoiceField(Member.objects.none(), label="责任人", to_field_name="uid", empty_label="选一位党员")
    duties = forms.CharField(label="职责", max_length=_length(DutyCard, "duties"), widget=_lines(6), help_text="一行一条")
    start = forms.DateField(label="从哪天起", widget=DayInput)


class CultivationForm(_OfBranch):
    of_branch = ("member", "mentor")
    direction = forms.ChoiceField(
        label="培养方向", choices=Cultivation.Direction, widget=forms.RadioSelect, initial=Cultivation.Direction.RESERVE
    )
    member = forms.ModelChoiceField(
        Member.objects.none(), label="培养的党员", to_field_name="uid", empty_label="还不是党员", required=False
    )
    person_name = forms.CharField(label="姓名", max_length=60, required=False, help_text="还不是党员的，写在这里")
    source = forms.ChoiceField(label="来源", choices=Cultivation.Source)
    mentor = forms.ModelChoiceField(Member.objects.none(), label="帮带人", to_field_name="uid", empty_label="选一位党员")
    start = forms.DateField(label="从哪天起", widget=DayInput)
    plan = forms.CharField(label="学习培养计划", max_length=_length(Cultivation, "plan"), widget=_lines(3))


class NoteForm(forms.Form):
    day = forms.DateField(label="日期", widget=DayInput)
    content = forms.CharField(label="情况", max_length=_length(CultivationNote, "content"), widget=_lines(2))


class FinishForm(CloseForm):
    outcome = forms.ChoiceField(label="结果", choices=[("", "选一个"), *Cultivation.Outcome.choices])
    outcome_note = forms.CharField(label="说明", max_length=_length(Cultivation, "outcome_note"), required=False)
