"""Writing, agreeing to, reviewing and publishing a piece. Whoever wrote it never publishes it, and nothing published is overwritten."""

import hashlib
from collections.abc import Iterable
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from branches.access import can
from branches.models import Organisation
from education.openness import rules
from education.openness.models import Consent, Edition, Piece, PieceStep, Topic
from members.models import Member
from partyportal.core import attachments, audit
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import User

Act, Reach, Sort = PieceStep.Act, Piece.Reach, Piece.Sort
_TOO_LATE = {
    rules.REVISE: "送审和公开了的不能改。先退回，或者用更正。",
    rules.CONSENT: "这篇已经办完，不用再同意。",
    rules.SUBMIT: "这篇已经送审或公开。",
    rules.SEND_BACK: "只有等审核的可以退回。",
    rules.PUBLISH: "只有等审核的可以公开。",
    rules.CORRECT: "只有公开了的可以更正。",
    rules.DROP: "没有正在改的更正。",
    rules.WITHDRAW: "这篇已经撤下了。",
}
TOWNSHIP_KINDS = (Organisation.Kind.COMMITTEE, Organisation.Kind.WORK_COMMITTEE)


def audience_of(organisation: Organisation, reach: str) -> Organisation:
    """Whose people a range names, seen from who writes."""
    if reach == Reach.BRANCH:
        if organisation.kind in (*TOWNSHIP_KINDS, Organisation.Kind.COUNTY):
            raise DomainError("党委的稿件范围选本乡镇（机关）党委或全县。", field="reach")
        return organisation
    above = Organisation.objects.filter(pk__in=[int(part) for part in organisation.path.strip("/").split("/")])
    kinds = TOWNSHIP_KINDS if reach == Reach.TOWNSHIP else (Organisation.Kind.COUNTY,)
    found = above.filter(kind__in=kinds).order_by("-path").first()
    if found is None:
        raise DomainError("上面没有这一级党组织，换一个范围。", field="reach")
    return found


@transaction.atomic
def draft(
    organisation: Organisation,
    *,
    sort: str,
    title: str,
    text: str,
    reach: str,
    by: User,
    today: date,
    video_url: str = "",
    until: date | None = None,
    member: Member | None = None,
    topic: Topic | None = None,
    period_on: date | None = None,
    files: Iterable[UploadedFile] = (),
) -> Piece:
    """写稿: of one's own organisation. A piece of the catalogue names its period by any day of it."""
    _require(by, "openness.disclose", organisation)
    if member is not None and (member.left_on or member.branch_id is None or not member.branch.path.startswith(organisation.path)):
        raise DomainError("只能写本党组织的党员。", field="member")
    piece = Piece(
        sort=sort,
        organisation=organisation,
        reach=reach,
        audience=audience_of(organisation, reach),
        member=member,
        topic=topic,
        period_on=_period(organisation, topic, period_on, today=today),
        title=_said(title, "题目", "title"),
        text=_said(text, "正文", "text"),
        video_url=video_url,
        until=_until(until, today),
        acted_on=today,
        written_by=by,
    )
    try:
        with transaction.atomic():
            piece.save()
    except IntegrityError as refused:
        if "piece_once_a_period" not in str(refused):
            raise
        raise DomainError(f"{piece.period_words}的“{topic}”已经有一篇，打开那一篇更正。", field="topic") from None
    piece.files.set(attachments.store(files, by=by))
    _step(piece, Act.WRITE, by=by, today=today)
    return piece


def _period(organisation: Organisation, topic: Topic | None, day: date | None, *, today: date) -> date | None:
    if topic is None:
        return None
    if topic.organisation_kind != organisation.kind:
        raise DomainError("目录里这一项不是这种党组织公开的。", field="topic")
    if topic.often == Topic.Often.EVENT:
        return None
    asked = rules.period_asked(topic.often, today, days=topic.days, is_ahead=topic.is_ahead)
    period = topic.period_of(day) if day else asked
    if period.start > today:
        raise DomainError("这一期还没有开始，选已经开始的一期。", field="period_on")
    return period.start


@transaction.atomic
def revise(
    piece: Piece,
    *,
    title: str,
    text: str,
    reach: str,
    by: User,
    today: date,
    version: int | None = None,
    video_url: str = "",
    until: date | None = None,
    files: Iterable[UploadedFile] = (),
) -> Piece:
    """改稿: before it is submitted, or as a correction. New files take the place of the old."""
    held = _held(piece, rules.REVISE, version=version)
    _require(by, "openness.disclose", held.organisation)
    held.title, held.text = _said(title, "题目", "title"), _said(text, "正文", "text")
    audience = audience_of(held.organisation, reach)
    if held.edition is None:  # one under correction is read by whom it was told to, until the next edition
        held.audience = audience
    held.reach, held.video_url, held.until, held.written_by = reach, video_url, _until(until, today), by
    if files := list(files):
        held.files.set(attachments.store(files, by=by))
    return _move(held, rules.REVISE, by=by, today=today)


