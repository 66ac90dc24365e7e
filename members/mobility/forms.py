"""Forms of members who are away, who stay here, and who are out of touch. What is right is the services' to say."""

from decimal import Decimal

from django import forms
from django.db.models import QuerySet

from branches.forms import OrganisationField
from branches.models import Organisation
from members.mobility.models import Attestation, Contact, Hosting, Inflow, LostCase, Outflow, Report
from members.mobility.rules.places import PROVINCES
from members.models import Member
from partyportal.core.forms import DayInput

PROVINCE_CHOICES = [("", "选省份"), *PROVINCES.items()]


class PersonField(forms.ModelChoiceField):
    """One member of a short list, by uid; shown by name alone."""

    def __init__(self, **kwargs):
        super().__init__(Member.objects.none(), to_field_name="uid", **{"empty_label": "选一位"} | kwargs)


class PlaceForm(forms.Form):
    """Where somebody is, to the county."""

    province = forms.ChoiceField(label="外出省份", choices=PROVINCE_CHOICES, error_messages={"required": "选外出到哪个省份。"})
    city = forms.CharField(label="市", required=False, max_length=50, help_text="如 东莞市；直辖市不填，国（境）外写国家和城市。")
    county = forms.CharField(label="县（市、区）", required=False, max_length=50)
    place_fixed = forms.BooleanField(label="地点相对固定", required=False, help_text="有固定住处和工作单位的勾上；满六个月应当转组织关系。")


