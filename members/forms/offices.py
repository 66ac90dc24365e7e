"""Forms of 班子: an appointment, a whole elected committee, an end; and of leaving, moving all, dissolving."""

from dataclasses import dataclass

from django import forms
from django.db.models import QuerySet

from branches.forms import OrganisationField
from branches.models import Organisation, TermChange
from members.forms.named import NamedMember
from members.models import Affiliation, Member, Office
from members.rules.offices import COMMITTEE_POSTS, Ballot
from members.selectors.leadership import STATES
from members.services.offices import Seat
from partyportal.core.forms import DayInput
from partyportal.core.models import User

Position, Way = Office.Position, Office.Way


class OfficeFilters(forms.Form):
    """What the list's URL asks. A condition nobody could have chosen is left out, not refused."""

    KINDS = (("", "全部"), ("committee", "基层党委"), ("general_branch", "党总支"), ("branch", "党支部"))

    q = forms.CharField(label="找", required=False, max_length=60)
    state = forms.ChoiceField(label="状态", required=False, choices=STATES)
    kind = forms.ChoiceField(label="类别", required=False, choices=KINDS)

    @property
    def asked(self) -> dict[str, str]:
        """Every condition, empty where it is not set or no good."""
        if not hasattr(self, "cleaned_data"):
            self.full_clean()
        return {
            "text": self.cleaned_data.get("q", ""),
            "state": self.cleaned_data.get("state", ""),
            "kind": self.cleaned_data.get("kind", ""),
        }


def person_field(organisation: Organisation, *, by: User, **kwargs) -> forms.Field:
    """A branch's own people to choose from; for a higher organisation whom the actor may name."""
    if organisation.kind in {Organisation.Kind.BRANCH, Organisation.Kind.GROUP}:
        branch = organisation.pk if organisation.is_branch else organisation.parent_id
        people = Member.objects.at_home().filter(branch=branch, category=Member.Category.FULL).defer("id_number").order_by("pinyin", "id")
        return forms.ModelChoiceField(people, to_field_name="uid", empty_label="选一位党员", **kwargs)
    return NamedMember(verb="office.appoint", by=by, holding=organisation, **kwargs)


class OfficeForm(forms.Form):
    """One post: who, which, since when, and how they came to it."""

    position = forms.ChoiceField(label="职务")
    start = forms.DateField(label="任职日期", widget=DayInput)
    way = forms.ChoiceField(label="产生方式", choices=Way.choices)
    entitled = forms.IntegerField(
        label="应到会", min_value=1, max_value=10_000, required=False, help_text="有选举权的人数，选举产生的要填。"
    )
    present = forms.IntegerField(label="实到会", min_value=0, max_value=10_000, required=False, help_text="不少于应到会的五分之四。")
    votes = forms.IntegerField(label="得票", min_value=0, max_value=10_000, required=False, help_text="要超过应到会的半数。")
    basis = forms.CharField(label="批复或任命文号", max_length=120, required=False, help_text="上级任命的要填。")
    full_time = forms.BooleanField(label="专职", required=False, help_text="只做党务，不兼行政、业务。")
    with_grant = forms.BooleanField(label="同时提出授权", required=False, help_text="安全管理员确认后生效，职务终止授权也终止。")

    def __init__(self, data=None, *, organisation: Organisation, by: User, initial=None, may_grant: bool):
        super().__init__(data, initial=initial)
        self.fields["member"] = person_field(organisation, by=by, label="党员")
        self.order_fields(["member"])
        group = organisation.kind == Organisation.Kind.GROUP
        self.fields["position"].choices = [(v, label) for v, label in Position.choices if (v == Position.GROUP_LEADER) == group]
        if not may_grant:
            del self.fields["with_grant"]

    def clean(self):
        data = super().clean()
        counted = [data.get(name) for name in ("entitled", "present", "votes")]
        if any(value is not None for value in counted) and None in counted and not self.errors:
            self.add_error("entitled", "应到会、实到会、得票要填全。")
        return data

    @property
    def appointment(self) -> dict[str, object]:
        """What the service is to write."""
        data = dict(self.cleaned_data)
        entitled, present, votes = (data.pop(name) for name in ("entitled", "present", "votes"))
        return data | {"ballot": Ballot(entitled, present, votes) if entitled is not None else None}


class EndForm(forms.Form):
    """The end of a post."""

    _REASONS = (Office.EndReason.REASSIGNED, Office.EndReason.RESIGNED, Office.EndReason.REMOVED, Office.EndReason.TERM_OVER)

    on = forms.DateField(label="从哪天起不再任职", widget=DayInput)
    reason = forms.ChoiceField(label="缘由", choices=[(reason.value, reason.label) for reason in _REASONS])
    basis = forms.CharField(label="文号", max_length=120, required=False, help_text="免职、撤职要填决定的文号。")


@dataclass(frozen=True)
class Line:
    """One line of the elected committee as the form shows it."""

    label: str
    member: forms.BoundField
    votes: forms.BoundField
    full_time: forms.BoundField


