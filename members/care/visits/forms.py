"""What the pages of 走访帮扶 ask. What is right is the services' to say."""

from django import forms
from django.db.models import QuerySet

from branches.forms import OrganisationField
from branches.models import Organisation
from members.care.visits.models import Birthday, Occasion, Outing, Pair, Round, VisitDue
from members.forms.named import NamedMember
from members.models import Member
from partyportal.core.forms import DayInput

DAY = {"required": "选一个日期。", "invalid": "日期写成 2026-12-05。"}
FOUND = "found_"
NEEDS = "needs_"


class OutingForm(forms.Form):
    """One outing: shared by all who were called on, with a line for each of them. `called` are those; they come with the address."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    members = forms.CharField(required=False, widget=forms.HiddenInput, label="走访了谁")  # where faults of those called on are told
    kind = forms.ChoiceField(label="为了什么", choices=Outing.Kind, widget=forms.RadioSelect, initial=Outing.Kind.CALL)
    round = forms.ModelChoiceField(Round.objects.none(), label="哪一轮", to_field_name="uid", required=False, empty_label="不算在轮次里")
    day = forms.DateField(label="哪天去的", widget=DayInput, error_messages=DAY)
    goers = forms.ModelMultipleChoiceField(
        Member.objects.none(), label="谁去的", to_field_name="uid", required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.ModelMultipleChoiceField(
        Member.objects.none(), label="别的党员一起去", to_field_name="uid", required=False, widget=forms.CheckboxSelectMultiple
    )
    companions = forms.CharField(label="还有谁", max_length=120, required=False, help_text="不是本支部党员的写在这里，如 镇民政办张某")
    brought = forms.CharField(label="带了什么", max_length=120, required=False, help_text="如 米、油各一份。发钱走困难救助，不记在这里")
    signed = forms.BooleanField(label="东西由本人或家属签收", required=False)

    def __init__(self, *args, called: list[Member], leaders: QuerySet, people: QuerySet, rounds: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.called = called
        lead = list(leaders.values_list("pk", flat=True))
        self.fields["goers"].queryset = leaders
        self.fields["others"].queryset = people.exclude(pk__in=[*lead, *(person.pk for person in called)])
        self.fields["round"].queryset = rounds
        for person in called:
            self.fields[f"{FOUND}{person.uid}"] = forms.CharField(
                label=f"{person.name}家的情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
            )
            self.fields[f"{NEEDS}{person.uid}"] = forms.BooleanField(label="有难处要帮", required=False)

    @property
    def shown_kind(self) -> str:
        """What it is for as the form stands, in words: the round, or the kind."""
        chosen = next((str(one) for one in self.fields["round"].queryset if str(one.uid) == str(self["round"].value())), "")
        return chosen or dict(Outing.Kind.choices).get(self["kind"].value(), "")

    @property
    def each(self) -> list[tuple[Member, forms.BoundField, forms.BoundField]]:
        """Those called on, each with the two fields of their own."""
        return [(person, self[f"{FOUND}{person.uid}"], self[f"{NEEDS}{person.uid}"]) for person in self.called]

    def said(self) -> dict:
        """What the service takes."""
        given = self.cleaned_data
        return {
            "members": self.called,
            "goers": [*given["goers"], *given["others"]],
            "found": {person.uid: given[f"{FOUND}{person.uid}"] for person in self.called},
            "needs": {person.uid for person in self.called if given[f"{NEEDS}{person.uid}"]},
            **{name: given[name] for name in ("uid", "kind", "round", "day", "companions", "brought", "signed")},
        }


class VoidForm(forms.Form):
    """Why a record is taken back."""

    why = forms.CharField(
        label="为什么作废", max_length=120, error_messages={"required": "写上为什么作废。"}, help_text="如 记到了别人名下。"
    )


class WaiveForm(forms.Form):
    """Why somebody on the list is not called on."""

    reason = forms.CharField(
        label="为什么不用走访",
        max_length=VisitDue._meta.get_field("waive_reason").max_length,
        help_text="如 本人婉辞、住在外地子女家。",
        error_messages={"required": "写上为什么不用走访。"},
    )


class PairForm(forms.Form):
    """Who helps whom, with what, how often."""

    member = NamedMember(verb="care.record", label="帮扶谁")
    helper = NamedMember(verb="care.record", label="帮扶的党员", required=False)
    helping = OrganisationField(label="或者帮扶的党组织", required=False, help_text="由一个党组织来帮的，写名称或代码；上面一栏空着。")
    purpose = forms.CharField(
        label="帮什么", max_length=120, help_text="如 帮着联系看病、代买药。", error_messages={"required": "写上帮什么。"}
    )
    every_months = forms.TypedChoiceField(
        label="多久联系一次", choices=Pair.Every, coerce=int, initial=Pair.Every.QUARTER, widget=forms.RadioSelect
    )
    start = forms.DateField(label="从哪天起", widget=DayInput, error_messages=DAY)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].by = self.fields["helper"].by = by
        self.fields["helping"].queryset = Organisation.objects.where(by, "care.record").existing().exclude(kind=Organisation.Kind.GROUP)


class EndPairForm(forms.Form):
    """How and when it ended."""

    reason = forms.ChoiceField(
        label="怎样结束的", choices=Pair.EndReason, widget=forms.RadioSelect, error_messages={"required": "选怎样结束的。"}
    )
    on = forms.DateField(label="哪天结束", widget=DayInput, error_messages=DAY)
    note = forms.CharField(label="说明", max_length=120, required=False)


class ContactForm(forms.Form):
    """What a helper writes down about a contact of their own."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    day = forms.DateField(label="哪天联系的", widget=DayInput, error_messages=DAY)
    found = forms.CharField(label="情况", max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2}))
    needs = forms.BooleanField(label="有难处要支部帮", required=False)


