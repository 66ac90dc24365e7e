"""What the roof writes: reminders into inboxes, and who took numbers out."""

from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from branches.access import VERBS, can
from branches.models import Grant, Organisation
from partyportal.core import audit, jobs
from partyportal.core.errors import DomainError
from partyportal.core.models import Job, Notice, User
from partyportal.core.once import read_once
from partyportal.dashboard import duties, tasks  # tasks name this module in turn; each uses the other only when called
from partyportal.dashboard.export import cockpit_sheet
from partyportal.dashboard.selectors.cockpit import cockpit

BATCH = 5000
KEPT = timedelta(days=1)  # how long an exported file waits to be fetched
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


# ── 概况 as a file ──────────────────────────────────────────────────────────
@transaction.atomic
def start_export(organisation: Organisation, *, year: int, by: User) -> Job:
    """Have an organisation's figures written as a spreadsheet, and keep who took them out of the portal."""
    title = f"导出{organisation.short_name} {year} 年概况"[:120]
    job = jobs.start(tasks.export_in_job, title=title, by=by, organisation=organisation.code, year=year)
    audit.record("dashboard.cockpit.exported", organisation, by=by, path=organisation.path, year=year)
    return job


def export_in_job(job: Job, progress: jobs.Progress) -> dict:
    """Read the page's figures as they stand now and write them; done again after a kill, the file is written again."""
    user, today, year = job.created_by, timezone.localdate(), job.params["year"]
    organisation = Organisation.objects.visible_to(user).filter(code=job.params["organisation"]).first()
    if organisation is None or not can(user, "cockpit.see", organisation):
        raise DomainError("你在这个范围里已经没有看概况的权限，没有导出。")
    progress(done=0, total=2, step="统计")
    with read_once():
        shown = cockpit(user, organisation, year=year, today=today)
    progress(done=1, step="写表格")
    file = export_file(job)
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = file.with_suffix(".part")
    with cockpit_sheet(shown) as made:
        unfinished.write_bytes(made.read())
    unfinished.replace(file)
    return {"name": f"{organisation.short_name}概况-{today:%Y-%m-%d}.xlsx"}


def export_file(job: Job) -> Path:
    """Where the file of a job lies: beside the uploads, hidden, so that no backup takes it."""
    return Path(settings.MEDIA_ROOT) / ".exports" / f"{job.uid}.xlsx"


def sweep_exports() -> int:
    """Throw away files nobody fetched in a day; returns how many."""
    oldest, swept = (timezone.now() - KEPT).timestamp(), 0
    for file in (Path(settings.MEDIA_ROOT) / ".exports").glob("*"):
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
            swept += 1
    return swept
