"""The demo's year as 公示: earlier quarters closed; the last one closed in most branches, still open in some, late in a few, and one
objection under way.

The sheets are filled by the service's own statement; who published and when is laid back into the quarter's first days.
"""

from datetime import date, timedelta

from django.db.models import Count
from django.utils import timezone

from branches.models import Organisation
from members.models import Fact
from partyportal.core.models import User
from partyportal.core.workdays import calendar
from partyportal.dashboard.demo.logins import SHOWCASE
from points.publicity import rules, services
from points.publicity.models import Closing, Objection, Publication, SheetLine
from points.publicity.parameters import OPEN_DAYS, WINDOW_DAYS
from points.publicity.selectors.sheets import categories_of, unpublished

LATE, OPEN = 9, 7  # every ninth branch has not published, every seventh is still in its window


def publish_quarters(*, today: date) -> int:
    """Publish and close the year's earlier quarters everywhere, then the last one, and object; returns how many sheets there are."""
    users = {user.username: user for user in User.objects.filter(username__in=("secretary", "deputy", "department", "member"))}
    branches = {one.pk: one for one in Organisation.objects.branches().existing().order_by("code")}
    shown = next((pk for pk, one in branches.items() if one.code == SHOWCASE), None)
    year, last = rules.last_ended(today)
    count = 0
    for quarter in range(1, last + 1):
        wanted = unpublished(branches.values(), year, quarter)
        running = set()
        if quarter == last:
            wanted = [pk for at, pk in enumerate(wanted) if at % LATE or pk == shown]
            running = {pk for at, pk in enumerate(wanted) if at % OPEN == 0} | {shown}
        made = _publish({pk: branches[pk] for pk in wanted}, year, quarter, running=running, users=users, today=today)
        count += len(made)
        if quarter == last:
            for one in made:
                if one.organisation_id == shown:
                    _dispute(one, users, today=today)
    return count


def _publish(
    branches: dict[int, Organisation], year: int, quarter: int, *, running: set[int], users: dict[str, User], today: date
) -> list[Publication]:
    """Sheets of many branches at once, with the audit rows each would have left; those not `running` are closed if their window is over."""
    if not branches:
        return []
    known = calendar()
    early = min(known.last_of(rules.last_day(year, quarter) + timedelta(days=1), OPEN_DAYS.default), today)
    categories = categories_of(next(iter(branches.values())), year, quarter)  # one county's rules
    rows = [
        Publication(
            organisation=branch,
            year=year,
            quarter=quarter,
            published_on=(day := today if pk in running else early),
            until=known.last_of(day, WINDOW_DAYS.default),
            as_of=timezone.now(),
            categories=categories,
            published_by=users["secretary" if branch.code == SHOWCASE else "department"],
        )
        for pk, branch in branches.items()
    ]
    made = Publication.objects.bulk_create(rows, batch_size=1000)
    services.write_sheets([one.pk for one in made])
    lines = dict(SheetLine.objects.filter(publication__in=made).order_by().values_list("publication").annotate(count=Count("pk")))
    for by in {one.published_by for one in made}:
        services.record_published([one for one in made if one.published_by == by], lines=lines, by=by)
    services.tell_members([one.pk for one in made])
    over = [
        Closing(publication=one, closed_on=one.until + timedelta(days=1), closed_at=timezone.now()) for one in made if one.until < today
    ]
    services.record_closed(Closing.objects.bulk_create(over, batch_size=1000), by=None)
    return made


def _dispute(publication: Publication, users: dict[str, User], *, today: date) -> Objection | None:
    """刘明 says one line is wrong; the deputy has heard it, the committee may decide."""
    member = users["member"].member
    span = (rules.first_day(publication.year, publication.quarter), rules.last_day(publication.year, publication.quarter))
    fact = Fact.objects.standing().filter(member=member, day__range=span).exclude(kind__startswith="scheme.").order_by("-day", "pk").first()
    objection = services.object_to(
        publication,
        member=member,
        fact=fact,
        what="那天我上午就到了，记晚了" if fact else "8 月 16 日清扫河道没有记",
        evidence="同去的老杨可以证明",
        by=users["member"],
        today=today,
    )
    return services.hear(objection, note="问了老杨和会议记录人，签到表上有他的名字", by=users["deputy"], today=today)