class OutflowForm(PlaceForm):
    """A registration of going away."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    start = forms.DateField(label="哪天外出的", widget=DayInput, error_messages={"required": "写外出的日子，不记得就写大概那天。"})
    reason = forms.ChoiceField(label="外出原因", choices=Outflow.Reason.choices)
    expected_return = forms.DateField(label="预计哪天回来", widget=DayInput, required=False)
    contact = PersonField(
        label="支部联系人", error_messages={"required": "选一位支部联系人。"}, help_text="本支部在家的正式党员，由他按时联系。"
    )
    phone_checked_on = forms.DateField(label="哪天核对过本人手机号", widget=DayInput, required=False)
    host = OrganisationField(label="在县内哪个党支部就近参加", required=False, help_text="写名称或代码；会请那个支部接收。在县外的不填。")
    host_name = forms.CharField(label="县外流入地党组织", required=False, max_length=120)

    def __init__(self, *args, people: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = people
        self.fields["host"].queryset = Organisation.objects.branches().existing()
        self.order_fields(["uid", "start", "reason", "province", "city", "county", "place_fixed", "expected_return", "contact"])

    @property
    def registration(self) -> dict:
        """What the service takes; the host is asked by itself."""
        return {name: value for name, value in self.cleaned_data.items() if name != "host"}


class ReviseForm(forms.Form):
    """What may change while somebody stays where they are."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    contact = PersonField(label="支部联系人", error_messages={"required": "选一位支部联系人。"})
    expected_return = forms.DateField(label="预计哪天回来", widget=DayInput, required=False)
    place_fixed = forms.BooleanField(label="地点相对固定", required=False)
    phone_checked_on = forms.DateField(label="哪天核对过本人手机号", widget=DayInput, required=False)
    reported_on = forms.DateField(label="哪天到流入地报到", widget=DayInput, required=False)
    host_name = forms.CharField(label="县外流入地党组织", required=False, max_length=120)

    def __init__(self, *args, people: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["contact"].queryset = people


class MoveForm(PlaceForm):
    """Another place, from a day on."""

    on = forms.DateField(label="哪天换的地方", widget=DayInput)


class EndForm(forms.Form):
    """Why and when being away ended."""

    reason = forms.ChoiceField(
        label="怎么结束的",
        widget=forms.RadioSelect,
        choices=[(r.value, r.label) for r in (Outflow.EndReason.RETURNED, Outflow.EndReason.TRANSFERRED, Outflow.EndReason.MISTAKEN)],
        initial=Outflow.EndReason.RETURNED,
    )
    on = forms.DateField(label="从哪天起", widget=DayInput)


class ContactForm(forms.Form):
    """One try: two taps and done, a word where there is one."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label="结果", choices=Contact.Outcome.choices, widget=forms.RadioSelect, error_messages={"required": "选联系上了没有。"}
    )
    way = forms.ChoiceField(label="方式", choices=Contact.Way.choices, widget=forms.RadioSelect, initial=Contact.Way.PHONE)
    day = forms.DateField(label="哪天联系的", widget=DayInput)
    made_by = PersonField(label="谁联系的", required=False)
    note = forms.CharField(label="说了什么", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args, people: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["made_by"].queryset = people


class HostingForm(forms.Form):
    """Which branch of the county a mobile member is to take part in."""

    host = OrganisationField(label="就近参加的党支部", help_text="写名称或代码。他们接收以后，名册上就有这位党员。")
    start = forms.DateField(label="从哪天起", widget=DayInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["host"].queryset = Organisation.objects.branches().existing()


class DeclineForm(forms.Form):
    answer = forms.CharField(label="不接收的原因", max_length=200, error_messages={"required": "写上不接收的原因，原支部才好另找。"})


class EndHostingForm(forms.Form):
    reason = forms.ChoiceField(label="缘由", choices=Hosting.EndReason.choices)
    on = forms.DateField(label="从哪天起不在这里", widget=DayInput)


class ReportForm(forms.Form):
    """How a hosted member did, for the home branch."""

    kind = forms.ChoiceField(label="反馈什么", choices=Report.Kind.choices, widget=forms.RadioSelect, initial=Report.Kind.PERFORMANCE)
    grade = forms.ChoiceField(label="评议等次", choices=[("", "日常表现不选"), *Report.Grade.choices], required=False)
    text = forms.CharField(
        label="表现", max_length=500, widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "写一两句表现。"}
    )


class AttestForm(forms.Form):
    """What somebody attended with a host outside the county, by its paper."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="参加了什么", choices=Attestation.Kind.choices, initial=Attestation.Kind.THEME_DAY)
    day = forms.DateField(label="哪天", widget=DayInput)
    topic = forms.CharField(label="主题", max_length=80)
    study_hours = forms.DecimalField(label="学时", min_value=0, max_value=16, max_digits=4, decimal_places=1, required=False)
    host_name = forms.CharField(label="在哪个党组织参加", max_length=120)
    evidence = forms.CharField(
        label="证明", max_length=200, help_text="谁出的什么证明，如：东莞市长安镇流动党员党支部回执 2026-11-05。",
        error_messages={"required": "写上证明是什么，谁出的。"},
    )  # fmt: skip

    def clean_study_hours(self):
        return self.cleaned_data["study_hours"] or Decimal(0)


class InflowForm(forms.Form):
    """Somebody of elsewhere who stays here."""

    branch = OrganisationField(label="接收的党支部", help_text="写名称或代码。")
    name = forms.CharField(label="姓名", max_length=60)
    phone = forms.CharField(label="手机号码", max_length=24, required=False, help_text="加密存放，页面上遮住中间四位。")
    province = forms.ChoiceField(label="来自省份", choices=PROVINCE_CHOICES, error_messages={"required": "选来自哪个省份。"})
    home = forms.CharField(label="组织关系所在党支部", max_length=120, help_text="写全称，越细越好。")
    start = forms.DateField(label="哪天来的", widget=DayInput)
    reported_on = forms.DateField(label="本人哪天来报到", widget=DayInput, required=False)
    told_home_on = forms.DateField(label="哪天告知原支部", widget=DayInput, required=False)

    def __init__(self, *args, branches: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["branch"].queryset = branches


class EndInflowForm(forms.Form):
    reason = forms.ChoiceField(label="怎么结束的", choices=Inflow.EndReason.choices)
    on = forms.DateField(label="从哪天起", widget=DayInput)


class LostForm(forms.Form):
    """Opening a case."""

    why = forms.ChoiceField(label="失联原因", choices=LostCase.Why.choices)
    clock = forms.DateField(label="从哪天起算", widget=DayInput, help_text="最后一次参加组织生活或交党费的那天。")
    note = forms.CharField(label="经过", required=False, max_length=300, widget=forms.Textarea(attrs={"rows": 2}))


class StepForm(forms.Form):
    """A step by the branch or a decision of the 党委."""

    on = forms.DateField(label="决定之日", widget=DayInput, required=False)
    basis = forms.CharField(label="文号", max_length=120, required=False)
    note = forms.CharField(label="说明", max_length=300, required=False)


class FoundingForm(forms.Form):
    """A 流动党员党支部 and the paper that approves it."""

    parent = OrganisationField(label="隶属哪个党委", help_text="写名称或代码。")
    name = forms.CharField(label="全称", max_length=120)
    code = forms.CharField(label="党组织代码", max_length=40)
    province = forms.ChoiceField(label="设在哪里", choices=PROVINCE_CHOICES, error_messages={"required": "选设在哪个省份。"})
    place = forms.CharField(label="具体地点", max_length=80)
    approved_by = OrganisationField(label="批准的党委", help_text="县级以上党委。")
    approved_on = forms.DateField(label="批准之日", widget=DayInput)
    document = forms.CharField(label="批复文号", max_length=80)

    def __init__(self, *args, organisations: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        committees = organisations.exclude(kind__in=(Organisation.Kind.BRANCH, Organisation.Kind.GROUP)).existing()
        self.fields["parent"].queryset = self.fields["approved_by"].queryset = committees


class RegisterFilters(forms.Form):
    """What the register's address asks. What nobody could have chosen is left out, not refused."""

    tab = forms.ChoiceField(
        required=False, choices=[("", "流出"), ("in", "流入"), ("lost", "失联"), ("silent", "久未参加"), ("mobile", "流动党组织")]
    )
    show = forms.CharField(required=False, max_length=10)
    province = forms.ChoiceField(required=False, choices=PROVINCE_CHOICES)
    q = forms.CharField(required=False, max_length=60)

    @property
    def asked(self) -> dict[str, str]:
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return {key: value for key, value in self.cleaned_data.items() if value}
