"""Forms of 服务阵地. Members are chosen from those under the station, or of one's own branch."""

from datetime import time

from django import forms
from django.core.validators import RegexValidator

from branches.forms import OrganisationField
from branches.models import Organisation
from members.care.stations.models import Booking, Checklist, Display, RequestKind, Room, SelfCheck, Station, StationKind
from members.care.stations.models.times import WEEKDAYS
from members.care.stations.services.standards import Found
from members.forms.named import NamedMember
from members.models import Member
from partyportal.core.forms import DayInput, PhotosField

DAY = {"required": "选一个日期。", "invalid": "日期写成 2026-12-05。"}
PHONE = RegexValidator(r"^[0-9][0-9 -]{5,18}$", "电话只写数字，区号后面可以加横线。")


class TimeInput(forms.TimeInput):
    """A time of day from the browser's own picker."""

    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%H:%M")


def _time(label: str, **kwargs) -> forms.TimeField:
    told = {"invalid": "时间写成 14:30。", "required": "写几点。"}
    return forms.TimeField(label=label, widget=TimeInput, error_messages=told, **kwargs)


def _day(label: str, **kwargs) -> forms.DateField:
    return forms.DateField(label=label, widget=DayInput, error_messages=DAY, **kwargs)


def _said(model, field: str, label: str, rows: int = 0, **kwargs) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput
    return forms.CharField(label=label, max_length=model._meta.get_field(field).max_length, widget=widget, **kwargs)


class StationFilters(forms.Form):
    """What the address of the list asks."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), to_field_name="code", required=False)
    kind = forms.ModelChoiceField(StationKind.objects.all(), to_field_name="code", required=False)
    now = forms.ChoiceField(choices=[("", "不论"), ("open", "现在开着"), ("closed", "现在没开")], required=False)
    q = forms.CharField(required=False, max_length=60)

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations


class _StationFields(forms.Form):
    name = _said(Station, "name", "名称", help_text="如 高家杨村党员服务点")
    address = _said(Station, "address", "地址", help_text="写到门牌或标志物，老人找得到")
    phone = forms.CharField(label="值班电话", max_length=20, required=False, validators=[PHONE])
    serves = _said(Station, "serves", "办些什么", rows=2, required=False)
    rests_on_holidays = forms.BooleanField(label="法定节假日休息", required=False, help_text="调休上班的周末照星期一开")


class StationForm(_StationFields):
    """A new station."""

    organisation = OrganisationField(label="哪个党组织的", help_text="代码、全称或简称")
    kind = forms.ModelChoiceField(StationKind.objects.all(), label="类别", to_field_name="code", empty_label="选一类")
    opened_on = _day("启用日期")
    field_order = ["kind", "organisation", "name", "address", "phone", "serves", "opened_on", "rests_on_holidays"]

    def __init__(self, *args, organisations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations


class StationChangeForm(_StationFields):
    """What is registered of a station, and why it changes."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    why = forms.CharField(label="为什么改", max_length=120, help_text="如 搬到新址")


class CloseForm(forms.Form):
    on = _day("从哪天起停用")
    why = forms.CharField(label="为什么停用", max_length=120)


class RoomForm(forms.Form):
    name = _said(Room, "name", "名称", help_text="如 党员活动室、小会议室")
    seats = forms.IntegerField(label="坐得下", min_value=1, max_value=2000)
    start = _day("从哪天起可以约")


class RoomCloseForm(forms.Form):
    on = _day("从哪天起不再外借")


