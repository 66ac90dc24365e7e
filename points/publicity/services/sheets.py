"""Publishing a branch's quarter, and closing it. Both under the ledger's own locks: a sheet is what stood between two settles."""

from collections.abc import Iterable, Mapping
from datetime import date

from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from branches.models import Organisation
from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import Notice, User
from partyportal.core.parameters import value_on
from partyportal.core.workdays import calendar
from points.publicity import rules
from points.publicity.models import Closing, Objection, Publication, SheetLine
from points.publicity.parameters import WINDOW_DAYS
from points.publicity.selectors.sheets import categories_of, people_of
from points.settlement import Scope, settle
from points.settlement.post import lock


@transaction.atomic
def publish(branch: Organisation, *, year: int, quarter: int, by: User, today: date) -> Publication:
    """Store the quarter's sheet as the ledger stands at this moment, and open it to objections.

    What is still owed to these members is settled first. The settle's locks are held to the end: nothing of theirs is posted
    between the sheet and its moment, so that whatever is posted later is exactly what the sheet does not have.
    """
    if not branch.is_branch:
        raise DomainError("积分在党支部内公示，选一个党支部。")
    if not rules.is_over(year, quarter, today):
        starts = rules.last_day(year, quarter)
        raise DomainError(f"这个季度到 {starts:%-m月%-d日}才结束，结束以后再公示。")
    members = people_of(branch, year, quarter)
    if not members:
        raise DomainError("这个季度末支部里没有党员，不用公示。")
    settle(Scope.of(members, year))
    earlier = Publication.objects.filter(organisation=branch, year=year, quarter=quarter).first()
    if earlier is not None:
        raise DomainError(f"{earlier}已在 {earlier.published_on:%-m月%-d日}公示，不用再公示。")
    publication = Publication.objects.create(
        organisation=branch,
        year=year,
        quarter=quarter,
        published_on=today,
        until=calendar().last_of(today, value_on(today, WINDOW_DAYS)),
        as_of=_moment(),
        categories=categories_of(branch, year, quarter),
        published_by=by,
    )
    lines = write_sheets([publication.pk])
    tell_members([publication.pk])
    record_published([publication], lines={publication.pk: lines}, by=by)
    return publication


def record_published(publications: Iterable[Publication], *, lines: Mapping[int, int], by: User) -> None:
    """An audit row for each sheet one person published; `lines` by publication."""
    audit.record_many(
        "publicity.publication.published",
        [
            {
                "target_kind": "publicity.publication",
                "target_uid": one.uid,
                "path": one.organisation.path,
                "data": {"year": one.year, "quarter": one.quarter, "lines": lines.get(one.pk, 0), "until": one.until},
            }
            for one in publications
        ],
        by=by,
    )


def _moment():
    """The database's clock, which also stamps the entries: two machines' clocks could part a sheet from its own entries."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def write_sheets(publications: Iterable[int]) -> int:
    """Fill the sheets of new publications from the standings, one statement for one branch or a county; returns the lines."""
    with connection.cursor() as cursor:
        cursor.execute(_SHEET, [list(publications)])
        return cursor.rowcount


# Who belonged to the branch on the quarter's last day; of merged files the one that is kept, of the dead nobody.
_SHEET = """
INSERT INTO publicity_sheetline (publication_id, member_id, points, to_date, by_category)
SELECT p.id, m.id,
       coalesce(sum(s.points) FILTER (WHERE s.quarter = p.quarter), 0),
       coalesce(sum(s.points), 0),
       coalesce(jsonb_object_agg(s.category, s.points::text) FILTER (WHERE s.quarter = p.quarter AND s.points <> 0), '{}')
FROM publicity_publication p
CROSS JOIN LATERAL (SELECT (make_date(p.year, p.quarter * 3, 1) + interval '1 month -1 day')::date AS day) AS last
JOIN members_affiliation a ON a.organisation_id = p.organisation_id AND a.start <= last.day AND (a."end" IS NULL OR a."end" > last.day)
JOIN members_member gone ON gone.id = a.member_id
JOIN members_member m ON m.id = coalesce(gone.merged_into_id, gone.id) AND m.left_on IS NULL
LEFT JOIN points_standing s ON s.member_id = m.id AND s.year = p.year AND s.quarter <= p.quarter
WHERE p.id = ANY(%s)
GROUP BY p.id, m.id
"""


def tell_members(publications: Iterable[int]) -> int:
    """One line into the inbox of whoever stands on a sheet and has an account: the quarter's letter can be read, and until when it may be objected to."""
    lines = SheetLine.objects.filter(publication__in=list(publications), member__user__is_active=True)
    rows = lines.select_related("publication", "member").only(
        *("publication__uid", "publication__year", "publication__quarter", "publication__until", "member__uid", "member__user_id")
    )
    notices = [
        Notice(
            user_id=line.member.user_id,
            key=f"publicity.letter:{line.publication.uid}",
            title=f"看 {line.publication}积分告知书",
            reason=f"积分已在支部内公示，{line.publication.until:%-m月%-d日}以前有错可以提异议",
            url=f"{reverse('points:letter', args=[line.member.uid])}?period={line.publication.year}Q{line.publication.quarter}",
        )
        for line in rows
    ]
    Notice.objects.bulk_create(notices, batch_size=5000, ignore_conflicts=True)
    return len(notices)


@transaction.atomic
def close(publication: Publication, *, by: User | None, today: date) -> Closing:
    """Close the quarter: from here on the sheet is what was agreed, and a correction is shown beside it.

    The year is taken alone: whatever was being settled or objected to is committed and seen, or comes after.
    """
    lock(Scope(publication.year))
    if Closing.objects.filter(publication=publication).exists():
        raise DomainError("这个季度已经关闭了。")
    if today <= publication.until:
        raise DomainError(f"公示到 {publication.until:%-m月%-d日}，期满以后再关闭。")
    waiting = Objection.objects.filter(publication=publication).open(today).count()
    if not rules.may_close(publication.until, today, open_objections=waiting):
        raise DomainError(f"还有 {waiting} 件异议没有办完，办完再关闭。")
    closing = Closing.objects.create(publication=publication, closed_on=today, closed_at=timezone.now(), closed_by=by)
    record_closed([closing], by=by)
    return closing


@transaction.atomic
def close_due(*, today: date) -> int:
    """公示期满、没有异议的自动关闭: every sheet whose window is over and of which nothing is in dispute; returns how many."""
    waiting = Publication.objects.filter(closing=None, until__lt=today)
    for year in sorted(set(waiting.order_by().values_list("year", flat=True))):
        lock(Scope(year))
    disputed = Objection.objects.open(today).order_by().values("publication")
    now = timezone.now()
    closings = Closing.objects.bulk_create(
        [
            Closing(publication=publication, closed_on=today, closed_at=now)
            for publication in waiting.exclude(pk__in=disputed).select_related("organisation").order_by("pk")
        ]
    )
    record_closed(closings, by=None)
    return len(closings)


def record_closed(closings: list[Closing], *, by: User | None) -> None:
    """An audit row for each quarter closed."""
    audit.record_many(
        "publicity.quarter.closed",
        [
            {
                "target_kind": "publicity.closing",
                "target_uid": closing.uid,
                "path": closing.publication.organisation.path,
                "data": {"publication": closing.publication.uid, "year": closing.publication.year, "quarter": closing.publication.quarter},
            }
            for closing in closings
        ],
        by=by,
    )
