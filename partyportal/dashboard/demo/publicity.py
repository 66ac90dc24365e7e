"""The demo's last quarter as 公示: closed in most branches, still open in some, late in a few, and one objection under way.

The sheets are filled by the service's own statement; who published and when is laid back into the quarter's first days.
"""

from datetime import date, timedelta

from django.utils import timezone

from branches.models import Organisation
from members.models import Fact
from partyportal.core.models import User
from partyportal.core.workdays import calendar
from partyportal.dashboard.demo.logins import SHOWCASE
from points.publicity import rules, services
from points.publicity.models import Closing, Objection, Publication
from points.publicity.parameters import OPEN_DAYS, WINDOW_DAYS
from points.publicity.selectors.sheets import categories_of, unpublished

LATE, OPEN = 9, 7  # every ninth branch has not published, every seventh is still in its window


def publish_last_quarter(*, today: date) -> int:
    """Publish, close and object; returns how many sheets there are."""
    users = {user.username: user for user in User.objects.filter(username__in=("secretary", "deputy", "department", "member"))}
    year, quarter = rules.last_ended(today)
    branches = {one.pk: one for one in Organisation.objects.branches().existing().order_by("code")}
    known = calendar()
    early = known.last_of(rules.last_day(year, quarter) + timedelta(days=1), OPEN_DAYS.default)
    shown = list(Organisation.objects.branches().filter(code=SHOWCASE).values_list("pk", flat=True))
    wanted = [pk for at, pk in enumerate(unpublished(branches.values(), year, quarter)) if at % LATE or pk in shown]
    running = {pk for at, pk in enumerate(wanted) if at % OPEN == 0} | set(shown)
    categories = categories_of(branches[wanted[0]], year, quarter) if wanted else []  # one county's rules
    rows = [
        Publication(
            organisation=branches[pk],
            year=year,
            quarter=quarter,
            published_on=(day := today if pk in running else min(early, today)),
            until=known.last_of(day, WINDOW_DAYS.default),
            as_of=timezone.now(),
            categories=categories,
            published_by=users["secretary"] if pk in shown else users["department"],
        )
        for pk in wanted
    ]
    made = Publication.objects.bulk_create(rows, batch_size=1000)
    services.write_sheets([one.pk for one in made])
    over = [one for one in made if one.until < today]
    Closing.objects.bulk_create(
        [Closing(publication=one, closed_on=one.until + timedelta(days=1), closed_at=timezone.now()) for one in over], batch_size=1000
    )
    for one in made:
        if one.organisation_id in shown:
            _dispute(one, users, today=today)
    return len(made)


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