class HoursForm(forms.Form):
    """The week: two stretches a day, either left empty."""

    start = _day("从哪天起")

    def __init__(self, *args, week=None, **kwargs):
        super().__init__(*args, **kwargs)
        week = week or {}
        for weekday, label in WEEKDAYS:
            self.fields[f"day_{weekday}"] = forms.CharField(required=False, widget=forms.HiddenInput, label=label)
            spans = [*week.get(weekday, ()), (None, None), (None, None)][:2]
            for part, words, span in (("am", "上午", spans[0]), ("pm", "下午", spans[1])):
                self.fields[f"{part}_open_{weekday}"] = _time(f"{label}{words}开", required=False, initial=span[0])
                self.fields[f"{part}_close_{weekday}"] = _time(f"{label}{words}关", required=False, initial=span[1])

    @property
    def rows(self):
        return [
            (label, [self[f"{part}_{side}_{weekday}"] for part in ("am", "pm") for side in ("open", "close")], self[f"day_{weekday}"])
            for weekday, label in WEEKDAYS
        ]

    def clean(self):
        cleaned, week = super().clean(), {}
        for weekday, _ in WEEKDAYS:
            for part in ("am", "pm"):
                opens, closes = cleaned.get(f"{part}_open_{weekday}"), cleaned.get(f"{part}_close_{weekday}")
                if (opens is None) != (closes is None):
                    self.add_error(f"day_{weekday}", "开和关都要写，不开就都空着。")
                elif opens is not None:
                    week.setdefault(weekday, []).append((opens, closes))
        cleaned["week"] = week
        return cleaned


class ExceptionForm(forms.Form):
    """One day that is not as its weekday says."""

    day = _day("哪天")
    opens = _time("几点开", required=False, help_text="整天不开，两个都空着")
    closes = _time("几点关", required=False)
    why = forms.CharField(label="为什么", max_length=60, help_text="群众看得到，如 全镇防汛演练")


class DutyForm(forms.Form):
    """Somebody on duty: every day from one to another, or one weekday of every week. `people` where they are few enough to choose from."""

    member = forms.ModelChoiceField(Member.objects.none(), label="谁值班", to_field_name="uid", empty_label="选一位党员")
    weekday = forms.TypedChoiceField(
        label="哪天",
        choices=[("", "每天"), *WEEKDAYS],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="选了星期几，就是每周这一天",
    )
    start = _day("第一天")
    last = _day("最后一天", required=False, help_text="空着是一直值下去")

    def __init__(self, *args, people, by, **kwargs):
        super().__init__(*args, **kwargs)
        if people is None:
            self.fields["member"] = NamedMember(verb="station.keep", by=by, label="谁值班")
        else:
            self.fields["member"].queryset = people
            self.fields["member"].label_from_instance = lambda person: person.name


class StandardForm(forms.Form):
    """A new version of a kind's standard: one line, one item."""

    required = forms.CharField(label="必备的", widget=forms.Textarea(attrs={"rows": 7}), help_text="一行一条；缺一条就不达标")
    others = forms.CharField(
        label="最好有的", widget=forms.Textarea(attrs={"rows": 5}), required=False, help_text="一行一条；缺了提醒补，不影响达标"
    )
    every = forms.TypedChoiceField(label="多久自查一次", choices=Checklist.Every, coerce=int)
    source = _said(Checklist, "source", "依据", help_text="文号或会议")
    start = _day("从哪天起")


class SelfCheckForm(forms.Form):
    """Every item of the standard: there or missing, and of what is missing what and by when."""

    day = _day("哪天查的")

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.items = list(items)
        for item in self.items:
            self.fields[f"item_{item.pk}"] = forms.ChoiceField(
                label=item.text, choices=[("present", "有"), ("absent", "缺")], required=False, widget=forms.RadioSelect
            )
            self.fields[f"note_{item.pk}"] = forms.CharField(label=f"{item.text}：缺什么", max_length=120, required=False)
            self.fields[f"mend_{item.pk}"] = _day(f"{item.text}：哪天前补上", required=False)

    @property
    def rows(self):
        return [(item, self[f"item_{item.pk}"], self[f"note_{item.pk}"], self[f"mend_{item.pk}"]) for item in self.items]

    def found(self) -> dict[int, Found]:
        said = self.cleaned_data
        return {
            item.pk: Found(said[f"item_{item.pk}"] == "present", said[f"note_{item.pk}"], said[f"mend_{item.pk}"])
            for item in self.items
            if said[f"item_{item.pk}"]
        }


