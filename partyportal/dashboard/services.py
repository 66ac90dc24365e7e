"""What the roof writes: reminders into inboxes, and who took numbers out."""

from collections import defaultdict
from datetime import date

from django.db import transaction
from django.utils import timezone

from branches.access import VERBS
from branches.models import Grant, Organisation
from partyportal.core import audit
from partyportal.core.models import Notice, User
from partyportal.dashboard import duties

BATCH = 5000
REMINDING = [role for role, verbs in VERBS.items() if "education.record" in verbs]


@transaction.atomic
def remind(*, today: date) -> int:
    """Write each duty that is overdue or falls due this month once to the inbox of whoever answers for the organisation itself.

    A committee is written to of what waits for the committee, not for each of its branches: its home sums them up. The notice's
    key keeps a second run from writing again; a reminder whose duty is gone is taken as read. Returns how many reminders are new.
    """
    holders = defaultdict(list)
    grants = Grant.objects.in_force(today).filter(role__in=REMINDING, user__is_active=True)
    for path, user_id in grants.order_by("user_id").values_list("organisation__path", "user_id").distinct():
        holders[path].append(user_id)
    held = Organisation.objects.existing().filter(path__in=holders).order_by("code")
    branches, committees = [one for one in held if one.is_branch], [one for one in held if not one.is_branch]
    wanted = [
        Notice(
            user_id=user_id, key=duty.key[:160], title=duty.title[:160], reason=duty.reason[:300], url=duty.url[:300], due_on=duty.due_on
        )
        for duty in (*duties.due_for(branches, today), *duties.due_for_committees(committees, today))
        if (duty.due_on.year, duty.due_on.month) <= (today.year, today.month)
        for user_id in holders[duty.organisation_path]
        if user_id not in duty.barred
    ]
    _take_back(wanted)
    before = Notice.objects.count()
    Notice.objects.bulk_create(wanted, batch_size=BATCH, ignore_conflicts=True)
    return Notice.objects.count() - before


def _take_back(wanted: list[Notice]) -> None:
    """Mark as read what a fact has cleared since: reminders with a day whose duty nobody has any more."""
    standing = {(notice.user_id, notice.key) for notice in wanted}
    unread = Notice.objects.filter(read_at=None).exclude(due_on=None).values_list("pk", "user_id", "key")
    gone = [pk for pk, user_id, key in unread.iterator() if (user_id, key) not in standing]
    for start in range(0, len(gone), BATCH):
        Notice.objects.filter(pk__in=gone[start : start + BATCH]).update(read_at=timezone.now())


@transaction.atomic
def record_export(organisation: Organisation, *, year: int, by: User) -> None:
    """Keep who took an organisation's figures out of the portal."""
    audit.record("dashboard.cockpit.exported", organisation, by=by, path=organisation.path, year=year)
