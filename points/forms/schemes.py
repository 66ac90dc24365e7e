"""Forms of a scheme's draft: how it begins, its head, and one small form for each part."""

from collections.abc import Iterable

from django import forms

from branches.models import Organisation
from members.models import MemberClass
from partyportal.core.forms import DayInput
from points.models import Category, Item, Multiplier, Period, QuarterCounts, Scheme, Threshold
from points.rules.kinds import BY_CODE, CATALOGUE, MANUAL, is_by_hand
from points.schemes import TEMPLATES

PERIODS = [("", "选周期"), *Period.choices]
BLANK_GRADES = 3
BLANK = "blank"  # a draft that begins with nothing


class Revised(forms.Form):
    """A change of a draft names the revision it was made from."""

    revision = forms.IntegerField(widget=forms.HiddenInput)

    def clean(self):
        said = super().clean()
        if "cap" in self.fields and "cap" not in self.errors:
            if said.get("cap") is not None and not said.get("cap_period"):
                self.add_error("cap_period", "写了封顶的分数，再选一个周期。")
            if said.get("cap") is None:
                said["cap_period"] = ""
        return said

    @property
    def said(self) -> dict:
        """What the service takes beside the revision."""
        return {name: value for name, value in self.cleaned_data.items() if name != "revision"}


class BeginForm(forms.Form):
    """From what a draft begins, whose it is, from which day."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), label="制定的党组织", to_field_name="code", empty_label=None)
    origin = forms.ChoiceField(label="从哪一份起草")
    start = forms.DateField(label="施行日期", widget=DayInput, help_text="从这一天起发生的事按新办法记分，以前的不变。")

    def __init__(self, *args, places, versions: Iterable[Scheme], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = places
        copies = [(str(one.uid), f"{one.organisation.short_name}《{one.name}》第 {one.version} 版") for one in versions]
        groups = [("样本", [(one.code, f"{one.place}《{one.name}》") for one in TEMPLATES]), (BLANK, "空白，自己从头写")]
        self.fields["origin"].choices = [*([("本县的", copies)] if copies else []), *groups]


class HeadForm(Revised):
    """What stands before the first item."""

    name = forms.CharField(label="名称", max_length=Scheme._meta.get_field("name").max_length)
    document_number = forms.CharField(label="文号", required=False, max_length=60)
    start = forms.DateField(label="施行日期", widget=DayInput)
    source = forms.CharField(label="依据", required=False, max_length=200, help_text="照哪份文件、哪里的办法")
    cap = forms.DecimalField(label="总分封顶", required=False, min_value=0, max_digits=8, decimal_places=2)
    cap_period = forms.ChoiceField(label="封顶周期", required=False, choices=PERIODS)
    floor = forms.DecimalField(label="总分下限", required=False, max_digits=8, decimal_places=2, help_text="全年扣到这里为止；空着就一直扣")
    quarter_counts = forms.ChoiceField(label="季度定级按", choices=QuarterCounts.choices)


class CategoryForm(Revised):
    """积分类别."""

    name = forms.CharField(label="类别名称", max_length=30)
    cap = forms.DecimalField(label="封顶", required=False, min_value=0, max_digits=8, decimal_places=2, help_text="这一类合起来最多多少分")
    cap_period = forms.ChoiceField(label="封顶周期", required=False, choices=PERIODS)
    floor = forms.DecimalField(
        label="下限", required=False, max_digits=8, decimal_places=2, help_text="全年扣到这里为止，如 0 就是扣完为止；空着就一直扣"
    )


def kind_choices(known: Iterable[tuple[str, str]], *, more: Iterable[tuple[str, str]] = ()) -> list:
    """Every kind of fact, grouped by where it comes from; `known`: the county's own by-hand kinds, `more`: what may follow them."""
    groups: dict[str, list] = {}
    for kind in CATALOGUE:
        groups.setdefault(kind.origin, []).append((kind.code, f"{kind.label}（每{kind.unit}）"))
    own = [*((code, label) for code, label in known if code not in BY_CODE), *more]
    return [("", "选一种"), *groups.items(), *([("本县自订", own)] if own else [])]


