"""留言: said once, held, passed or refused by somebody else, answered in time, reported, taken down. Its words never change."""

from datetime import date, timedelta

from django.db import transaction

from branches.access import can
from education.openness import rules
from education.openness.models import Answer, Comment, CommentStep, Piece
from education.openness.parameters import ANSWER_DAYS, COMMENT_LENGTH, COMMENTS_A_DAY, UNNAMED
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import value_on, values_on
from partyportal.core.workdays import calendar

Act, Kind = CommentStep.Act, Comment.Kind


@transaction.atomic
def say(piece: Piece, *, kind: str, text: str, by: User, today: date, is_named: bool = True) -> Comment:
    """留言 or 提问 under what one reads. The account is held, so that ten at once are counted one after the other."""
    User.objects.select_for_update().get(pk=by.pk)
    if not Piece.objects.visible_to(by).standing().filter(pk=piece.pk).exists():
        raise DomainError("这篇已经撤下，不能留言。")
    numbers = values_on(today, [COMMENT_LENGTH, COMMENTS_A_DAY, UNNAMED])
    text = rules.plain(text)
    if not text:
        raise DomainError("写上要说的话。", field="text")
    if len(text) > numbers[COMMENT_LENGTH.key]:
        raise DomainError(f"最多 {numbers[COMMENT_LENGTH.key]} 个字，现在 {len(text)} 个，写短一些。", field="text")
    if not is_named and not numbers[UNNAMED.key]:
        raise DomainError("这里留言要显示姓名。", field="is_named")
    own = Comment.objects.filter(by=by, on=today)
    if own.filter(piece=piece, text=text).exists():
        raise DomainError("这句话今天已经留过，等审核。", field="text")
    if own.count() >= numbers[COMMENTS_A_DAY.key]:
        raise DomainError(f"一天最多 {numbers[COMMENTS_A_DAY.key]} 条，明天再写。", field="text")
    made = Comment.objects.create(piece=piece, kind=kind, text=text, is_named=is_named, by=by, on=today, acted_on=today)
    audit.record("openness.comment.said", made, by=by, path=piece.organisation.path, on=today, kind=kind)
    return made


def barred(comment: Comment, user: User) -> str:
    """Why this user may not moderate it although the verb is theirs."""
    piece = comment.piece
    if comment.by_id == user.pk:
        return "自己的留言由别人审核。"
    if user.pk in {piece.written_by_id, piece.edition.written_by_id if piece.edition else None}:
        return "自己写的稿件，下面的留言由别人审核。"
    return ""


@transaction.atomic
def pass_(comment: Comment, *, by: User, today: date, note: str = "") -> Comment:
    """公开: a question is to be answered from now on within the days."""
    held = _moderated(comment, rules.PASS, by)
    if held.kind == Kind.QUESTION:
        held.answer_by = calendar().last_of(today + timedelta(days=1), value_on(today, ANSWER_DAYS))
    return _move(held, rules.PASS, note=note, by=by, today=today)


@transaction.atomic
def refuse(comment: Comment, *, note: str, by: User, today: date) -> Comment:
    """不公开: with the reason, which its author reads."""
    return _move(_moderated(comment, rules.REFUSE, by), rules.REFUSE, note=_why(note), by=by, today=today)


@transaction.atomic
def take_down(comment: Comment, *, note: str, by: User, today: date) -> Comment:
    """撤下: with the reason; after a report, or when a moderator sees it alone."""
    held = _moderated(comment, rules.TAKE_DOWN, by)
    held.reported_on = None
    return _move(held, rules.TAKE_DOWN, note=_why(note), by=by, today=today)


@transaction.atomic
def keep(comment: Comment, *, note: str, by: User, today: date) -> Comment:
    """举报不成立: the report is answered and the comment stays."""
    held = _moderated(comment, rules.KEEP, by)
    if held.reported_on is None:
        raise DomainError("没有等处理的举报。")
    held.reported_on = None
    return _move(held, rules.KEEP, note=_why(note), by=by, today=today)


@transaction.atomic
def report(comment: Comment, *, note: str, by: User, today: date) -> Comment:
    """举报: by any reader; once while it is open."""
    held = _held(comment, rules.REPORT)
    if held.by_id == by.pk:
        raise DomainError("自己的留言可以收回，不用举报。")
    if not Comment.objects.visible_to(by).filter(pk=held.pk).exists():
        raise DomainError("这条留言已经不在了。")
    if held.reported_on is not None:
        raise DomainError("这条已经有人举报，正等着处理。")
    held.reported_on = today
    return _move(held, rules.REPORT, note=_why(note), by=by, today=today)


@transaction.atomic
def take_back(comment: Comment, *, by: User, today: date, note: str = "") -> Comment:
    """收回: by who said it."""
    held = _held(comment, rules.TAKE_BACK)
    if held.by_id != by.pk:
        raise DomainError("只能收回自己的留言。")
    held.reported_on = None
    return _move(held, rules.TAKE_BACK, note=note, by=by, today=today)


@transaction.atomic
def answer(comment: Comment, *, note: str, by: User, today: date) -> Comment:
    """答复: the organisation's; a second one adds to the first and changes nothing of it. The same sent twice is one."""
    held = Comment.objects.select_for_update(of=("self",)).select_related("piece__organisation").get(pk=comment.pk)
    if held.kind != Kind.QUESTION or held.state != rules.PASSED:
        raise DomainError("公开了的提问才能答复。")
    if not can(by, "openness.disclose", held.piece.organisation):
        raise DomainError(f"由{held.piece.organisation}或它的上级答复。")
    text = rules.plain(note)
    if not text:
        raise DomainError("写上答复。", field="note")
    said = {"comment": held, "text": text[:1000], "on": today, "by": by}
    if Answer.objects.filter(**said).exists():
        return held
    Answer.objects.create(**said)
    if held.answered_on is None:
        held.answered_on = today
        held.save(update_fields=["answered_on"])
    audit.record("openness.comment.answered", held, by=by, path=held.piece.organisation.path, on=today)
    return held


def _why(note: str) -> str:
    if not note.strip():
        raise DomainError("写上原因。", field="note")
    return note.strip()


def _held(comment: Comment, act: str) -> Comment:
    """The comment locked, if this act may still be done."""
    related = ("piece__organisation", "piece__edition")
    held = Comment.objects.select_for_update(of=("self",)).select_related(*related).get(pk=comment.pk)
    if not rules.may_with_comment(act, held.state):
        raise DomainError(f"这条留言{held.get_state_display()}，刚才有人办过。")
    return held


def _moderated(comment: Comment, act: str, by: User) -> Comment:
    held = _held(comment, act)
    if not can(by, "openness.review", held.piece.organisation):
        raise DomainError("留言由上级党委审核。")
    if why := barred(held, by):
        raise DomainError(why)
    return held


def _move(held: Comment, act: str, *, by: User, today: date, note: str = "") -> Comment:
    held.state, held.acted_on = rules.COMMENT_WAYS[act][1], today
    held.save(update_fields=["state", "acted_on", "answer_by", "reported_on"])
    CommentStep.objects.create(comment=held, act=act, on=today, by=by, note=note[:200])
    audit.record(f"openness.comment.{act}", held, by=by, path=held.piece.organisation.path, on=today)
    return held