class TermForm(forms.Form):
    """换届: the term, the ballot, and who was elected to what."""

    number = forms.IntegerField(label="第几届", min_value=1, max_value=200)
    start = forms.DateField(label="选举日期", widget=DayInput)
    basis = forms.CharField(label="批复文号", max_length=120, help_text="上级党委批复选举结果的文号。")
    entitled = forms.IntegerField(label="应到会", min_value=1, max_value=10_000, help_text="有选举权的正式党员数。")
    present = forms.IntegerField(label="实到会", min_value=0, max_value=10_000, help_text="不少于应到会的五分之四。")

    def __init__(
        self, data=None, *, organisation: Organisation, by: User, with_committee: bool, held: dict[str, list[Office]], initial=None
    ):
        super().__init__(data, initial=initial)
        self.lines_of: list[tuple[str, str]] = []
        for position in self._posts(organisation, with_committee):
            key = f"{position}-{sum(p == position for p, _ in self.lines_of)}"
            self.lines_of.append((position, key))
            self.fields[f"{key}-member"] = person_field(organisation, by=by, label="当选人", required=position == Position.SECRETARY)
            self.fields[f"{key}-votes"] = forms.IntegerField(label="得票", min_value=0, max_value=10_000, required=False)
            self.fields[f"{key}-full_time"] = forms.BooleanField(label="专职", required=False)
            self._propose(key, organisation, held.get(position, []))

    @staticmethod
    def _posts(organisation: Organisation, with_committee: bool) -> list[str]:
        if organisation.is_branch and not with_committee:
            return [Position.SECRETARY, Position.DEPUTY]
        if organisation.is_branch:
            return [Position.SECRETARY, Position.DEPUTY, *list(COMMITTEE_POSTS)[1:], *[Position.MEMBER] * 3]
        return [Position.SECRETARY, Position.DEPUTY, Position.DEPUTY, *list(COMMITTEE_POSTS)[1:], *[Position.MEMBER] * 5]

    def _propose(self, key: str, organisation: Organisation, held: list[Office]) -> None:
        """Who holds the post now is proposed again; the votes are not."""
        at = int(key.rsplit("-", 1)[1])
        if at < len(held):
            person = held[at].member
            by_choice = organisation.kind == Organisation.Kind.BRANCH
            self.fields[f"{key}-member"].initial = str(person.uid) if by_choice else person.name
            self.fields[f"{key}-full_time"].initial = held[at].full_time

    @property
    def lines(self) -> list[Line]:
        """The committee's lines; of several alike the second and later say so by number."""
        return [
            Line(Position(position).label, self[f"{key}-member"], self[f"{key}-votes"], self[f"{key}-full_time"])
            for position, key in self.lines_of
        ]

    @property
    def head(self) -> list[forms.BoundField]:
        return [self[name] for name in ("number", "start", "basis", "entitled", "present")]

    def clean(self):
        data = super().clean()
        for _, key in self.lines_of:
            if data.get(f"{key}-member") and data.get(f"{key}-votes") is None and f"{key}-votes" not in self.errors:
                self.add_error(f"{key}-votes", "写得票数；没有当选的，把人空着。")
        return data

    @property
    def election(self) -> dict[str, object]:
        """What the service is to write."""
        data = self.cleaned_data
        seats = [
            Seat(data[f"{key}-member"], position, data[f"{key}-votes"], data[f"{key}-full_time"])
            for position, key in self.lines_of
            if data.get(f"{key}-member")
        ]
        return {name: data[name] for name in ("number", "start", "basis", "entitled", "present")} | {"seats": seats}


class TermChangeForm(forms.Form):
    """An extension, or an election sooner than due, as the superior approved it."""

    kind = forms.ChoiceField(label="延期还是提前", choices=TermChange.Kind.choices)
    until = forms.DateField(label="改为届满于", widget=DayInput)
    reason = forms.CharField(label="缘由", max_length=120)
    basis = forms.CharField(label="上级批准的文号", max_length=120)


_LEAVING = (
    (Affiliation.EndReason.WITHDREW, "member.leave"),
    (Affiliation.EndReason.REMOVED, "member.discipline"),
    (Affiliation.EndReason.EXPELLED, "member.discipline"),
)


class LeaveForm(forms.Form):
    """Why a member leaves the Party, from which day, by which document."""

    reason = forms.ChoiceField(label="缘由")
    on = forms.DateField(label="从哪天起", widget=DayInput, help_text="组织关系到前一天为止。")
    basis = forms.CharField(label="决定的文号", max_length=120, help_text="支部大会决议或上级批准的文号。")

    def __init__(self, *args, may_discipline: bool, **kwargs):
        super().__init__(*args, **kwargs)
        shown = [reason for reason, verb in _LEAVING if may_discipline or verb == "member.leave"]
        self.fields["reason"].choices = [(reason.value, reason.label) for reason in shown]


class MoveAllForm(forms.Form):
    """Where the members of a branch go, all at once; the empty branch may be dissolved with it."""

    to = OrganisationField(label="转到哪个党支部", help_text="名称或代码。")
    on = forms.DateField(label="从哪天起", widget=DayInput)
    basis = forms.CharField(label="批准的文号", max_length=120, help_text="上级批准村组合并、组织调整的文号。")
    dissolve = forms.BooleanField(label="转完撤销这个支部", required=False)

    def __init__(self, *args, branches: QuerySet, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = branches


class DissolveForm(forms.Form):
    """The end of an organisation that is empty."""

    on = forms.DateField(label="撤销日期", widget=DayInput)
    basis = forms.CharField(label="批准撤销的文号", max_length=120)
