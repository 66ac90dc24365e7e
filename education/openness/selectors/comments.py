"""Comments as pages show them: under a piece, in the moderators' list, and what a user may do about one."""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from branches.access import can
from education.openness import rules
from education.openness.models import Answer, Comment, Piece
from education.openness.services.comments import barred
from members.models import Member

TABS = [("review", "等审核"), ("reported", "有举报"), ("answer", "等答复"), ("mine", "我的")]
_ANSWERS = Prefetch("answers", Answer.objects.select_related("by"))


def under(piece: Piece, user) -> QuerySet[Comment]:
    """What stands under a piece, by day: the passed ones, and to each their own that waits."""
    seen = Q(state=rules.PASSED)
    if user.is_authenticated:
        seen |= Q(by=user, state=rules.HELD)
    return Comment.objects.filter(seen, piece=piece).select_related("by").prefetch_related(_ANSWERS).order_by("id")


def listed(user, tab: str) -> QuerySet[Comment]:
    """One of the lists: the longest waiting first, one's own newest first."""
    if tab == "mine":
        rows = Comment.objects.filter(by=user).order_by("-id") if user.is_authenticated else Comment.objects.none()
    elif tab == "answer":
        rows = Comment.objects.answerable(user).filter(answered_on=None).order_by("answer_by", "id")
    elif tab == "reported":
        rows = Comment.objects.where(user, "openness.review").filter(reported_on__isnull=False).order_by("reported_on", "id")
    else:
        rows = Comment.objects.where(user, "openness.review").filter(state=rules.HELD).order_by("on", "id")
    return rows.select_related("by", "piece__organisation", "piece__edition").defer("piece__text")


def acts_open(user, comment: Comment) -> tuple[list[str], str]:
    """What this user may do about it now, the next act first; and what alone keeps them from moderating."""
    acts, why = [], ""
    here = comment.piece.organisation
    if can(user, "openness.review", here) and (comment.state == rules.HELD or comment.state == rules.PASSED):
        why = barred(comment, user)
        if not why:
            if comment.state == rules.HELD:
                acts += [rules.PASS, rules.REFUSE]
            else:
                acts += [rules.KEEP, rules.TAKE_DOWN] if comment.reported_on else [rules.TAKE_DOWN]
        elif comment.state == rules.PASSED:
            why = ""
    if comment.kind == Comment.Kind.QUESTION and comment.state == rules.PASSED and can(user, "openness.disclose", here):
        acts.insert(0, "answer")
    if comment.by_id == user.pk and rules.may_with_comment(rules.TAKE_BACK, comment.state):
        acts.append(rules.TAKE_BACK)
    elif comment.state == rules.PASSED and comment.reported_on is None and comment.by_id != user.pk and rules.TAKE_DOWN not in acts:
        acts.append(rules.REPORT)
    return acts, why


def home_of(comment: Comment) -> str:
    """Where its author belongs, for who moderates."""
    member = Member.objects.filter(user=comment.by_id, left_on=None).select_related("branch").defer("id_number").first()
    return member.branch.short_name if member else "没有组织关系的账号"


def is_late(comment: Comment, today: date) -> bool:
    return comment.answer_by is not None and comment.answered_on is None and comment.answer_by < today
