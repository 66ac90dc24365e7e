"""Questions as pages show them: the list, the sentence of each, what it is made of, and what a user may do about it."""

from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet

from branches.access import can
from branches.models import Organisation
from education.models import Meeting, MeetingFile
from education.selectors.meetings import counted
from education.signals import rules
from education.signals.models import Question, QuestionStep
from education.signals.selectors.texts import texts_of
from partyportal.core.days import chinese_day

Kind, State, Act = Question.Kind, Question.State, QuestionStep.Act
TABS = {
    "waiting": ("要看的", rules.WAITING),
    "open": ("待看", (rules.OPEN,)),
    "asked": ("等支部答复", (rules.ASKED,)),
    "answered": ("已答复", (rules.ANSWERED,)),
    "done": ("办完的", (rules.DISMISSED, rules.GONE)),
}
RELATED = ("organisation", "meeting", "other__organisation")


def listed(user, *, kind: str = "", within: Organisation | None = None, text: str = "") -> QuerySet[Question]:
    """The questions open to a user, newest first, whatever their state."""
    rows = Question.objects.open_to(user)
    if kind in Kind.values:
        rows = rows.filter(kind=kind)
    if within:
        rows = rows.within(within)
    if text:
        rows = rows.filter(organisation__in=Organisation.objects.filter(Q(name__icontains=text) | Q(pinyin__icontains=text)).values("pk"))
    return rows.select_related(*RELATED).defer("meeting__minutes", "other__minutes").order_by("-found_on", "-id")


def counts(rows: QuerySet[Question]) -> dict[str, int]:
    """How many stand under each tab."""
    by_state = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return {tab: sum(by_state.get(state, 0) for state in states) for tab, (_, states) in TABS.items()}


@dataclass(frozen=True)
class Line:
    """A question of a list with its sentence."""

    question: Question
    words: str


def lines(user, questions: list[Question]) -> list[Line]:
    """Their sentences; a meeting of another branch is named only to whoever may see it. One statement more."""
    others = {q.other_id for q in questions if q.other_id}
    seen = set(Meeting.objects.visible_to(user).filter(pk__in=others).order_by().values_list("pk", flat=True)) if others else set()
    return [Line(q, words(q, names_other=q.other_id in seen)) for q in questions]


def words(question: Question, *, names_other: bool) -> str:
    """What was found, in one sentence without a verdict."""
    told = question.numbers
    if question.kind == Kind.BURST:
        late, latest = told["late"], told["latest"]
        return f"{question.quarter}的 {told['recorded']} 次记录里有 {late} 次是季度末前后集中补记的，最晚的隔了 {latest} 天"
    if question.kind == Kind.ROLL:
        kind = Meeting.Kind(told["kind"]).label
        return f"{kind}连续 {told['times']} 次到会的都是同样的人（应到 {told['people']} 人）"
    ours, theirs = question.meeting, question.other
    here = f"{chinese_day(ours.held_on)}{ours.get_kind_display()}"
    if told["own"]:
        there = f"{chinese_day(theirs.held_on, year=theirs.held_on.year != ours.held_on.year)}{theirs.get_kind_display()}"
    elif names_other:
        there = f"{theirs.organisation.short_name} {chinese_day(theirs.held_on, year=theirs.held_on.year != ours.held_on.year)}{theirs.get_kind_display()}"
    else:
        there = "县内另一个支部的一次会"
    if question.kind == Kind.PHOTO:
        return f"{here}和{there}用了同一张照片"
    share = "全文" if told["share"] == 100 else f"有 {told['share']}% "
    return f"{here}的纪要{share}和{there}一样"


@dataclass(frozen=True)
class Side:
    """One of two meetings beside each other. `meeting` is None to whoever may not see it: then the like passages alone are shown, and no photo."""

    heading: str
    meeting: Meeting | None
    passages: list[rules.Passage] = field(default_factory=list)
    photo: MeetingFile | None = None


def sides(user, question: Question) -> list[Side]:
    """Both texts with what is alike marked, or the photo of both."""
    sees = Meeting.objects.visible_to(user).filter(pk=question.other_id).exists()
    if question.kind == Kind.PHOTO:
        return _photos(question, sees=sees)
    texts = texts_of([question.meeting_id, question.other_id])
    ours, theirs = texts[question.meeting_id], texts[question.other_id]
    beside = rules.passages(theirs, ours)
    if not sees:
        beside = [one for one in beside if one.is_like]
    return [
        Side(f"{question.organisation.short_name} {_when(question.meeting)}", question.meeting, rules.passages(ours, theirs)),
        Side(
            f"{question.other.organisation.short_name} {_when(question.other)}" if sees else "县内另一个支部，只列一样的话",
            question.other if sees else None,
            beside,
        ),
    ]


def _photos(question: Question, *, sees: bool) -> list[Side]:
    kept = MeetingFile.objects.filter(meeting__in=[question.meeting_id, question.other_id], digest=question.numbers["file"])
    photos = {one.meeting_id: one for one in kept}
    ours = Side(f"{question.organisation.short_name} {_when(question.meeting)}", question.meeting, photo=photos.get(question.meeting_id))
    if not sees:
        return [ours, Side("县内另一个支部的一次会，同一张照片", None)]
    there = f"{question.other.organisation.short_name} {_when(question.other)}"
    return [ours, Side(there, question.other, photo=photos.get(question.other_id))]


def _when(meeting: Meeting) -> str:
    return f"{chinese_day(meeting.held_on, year=True)}{meeting.get_kind_display()}"


def meetings_of(question: Question) -> QuerySet[Meeting]:
    """The meetings a burst or an unchanging roll is made of, oldest first."""
    rows = Meeting.objects.confirmed().filter(organisation=question.organisation_id, held_on__range=(question.since, question.until))
    if question.kind == Kind.ROLL:
        rows = rows.filter(kind=question.numbers["kind"], group=question.meeting.group_id)
    return counted(rows).order_by("held_on", "pk")


def acts_open(user, question: Question) -> list[str]:
    """What this user may do about it now, the next act first."""
    here, state, acts = question.organisation, question.state, []
    asked_by_user = state == State.ASKED and question.steps.filter(act=Act.ASK, by=user).exists()
    if state == State.ASKED and can(user, "education.record", here) and not asked_by_user:
        acts.append(Act.ANSWER)
    if can(user, "education.question", here):
        order = [Act.DISMISS, Act.ASK] if state == State.ANSWERED else [Act.ASK, Act.DISMISS]
        acts += [act for act in order if rules.may_move(act, state)]
    return acts
