"""Publishing: what is found is mended first, then the draft is frozen (by trigger) and rules from its first day."""

from datetime import date

from celery import current_app
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from branches.models import Organisation
from partyportal.core import audit
from partyportal.core.doorbell import ring
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from points.models import Scheme
from points.rules.findings import MOST_A_YEAR
from points.schemes import default
from points.selectors.drafts import content_of, findings_of, is_ruled_already
from points.services.schemes.drafts import begin_from_template, held_draft
from points.services.simulations import current_simulation


@transaction.atomic
def publish(scheme: Scheme, *, by: User | None, revision: int | None = None) -> Scheme:
    """Freeze a draft; from its `start` it rules its organisation and all below that have none of their own."""
    held = held_draft(scheme, revision=revision)
    if stops := [one for one in findings_of(held, content_of(held), timezone.localdate()) if one.stops]:
        more = f"（还有 {len(stops) - 1} 处）" if len(stops) > 1 else ""
        raise DomainError(f"还不能发布：{stops[0].sentence}{more}")
    if is_ruled_already(held):
        _take_consent(held)
    held.published_at, held.published_by = timezone.now(), by
    held.save()
    audit.record("points.scheme.published", held, by=by, path=held.organisation.path, version=held.version, start=held.start)
    _owe(held)
    return held


def _take_consent(held: Scheme) -> None:
    """Where a version rules already somebody may fall: this very text was tried, and who falls was seen by a second person."""
    tried = current_simulation(held)
    if tried is None:
        raise DomainError("先试算这一稿：改过以后还没有试算，看不到谁多得、谁少得。")
    if beyond := tried.rows.filter(Q(after__gt=MOST_A_YEAR) | Q(after__lt=-MOST_A_YEAR)).count():
        raise DomainError(f"按这一稿有 {beyond} 人全年的分数超过 {MOST_A_YEAR}，多半是分值或系数写错了。看试算结果，改好再发布。")
    if tried.falls and tried.consented_by_id is None:
        raise DomainError(f"按这一稿有 {tried.falls} 人会少得分、降等次或上黄榜，要请另一位能制定办法的人看过并同意，才能发布。")
    held.consented_by, held.consented_at = tried.consented_by, tried.consented_at


def _owe(scheme: Scheme) -> None:
    """Facts already on record are worth something else now: their members are owed a settle, found by whoever looks.

    From the first day of the version's first year: its caps hold for every period that ends under it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO members_owed (member_id, year, since)
            SELECT DISTINCT member_id, extract(year FROM day)::int, statement_timestamp()
            FROM members_fact
            WHERE superseded_at IS NULL AND NOT is_void AND day >= %s AND organisation_id IN (
                SELECT organisation_id FROM branches_organisationspan WHERE strpos(path, '/' || %s || '/') > 0
            )
            """,
            [scheme.start.replace(month=1, day=1), scheme.organisation_id],
        )
        owed = cursor.rowcount
    if scheme.start <= timezone.localdate():  # what the year opens with by this version is given now, not in the night; then settled
        ring(current_app.tasks["points.tasks.open_period"])
    elif owed:
        ring(current_app.tasks["points.tasks.settle_owed"])


@transaction.atomic
def publish_default(organisation: Organisation, *, start: date, by: User | None) -> Scheme:
    """Draft and publish the scheme a new county starts from."""
    return publish(begin_from_template(default.TEMPLATE, organisation=organisation, start=start, by=by), by=by)