@transaction.atomic
def consent(piece: Piece, *, by: User, today: date, note: str = "", version: int | None = None) -> Piece:
    """本人同意: with the own login; or the branch records a paper, and says where it is kept."""
    held = _held(piece, rules.CONSENT, version=version)
    if held.member is None:
        raise DomainError("党组织的稿件不用本人同意。")
    is_self = held.member.user_id == by.pk
    if not is_self:
        _require(by, "openness.disclose", held.organisation)
        if not note.strip():
            raise DomainError("写明书面同意存在哪里。", field="note")
    if has_consent(held):
        raise DomainError("这些文字本人已经同意过。")
    way = Consent.Way.SELF if is_self else Consent.Way.PAPER
    Consent.objects.create(piece=held, digest=digest_of(held), way=way, on=today, note=note.strip()[:120], by=by)
    return _move(held, rules.CONSENT, note=way.label, by=by, today=today)


def digest_of(piece: Piece) -> str:
    """What somebody agrees to: these words, these photos, this range."""
    files = sorted(piece.files.values_list("digest", flat=True))
    said = "\x00".join([piece.title, piece.text, piece.video_url, piece.reach, *files])
    return hashlib.sha256(said.encode()).hexdigest()


def has_consent(piece: Piece) -> bool:
    """Whether the person agreed to the words as they stand; a piece about nobody needs none."""
    return piece.member_id is None or Consent.objects.filter(piece=piece, digest=digest_of(piece)).exists()


@transaction.atomic
def submit(piece: Piece, *, by: User, today: date, note: str = "", version: int | None = None) -> Piece:
    """送审: once the person has agreed."""
    held = _held(piece, rules.SUBMIT, version=version)
    _require(by, "openness.disclose", held.organisation)
    _check_consent(held)
    return _move(held, rules.SUBMIT, note=note, by=by, today=today)


def _check_consent(piece: Piece) -> None:
    if not has_consent(piece):
        raise DomainError(f"{piece.member}还没有同意这些文字。请本人登录同意，或者登记书面同意。")


def barred(piece: Piece, user: User) -> str:
    """Why this user may not review it although the verb is theirs: written or submitted by them, or about them."""
    if not written_by(user).filter(pk=piece.pk).exists():
        return ""
    is_self = piece.member_id and piece.member.user_id == user.pk
    return "写自己的稿件由别人审核。" if is_self else "自己写的、送审的稿件由别人审核。"


def written_by(user: User) -> QuerySet[Piece]:
    """The pieces a user must not review: about them, or with their hand in the words since the last edition."""
    published = PieceStep.objects.filter(piece=OuterRef("piece"), act=Act.PUBLISH).order_by("-pk").values("pk")[:1]
    hands = PieceStep.objects.filter(act__in=[Act.WRITE, Act.REVISE, Act.SUBMIT], by=user, pk__gt=Coalesce(Subquery(published), 0))
    return Piece.objects.filter(Q(pk__in=hands.values("piece")) | Q(member__user=user))


def may_review(piece: Piece, user: User) -> bool:
    """党务公开 inside a branch: another of its posts. A piece about people or for a wider range: who reviews for all who will read it."""
    if piece.sort == Sort.DISCLOSURE and piece.reach == Reach.BRANCH:
        return can(user, "openness.disclose", piece.organisation)
    return can(user, "openness.review", audience_of(piece.organisation, piece.reach))


def _check_reviewer(piece: Piece, by: User) -> None:
    if not may_review(piece, by):
        raise DomainError(f"范围是{piece.get_reach_display()}的，由能审核这个范围的上级党委来办。")
    if why := barred(piece, by):
        raise DomainError(why)


@transaction.atomic
def send_back(piece: Piece, *, note: str, by: User, today: date, version: int | None = None) -> Piece:
    """退回: with what to change."""
    held = _held(piece, rules.SEND_BACK, version=version)
    _check_reviewer(held, by)
    return _move(held, rules.SEND_BACK, note=_said(note, "退回的原因", "note"), by=by, today=today)