class ItemForm(Revised):
    """积分项目: which facts, what a unit is worth, how much at most, for whom."""

    category = forms.ModelChoiceField(Category.objects.none(), label="类别", to_field_name="code", empty_label="选一类")
    name = forms.CharField(label="项目名称", max_length=60)
    fact_kind = forms.ChoiceField(label="计哪种记实", help_text="会议、学时、党费等由系统自动计；“人工认定”由支部登记、另一人确认。")
    value = forms.DecimalField(
        label="每单位分值",
        max_digits=6,
        decimal_places=2,
        help_text="扣分写负数，如 -1",
        error_messages={"required": "写每单位多少分，扣分写负数。"},
    )
    unit = forms.CharField(label="单位", required=False, max_length=10, help_text="空着就用记实的单位")
    cap = forms.DecimalField(label="封顶", required=False, min_value=0, max_digits=8, decimal_places=2, help_text="扣分项是最多扣多少")
    cap_period = forms.ChoiceField(label="封顶周期", required=False, choices=PERIODS)
    article = forms.CharField(label="条款", required=False, max_length=30, help_text="如 第二条第一款")
    note = forms.CharField(label="说明", required=False, max_length=120)
    classes = forms.MultipleChoiceField(
        label="适用的党员",
        required=False,
        choices=MemberClass.Name.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text="一个都不勾，就是全体；年老体弱等免于这一项的不勾。",
    )
    is_veto = forms.BooleanField(
        label="一票否决：出现一次，全年记 0 分", required=False, help_text="不记分也不封顶；登记时要有上级批准的文号。"
    )
    shares_fact = forms.BooleanField(label="与别的项目同计", required=False, help_text="同一件事在两项里各计一次，是有意的。")

    def __init__(self, *args, scheme: Scheme, own_kinds=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = scheme.categories.all()
        self.fields["fact_kind"].choices = kind_choices(own_kinds, more=[(MANUAL, "新的一种，由支部登记、另一人确认")])

    def clean(self):
        said = super().clean()
        if kind := said.get("fact_kind"):
            said["unit"] = said.get("unit") or (BY_CODE[kind].unit if kind in BY_CODE else "次")
            said["manual"] = is_by_hand(kind)
        if said.get("is_veto") and (said.get("value") or said.get("cap") is not None):
            self.add_error("value", "一票否决的项目分值写 0，也不封顶。")
        return said

    @staticmethod
    def initial_of(item: Item) -> dict:
        return {name: getattr(item, name) for name in ItemForm.base_fields if name not in {"revision", "category"}} | {
            "category": item.category.code
        }


class MultiplierForm(Revised):
    """系数."""

    category = forms.ModelChoiceField(Category.objects.none(), label="乘什么", to_field_name="code", required=False, empty_label="全年总分")
    name = forms.CharField(label="名称", max_length=60)
    fact_kind = forms.ChoiceField(label="按哪种记实定", help_text="取这一年最后一次；没有的不乘。")
    article = forms.CharField(label="条款", required=False, max_length=30)

    def __init__(self, *args, scheme: Scheme, own_kinds=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["category"].queryset = scheme.categories.all()
        self.fields["fact_kind"].choices = kind_choices(own_kinds)

    @staticmethod
    def initial_of(multiplier: Multiplier) -> dict:
        names = ("name", "fact_kind", "article")
        return {name: getattr(multiplier, name) for name in names} | {"category": multiplier.category.code if multiplier.category else ""}


class ThresholdForm(Revised):
    """等次."""

    name = forms.CharField(label="等次", max_length=20, help_text="如 优秀、四星、整改帮教")
    at_least = forms.DecimalField(label="满多少分", max_digits=8, decimal_places=2, help_text="最低一等写 0，扣到 0 以下的也算它")
    period = forms.ChoiceField(label="周期", choices=Threshold._meta.get_field("period").choices)
    of = forms.ChoiceField(label="适用", choices=Threshold.Of.choices)
    stars = forms.TypedChoiceField(
        label="星级", coerce=int, required=False, empty_value=0, choices=[(0, "没有"), *((n, f"{n} 星") for n in range(1, 6))]
    )
    on_list = forms.ChoiceField(label="上榜", required=False, choices=[("", "不上榜"), *Threshold.List.choices])
    consequence = forms.CharField(label="随之而来", required=False, max_length=120, help_text="如“列入整改帮教”")


class GradeForm(forms.Form):
    """One grade of an item, or one ratio of a multiplier; a row without a name is no grade."""

    code = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    name = forms.CharField(label="档次", required=False, max_length=30)
    amount = forms.DecimalField(label="分值", required=False, max_digits=6, decimal_places=2)

    def clean(self):
        said = super().clean()
        if said.get("name") and said.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", f"写“{said['name']}”是多少。")
        if said.get("amount") is not None and not said.get("name"):
            self.add_error("name", "写这一档叫什么。")
        return said


class _Grades(forms.BaseFormSet):
    def clean(self):
        if any(self.errors):
            return
        names = [one["name"] for one in self.said]
        if len(names) > len(set(names)):
            raise forms.ValidationError("有两档叫同一个名字，改一个。")

    @property
    def said(self) -> list[dict]:
        return [form.cleaned_data for form in self.forms if form.cleaned_data.get("name")]


GradeFormSet = forms.formset_factory(GradeForm, formset=_Grades, extra=BLANK_GRADES, max_num=12)


def grades_of(formset, column: str) -> list[dict]:
    """What the services take: code, name and the amount under its column's name."""
    return [{"code": one["code"], "name": one["name"], column: one["amount"]} for one in formset.said]