class ReviewForm(forms.Form):
    note = _said(SelfCheck, "review_note", "意见", rows=2, required=False)


class MendForm(forms.Form):
    how = forms.CharField(label="怎么补的", max_length=120)
    on = _day("哪天补上的")


class BookingForm(forms.Form):
    """A room, from when to when, for what and how many."""

    room = forms.ModelChoiceField(Room.objects.none(), label="哪一间", to_field_name="uid", empty_label=None)
    organisation = OrganisationField(label="哪个党组织用", help_text="代码、全称或简称")
    day = _day("哪天")
    begins = _time("从几点")
    ends = _time("到几点")
    purpose = _said(Booking, "purpose", "做什么", help_text="如 主题党日、组织生活会")
    people = forms.IntegerField(label="几个人", min_value=1, max_value=2000)

    def __init__(self, *args, rooms, organisations=None, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["room"].queryset = rooms
        self.fields["room"].label_from_instance = lambda room: f"{room.name}（坐得下 {room.seats} 人）"
        if organisations is None:
            del self.fields["organisation"]
        else:
            self.fields["organisation"].queryset = organisations


class WhyForm(forms.Form):
    why = forms.CharField(label="原因", max_length=120, required=False)


class DisplayForm(forms.Form):
    """What hangs on the wall, and the day it is to be changed."""

    title = _said(Display, "title", "贴的是什么", help_text="如 值班表、党员承诺公示、四季度收支")
    spot = _said(Display, "spot", "在哪面墙", required=False)
    since = _day("哪天贴上的")
    until = _day("到哪天该换")
    photos = PhotosField(required=False)


class RequestFilters(forms.Form):
    """What the address of the list of requests asks."""

    organisation = forms.ModelChoiceField(Organisation.objects.none(), to_field_name="code", required=False)
    station = forms.ModelChoiceField(Station.objects.none(), to_field_name="uid", required=False)
    kind = forms.ModelChoiceField(RequestKind.objects.all(), to_field_name="code", required=False)
    state = forms.CharField(required=False, max_length=12)
    q = forms.CharField(required=False, max_length=60)

    def __init__(self, *args, organisations, stations, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset, self.fields["station"].queryset = organisations, stations


class RequestForm(forms.Form):
    """Who came for what: a member by name, or a villager."""

    kind = forms.ModelChoiceField(RequestKind.objects.none(), label="办哪一类", to_field_name="code", empty_label="选一类")
    member = NamedMember(verb="station.keep", label="来的是党员", required=False)
    asker = forms.CharField(label="来的是群众", max_length=40, required=False, help_text="写姓名；党员写在上一格")
    asker_phone = forms.CharField(label="群众的电话", max_length=20, required=False, validators=[PHONE])
    matter = forms.CharField(label="办什么", max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
    taken_on = _day("哪天受理")

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["member"].by = by
        self.fields["kind"].queryset = RequestKind.objects.filter(ended_on=None)


class AskForm(forms.Form):
    """What a member asks for from home."""

    kind = forms.ModelChoiceField(RequestKind.objects.none(), label="办哪一类", to_field_name="code", empty_label="选一类")
    matter = forms.CharField(
        label="办什么", max_length=300, widget=forms.Textarea(attrs={"rows": 4}), help_text="写清楚要办的事；只有管这个阵地的人看得到。"
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["kind"].queryset = RequestKind.objects.filter(ended_on=None)
        self.fields["kind"].label_from_instance = lambda kind: f"{kind}（{kind.days} 个工作日内）"


class StepForm(forms.Form):
    words = forms.CharField(label="办到哪一步，结果怎样", max_length=300, widget=forms.Textarea(attrs={"rows": 3}), required=False)
    on = _day("哪天")


def hours_usual() -> dict[int, list[tuple[time, time]]]:
    """What a form proposes for a station that has no hours yet."""
    return {weekday: [(time(8, 30), time(12, 0)), (time(14, 30), time(17, 30))] for weekday in range(5)}