@transaction.atomic
def publish(piece: Piece, *, by: User, today: date, note: str = "", version: int | None = None) -> Piece:
    """审核公开: the next edition, word for word; the consent is asked for once more, for words may have changed since."""
    held = _held(piece, rules.PUBLISH, version=version)
    _check_reviewer(held, by)
    _check_consent(held)
    number = held.editions.count() + 1
    why = held.steps.filter(act=Act.CORRECT).order_by("-pk").values_list("note", flat=True).first() if number > 1 else ""
    edition = Edition.objects.create(
        piece=held,
        number=number,
        title=held.title,
        text=held.text,
        video_url=held.video_url,
        reach=held.reach,
        until=held.until,
        reason=why or "",
        published_on=today,
        written_by=held.written_by,
        reviewed_by=by,
    )
    edition.files.set(held.files.defer("sealed"))
    held.edition, held.published_on, held.audience = edition, held.published_on or today, audience_of(held.organisation, held.reach)
    return _move(held, rules.PUBLISH, note=note, by=by, today=today, number=number)


@transaction.atomic
def correct(piece: Piece, *, note: str, by: User, today: date, version: int | None = None) -> Piece:
    """更正: readers keep the edition they have until the next is published."""
    held = _held(piece, rules.CORRECT, version=version)
    _require(by, "openness.disclose", held.organisation)
    return _move(held, rules.CORRECT, note=_said(note, "更正什么", "note"), by=by, today=today)


@transaction.atomic
def drop(piece: Piece, *, by: User, today: date, note: str = "", version: int | None = None) -> Piece:
    """放弃更正: the draft becomes what is published again."""
    held = _held(piece, rules.DROP, version=version)
    _require(by, "openness.disclose", held.organisation)
    if held.edition is None:
        raise DomainError(_TOO_LATE[rules.DROP])
    said = held.edition
    held.title, held.text, held.video_url, held.until = said.title, said.text, said.video_url, said.until
    held.reach = said.reach
    held.files.set(said.files.defer("sealed"))
    return _move(held, rules.DROP, note=note, by=by, today=today)


@transaction.atomic
def withdraw(piece: Piece, *, note: str, by: User, today: date, version: int | None = None) -> Piece:
    """撤下: by who wrote or reviews it, and at any time by the person it is about (PIPL Art15: 个人有权撤回其同意)."""
    held = _held(piece, rules.WITHDRAW, version=version)
    is_self = held.member is not None and held.member.user_id == by.pk
    if not is_self and not can(by, "openness.review", held.audience):
        _require(by, "openness.disclose", held.organisation)
    note = "本人不同意公开" if is_self and not note.strip() else _said(note, "撤下的原因", "note")
    return _move(held, rules.WITHDRAW, note=note, by=by, today=today)


def _require(by: User, verb: str, organisation: Organisation) -> None:
    if not can(by, verb, organisation):
        raise DomainError(f"这要由{organisation}的书记或上级党委来办。")


def _said(text: str, what: str, field: str) -> str:
    if not text.strip():
        raise DomainError(f"写上{what}。", field=field)
    return text.strip()


def _until(until: date | None, today: date) -> date | None:
    if until is not None and until < today:
        raise DomainError("公开到哪天不能早于今天。", field="until")
    return until


def _held(piece: Piece, act: str, *, version: int | None) -> Piece:
    """The piece locked, if this act may still be done."""
    held = (
        Piece.objects.select_for_update(of=("self",))
        .select_related("organisation", "audience", "member", "topic", "edition")
        .get(pk=piece.pk)
    )
    if version is not None and version != held.version:
        raise Stale("这篇刚才有人办过。看过再办。")
    if not rules.may(act, held.state):
        raise DomainError(_TOO_LATE[act])
    return held


def _move(held: Piece, act: str, *, by: User, today: date, note: str = "", **data) -> Piece:
    held.state, held.acted_on, held.version = rules.after(act, held.state), today, held.version + 1
    try:
        with transaction.atomic():
            held.save()
    except IntegrityError as refused:
        if "piece_once_a_period" not in str(refused):
            raise
        raise DomainError("这一项这一期已经另有一篇。") from None
    _step(held, act, note=note, by=by, today=today, **data)
    return held


def _step(piece: Piece, act: str, *, by: User, today: date, note: str = "", **data) -> None:
    PieceStep.objects.create(piece=piece, act=act, on=today, by=by, note=note[:200])
    subject = piece.member.uid if piece.member_id else None
    audit.record(f"openness.piece.{act}", piece, by=by, path=piece.organisation.path, subject=subject, on=today, **data)
