"""The meeting form: the facts proposed, the roll complete, and only what differs to be touched."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from django import forms
from django.utils.dateparse import parse_date

from branches.models import Organisation
from education.models import Attendance, Leave, Meeting, RollExclusion
from education.rules import Tally, clock, meeting_faults, tally
from education.selectors.rolls import granted_leaves, is_expected, same_meeting, standing_roll
from education.services import RollLine, already_recorded
from members.selectors.days import OnRoll
from partyportal.core.forms import DayInput
from partyportal.core.numbers import number_named

State, Reason = Attendance.State, Attendance.Reason

LATE = "late"  # who came late is present, and counted so by the page's script too
STATES = [(State.PRESENT, "到"), (LATE, "迟到", "ochre"), (State.LEAVE, "请假", "ochre"), (State.ABSENT, "缺席", "red")]
CAME = [(State.EXCUSED, "没来"), (State.PRESENT, "来了")]
GUEST = "guest"  # a guest who came, counted apart from 实到 by the page's script too
GUEST_CAME = [(State.EXCUSED, "没来"), (GUEST, "来了")]
LEAVE_REASONS = [(r.value, r.label) for r in (Reason.ILL, Reason.AWAY, Reason.DUTY, Reason.OTHER)]
OTHERS_SHOWN = 8  # who is not expected stands open on the page up to so many
ABSENT_REASONS = [(Reason.UNEXPLAINED.value, "没有说明"), (Reason.OTHER.value, "写原因")]

# Another day reads the roll anew at once where htmx runs; without it the button beside the field does.
REREAD = {
    "hx-post": "",
    "hx-trigger": "change",
    "hx-target": "#roll-part",
    "hx-include": "closest form",
    "hx-vals": '{"act": "reread"}',
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One member's row of the form."""

    line: OnRoll
    expected: bool
    state: str
    leave: str = ""
    absent: str = Reason.UNEXPLAINED.value
    note: str = ""
    fault: str = ""
    is_late: bool = False
    late_minutes: str = ""
    asked: bool = False  # leave was asked before, and granted

    @property
    def name(self) -> str:
        return f"roll-{self.line.uid}"

    @property
    def faults(self) -> list[str]:
        return [self.fault] if self.fault else []

    @property
    def note_words(self) -> str:
        """The second line under the name: a post, what kind of member, or why not expected."""
        line = self.line
        if line.guest_of:
            return f"{line.guest_of}的流动党员，记到那边"
        if line.hosted_at:
            return f"在{line.hosted_at}就近参加，那边记了就算"
        if not self.expected:
            if line.is_lost:
                return "失联"
            if line.excluded:
                return f"{RollExclusion.Why(line.excluded).label}，支部同意、上级备案"
            where = f"，{line.destination}" if line.destination else ""
            return {"mobile": f"流动党员{where}", "exempt": f"{line.age} 岁，支部同意免会"}.get(line.member_class, "不是支委")
        if self.asked:
            return "事先请了假"
        if line.office_label:
            return line.office_label
        if line.is_probationary:
            return "预备党员"
        return f"党龄 {line.standing_years} 年" if line.standing_years >= 50 else ""

    @property
    def shown(self) -> str:
        """The value of the radio button that is chosen."""
        if self.state == State.PRESENT and (self.line.guest_of or self.is_late):
            return GUEST if self.line.guest_of else LATE
        return self.state

    def said(self) -> RollLine:
        if self.state == State.LEAVE:
            return RollLine(state=self.state, reason=self.leave, note=self.note)
        if self.state == State.ABSENT:
            return RollLine(state=self.state, reason=self.absent, note=self.note if self.absent == Reason.OTHER else "")
        minutes = int(self.late_minutes) if self.is_late and self.late_minutes else None
        return RollLine(state=self.state, is_late=self.is_late, late_minutes=minutes)