class BirthdayForm(forms.Form):
    """That a 政治生日 was kept, and how."""

    held_on = forms.DateField(label="哪天过的", widget=DayInput, error_messages=DAY)
    way = forms.ChoiceField(label="怎样过的", choices=Birthday.Way)


class OccasionForm(forms.Form):
    """An occasion as the county keeps it."""

    code = forms.SlugField(label="代码", max_length=20, help_text="拉丁字母和数字，如 mid-autumn")
    name = forms.CharField(label="名称", max_length=40)
    criteria = forms.MultipleChoiceField(
        label="走访哪些名单上的人", widget=forms.CheckboxSelectMultiple, error_messages={"required": "至少选一个名单。"}
    )
    owed_by = forms.ChoiceField(label="由谁走访", choices=Occasion.OwedBy, widget=forms.RadioSelect, initial=Occasion.OwedBy.BRANCH)
    days = forms.IntegerField(label="提前几天开始", min_value=1, max_value=180, initial=30)
    before = forms.BooleanField(label="要在节前走访完（最后一天是节日前一天）", required=False)
    month = forms.IntegerField(label="每年几月", min_value=1, max_value=12, required=False, help_text="农历的节日不填，一年一年另写。")
    day = forms.IntegerField(label="几日", min_value=1, max_value=31, required=False)
    source = forms.CharField(label="依据", max_length=200, help_text="文号，或者本县规定")
    is_open = forms.BooleanField(label="还在用", required=False, initial=True)

    def __init__(self, *args, lists: dict[str, str], is_new: bool, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["criteria"].choices = list(lists.items())
        if not is_new:
            del self.fields["code"]


class DayForm(forms.Form):
    """The festival's day in a year."""

    on = forms.DateField(label="哪一天", widget=DayInput, error_messages=DAY)
    source = forms.CharField(label="依据", max_length=200, help_text="如 国务院办公厅放假通知、中国天文年历")


class RoundForm(forms.Form):
    """A round's days."""

    start = forms.DateField(
        label="名单按哪一天定", widget=DayInput, error_messages=DAY, help_text="最晚是今天；以后符合的每天夜里自动添上。"
    )
    due_on = forms.DateField(label="最后一天", widget=DayInput, error_messages=DAY)
