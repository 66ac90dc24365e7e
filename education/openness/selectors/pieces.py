"""Pieces as pages show them: the wall, the drafts, what a user may do, and the names a text tells."""

from django.db.models import QuerySet, TextField, Value
from django.db.models.functions import StrIndex

from branches.access import can
from education.openness import rules
from education.openness.models import Piece
from education.openness.services import pieces as services
from members.models import Member
from partyportal.core.models import Attachment

RELATED = ("organisation", "audience", "member", "topic", "edition", "written_by")


def told(rows: QuerySet[Piece]) -> QuerySet[Piece]:
    """What stands published, newest first: ordered by day and by nothing else."""
    return rows.standing().select_related(*RELATED).defer("member__id_number", "text").order_by("-published_on", "-id")


def in_work(rows: QuerySet[Piece], user) -> QuerySet[Piece]:
    """What is being written or reviewed by the user's posts: the longest waiting first."""
    mine = rows.where(user, "openness.disclose").exclude(state__in=[rules.PUBLISHED, rules.WITHDRAWN])
    return mine.select_related(*RELATED).defer("member__id_number", "text").order_by("acted_on", "id")


def acts_open(user, piece: Piece) -> tuple[list[str], str]:
    """What this user may do about it now, the next act first; and what keeps it waiting, in words."""
    acts, why = [], ""
    writes = can(user, "openness.disclose", piece.organisation)
    is_self = piece.member is not None and piece.member.user_id == user.pk
    agreed = services.has_consent(piece)
    if piece.state in {rules.DRAFT, rules.RETURNED}:
        if not agreed and (writes or is_self):
            acts.append(rules.CONSENT)
            why = "" if is_self else f"等{piece.member}同意这些文字。本人登录后在这一页同意，或者登记书面同意。"
        elif writes:
            acts.append(rules.SUBMIT)
        if writes and piece.edition_id:
            acts.append(rules.DROP)
    if piece.state == rules.SUBMITTED and services.may_review(piece, user):
        why = services.barred(piece, user)
        if not why:
            acts += [rules.PUBLISH, rules.SEND_BACK]
    if piece.state == rules.PUBLISHED and writes:
        acts.append(rules.CORRECT)
    if piece.state != rules.WITHDRAWN and (writes or is_self or can(user, "openness.review", piece.audience)):
        acts.append(rules.WITHDRAW)
    return acts, why


def names_in(piece: Piece) -> list[tuple[str, str]]:
    """The whole names of members the draft tells without leave. A piece about somebody who agreed may name them."""
    people = Member.objects.filter(branch__path__startswith=piece.organisation.path, left_on=None)
    text = f"{piece.title} {piece.text}"
    found = people.alias(at=StrIndex(Value(text, output_field=TextField()), "name")).filter(at__gt=0)
    return rules.whole_names(
        text, found.order_by("pinyin").values_list("name", flat=True)[:50], agreed=[piece.member.name] if piece.member_id else []
    )


def files_of(holder) -> list[tuple[Attachment, bool]]:
    """Its photos and papers in their order, each with whether it can be looked at in the page."""
    rows = holder.files.defer("sealed").order_by("uploaded_at", "pk")
    return [(file, file.kind.startswith("image/")) for file in rows]