class MeetingForm(forms.Form):
    """A meeting and its roll. The roll follows the day: another day re-reads it, and keeps what was said of whoever stays on it."""

    uid = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    held_on = forms.DateField(
        label="日期", widget=DayInput(attrs=REREAD), error_messages={"required": "选一个日期。", "invalid": "日期写成 2026-11-20。"}
    )
    starts_at = forms.TimeField(label="开始", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends_at = forms.TimeField(label="结束", required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    place = forms.CharField(label="地点", required=False, max_length=80)
    host = forms.ChoiceField(label="主持", required=False)
    scribe = forms.ChoiceField(label="记录", required=False)
    group = forms.ModelChoiceField(
        Organisation.objects.none(),
        label="党小组",
        to_field_name="code",
        empty_label="选一个党小组",
        error_messages={"required": "选一个党小组。"},
    )
    topic = forms.CharField(label="主题", max_length=120, error_messages={"required": "写上主题，一句话就行。"})
    minutes = forms.CharField(label="主要内容", required=False, widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000)
    decisions = forms.CharField(label="议定事项", required=False, widget=forms.Textarea(attrs={"rows": 2}), max_length=4_000)
    study_hours = forms.DecimalField(label="学时", required=False, min_value=0, max_value=16, max_digits=4, decimal_places=1)
    # Nobody types into it: it is where faults of the roll as a whole are told.
    roll = forms.CharField(label="到会", required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Mapping | None = None,
        *,
        organisation: Organisation,
        kind: str,
        today: date,
        meeting: Meeting | None = None,
        initial: Mapping,
        said: Mapping | None = None,
        confirming: bool = False,
    ):
        """`data` is validated; `initial` and `said` (a form's own words about the roll) are only shown again."""
        super().__init__(data, initial=initial)
        self.organisation, self.kind, self.today, self.meeting, self.confirming = organisation, kind, today, meeting, confirming
        self.same: Meeting | None = None
        self.groups = self._prepare_group()
        self.entries = self._entries(data if data is not None else said)
        people = [("", "—"), *((e.line.uid, e.line.name) for e in self.entries if not e.line.guest_of)]
        self.fields["host"].choices = self.fields["scribe"].choices = people

    def _prepare_group(self) -> list[Organisation]:
        if self.kind != Meeting.Kind.GROUP:
            del self.fields["group"]
            return []
        groups = Organisation.objects.filter(parent=self.organisation, kind=Organisation.Kind.GROUP).existing()
        self.fields["group"].queryset = groups
        self._group_list = list(groups)
        return self._group_list

    def _asked(self, name: str):
        return self.data.get(name) if self.is_bound else self.initial.get(name)

    @property
    def roll_day(self) -> date:
        """The day the roll is of; of a day that will be refused, today's, so that nothing said of anybody is lost."""
        return self.asked_day if self.organisation.founded_on <= self.asked_day <= self.today else self.today

    @property
    def asked_day(self) -> date:
        """The day typed if it is one, else the one proposed."""
        typed = self._asked("held_on")
        if isinstance(typed, date):
            return typed
        try:
            return parse_date(typed or "") or self.today
        except ValueError:
            return self.today

    def _entries(self, said: Mapping | None) -> list[Entry]:
        code = self._asked("group")
        group = next((g for g in self.groups if g.code == code), None)
        if self.kind == Meeting.Kind.GROUP and group is None:
            return []
        lines = standing_roll(organisation=self.organisation, group=group, held_on=self.roll_day, kind=self.kind)
        stored = {row.member_id: row for row in self.meeting.attendances.all()} if self.meeting else {}
        asked = granted_leaves(organisation=self.organisation, day=self.roll_day, kind=self.kind)
        return [self._entry(line, said, stored.get(line.member_id), asked.get(line.member_id)) for line in lines]

    def _entry(self, line: OnRoll, said: Mapping | None, stored: Attendance | None, asked: Leave | None) -> Entry:
        expected = is_expected(line, self.kind)
        entry = Entry(line=line, expected=expected, state=State.PRESENT if expected else State.EXCUSED)
        if asked and expected:
            entry = replace(entry, state=State.LEAVE, leave=asked.reason, note=asked.note, asked=True)
        name = entry.name
        if said is not None and name in said:
            allowed = State.values if expected else (State.PRESENT, State.EXCUSED)
            late = expected and said[name] == LATE
            told = State.PRESENT if late or (line.guest_of and said[name] == GUEST) else said[name]
            entry = replace(
                entry,
                state=told if told in allowed else entry.state,
                leave=said.get(f"{name}-leave", ""),
                absent=said.get(f"{name}-absent") or entry.absent,
                note=said.get(f"{name}-note", "").strip()[:120],
                is_late=late,
                late_minutes=said.get(f"{name}-late", "").strip()[:4],
            )
        elif said is None and stored is not None and (expected or stored.state == State.PRESENT):
            reason = {State.LEAVE: "leave", State.ABSENT: "absent"}.get(stored.state)
            late = {"is_late": stored.is_late, "late_minutes": str(stored.late_minutes or "")}
            entry = replace(entry, state=stored.state, note=stored.note, **late, **({reason: stored.reason} if reason else {}))
        return entry

    @property
    def expected(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.expected]

    @property
    def others(self) -> list[Entry]:
        return [entry for entry in self.entries if not entry.expected and not entry.line.guest_of]

    @property
    def shows_others(self) -> bool:
        """A committee's meeting does not unroll the whole branch under its five, unless one of them came."""
        return len(self.others) <= OTHERS_SHOWN or any(entry.state == State.PRESENT for entry in self.others)

    @property
    def guests(self) -> list[Entry]:
        """Mobile members of other branches whom this one has taken on."""
        return [entry for entry in self.entries if entry.line.guest_of]

    @property
    def tally(self) -> Tally:
        return tally(entry.state for entry in self.entries if not entry.line.guest_of)

    @property
    def confirm_label(self) -> str:
        return f"确认到会 {self.tally.present} 人"

    def clean(self):
        cleaned = super().clean()
        held_on, group = cleaned.get("held_on"), cleaned.get("group")
        if held_on:
            branch = self.organisation
            for fault in meeting_faults(
                held_on=held_on,
                starts_at=cleaned.get("starts_at"),
                ends_at=cleaned.get("ends_at"),
                today=self.today,
                founded_on=branch.founded_on,
                dissolved_on=branch.dissolved_on,
            ):
                self.add_error(fault.field, fault.message)
            self.same = same_meeting(organisation=branch, group=group, kind=self.kind, held_on=held_on, but=self.meeting)
            if self.same:
                self.add_error("held_on", already_recorded(self.same))
        self._clean_roll()
        return cleaned

    def _clean_roll(self) -> None:
        checked = []
        for entry in self.entries:
            fault = ""
            if entry.state == State.LEAVE and entry.leave not in dict(LEAVE_REASONS):
                fault = "选一个请假的原因。"
            elif entry.state == State.ABSENT and entry.absent not in dict(ABSENT_REASONS):
                fault = "选一个缺席的原因。"
            elif entry.state == State.ABSENT and entry.absent == Reason.OTHER and not entry.note:
                fault = "写上原因，或者选没有说明。"
            elif entry.is_late and entry.late_minutes and number_named(entry.late_minutes, 1, 600) is None:
                fault = "迟到几分钟写一个整数，不记得就空着。"
            checked.append(replace(entry, fault=fault))
        self.entries = checked
        faulty = [entry.line.name for entry in checked if entry.fault]
        if faulty:
            late = any(entry.fault and entry.is_late for entry in checked)
            self.add_error("roll", f"{'、'.join(faulty[:3])}{'等' if len(faulty) > 3 else ''}{'没有写清楚' if late else '还没有写原因'}。")
        elif self.confirming and not any(e.state == State.PRESENT and not e.line.guest_of for e in self.entries):
            self.add_error("roll", "一个人也没有到，不能确认。没开成就不记。")

    def content(self) -> dict:
        """What the services take of a valid form."""
        cleaned, ids = self.cleaned_data, {entry.line.uid: entry.line.member_id for entry in self.entries}
        return {
            "kind": self.kind,
            "group": cleaned.get("group"),
            "held_on": cleaned["held_on"],
            "starts_at": cleaned["starts_at"],
            "ends_at": cleaned["ends_at"],
            "place": cleaned["place"],
            "host_id": ids.get(cleaned["host"]),
            "scribe_id": ids.get(cleaned["scribe"]),
            "topic": cleaned["topic"],
            "minutes": cleaned["minutes"],
            "decisions": cleaned["decisions"],
            "study_hours": cleaned["study_hours"] or 0,
            "roll": {e.line.member_id: e.said() for e in self.entries if e.expected or e.state == State.PRESENT},
        }

    def shown_time(self) -> str:
        if self.is_bound:
            return "–".join(at.lstrip("0") or at for at in (self.data.get("starts_at", ""), self.data.get("ends_at", "")) if at) or "没有写"
        starts, ends = self.initial.get("starts_at"), self.initial.get("ends_at")
        if isinstance(starts, str) or isinstance(ends, str):
            return "–".join(at for at in (starts, ends) if at) or "没有写"
        return clock(starts, ends) or "没有写"

    def shown_place(self) -> str:
        return self._asked("place") or "没有写"

    def shown_people(self) -> str:
        names = {entry.line.uid: entry.line.name for entry in self.entries}
        return " / ".join(names.get(str(self._asked(post) or ""), "—") for post in ("host", "scribe"))


class ReturnForm(forms.Form):
    """Why the committee sends a meeting back."""

    reason = forms.CharField(
        label="退回原因",
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "写上退回原因，支部才知道改什么。"},
    )
