"""Celery: tasks are doorbells, and beat's schedule says in a sentence why each rings."""

import os

from celery import Celery
from celery.schedules import crontab
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partyportal.settings")

app = Celery("partyportal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Whatever a lost doorbell left unsettled is found in the database and settled.
    "settle-owed": {"task": "points.tasks.settle_owed", "schedule": settings.SETTLE_OWED_EVERY},
    # A job whose worker was killed is taken up again when its lease has run out.
    "resume-jobs": {"task": "partyportal.core.tasks.resume_jobs", "schedule": settings.RESUME_JOBS_EVERY},
    # A roster nobody decided on for a day is thrown away: it holds personal data.
    "sweep-imports": {"task": "members.tasks.sweep_imports", "schedule": crontab(minute=15)},
    # What a quarter left unpaid becomes a fact; a later exemption takes it away.
    "note-arrears": {"task": "members.dues.tasks.note_arrears", "schedule": crontab(hour=1, minute=10)},
    # A sheet of dues nobody decided on for a day is thrown away: it holds incomes.
    "sweep-dues-sheets": {"task": "members.dues.tasks.sweep_sheets", "schedule": crontab(minute=25)},
    # The answers of API changes are kept for a day, for whoever sends the same change again.
    "sweep-answers": {"task": "partyportal.core.tasks.sweep_answers", "schedule": crontab(minute=45)},
    # Each duty is written once to the inbox of whoever must act, before the office opens.
    "remind": {"task": "partyportal.dashboard.tasks.remind", "schedule": crontab(hour=5, minute=30)},
    # The yearly cards follow the night's ledger.
    "recompute-cards": {"task": "assessments.tasks.recompute_cards", "schedule": crontab(hour=4, minute=0)},
    # Transfers and deaths do not know 流动 and 失联: what they ended there is ended here, before the reminders are written.
    "close-left": {"task": "members.mobility.tasks.close_left", "schedule": crontab(hour=5, minute=0)},
    # A film whose upload was cut off has no row; a day later its file goes.
    "sweep-media": {"task": "partyportal.core.tasks.sweep_media", "schedule": crontab(hour=2, minute=50)},
    # The ledgers are sealed every few minutes, so that hardly a row stands without a seal.
    "seal-ledgers": {"task": "partyportal.core.tasks.seal_ledgers", "schedule": settings.SEAL_EVERY},
    # Every night all of it is proven again, and the outcome stands on the page 账本核验.
    "verify-ledgers": {"task": "points.tasks.verify_ledgers", "schedule": crontab(hour=3, minute=10)},
    # An exported ledger waits a day for whoever asked for it.
    "sweep-exports": {"task": "points.tasks.sweep_exports", "schedule": crontab(minute=35)},
    # And so do the figures of 概况.
    "sweep-cockpits": {"task": "partyportal.dashboard.tasks.sweep_exports", "schedule": crontab(minute=50)},
    # 台账 are kept some days for whoever asked; the records stay, so they can be made again.
    "sweep-books": {"task": "education.documents.tasks.sweep_books", "schedule": crontab(minute=40)},
    # A quarter whose 公示 is over and undisputed is closed the day after.
    "close-quarters": {"task": "points.publicity.tasks.close_due", "schedule": crontab(hour=0, minute=40)},
    # What looks alike or late in the records is found at night, before the reminders are written.
    "look-for-questions": {"task": "education.signals.tasks.look", "schedule": crontab(hour=2, minute=30)},
    # Whoever came onto the lists of a round of visits is due in it too.
    "bring-rounds-up-to-date": {"task": "members.care.visits.tasks.bring_rounds_up_to_date", "schedule": crontab(hour=2, minute=10)},
    # A notice whose days are over goes on to payment; what the fund's own room paid or took back is written into its case.
    "aid-go-on": {"task": "members.care.aid.tasks.go_on", "schedule": 60.0},
    # The words and papers of hardship go when their years are over.
    "destroy-aid-papers": {"task": "members.care.aid.tasks.destroy_due", "schedule": crontab(hour=2, minute=20)},
    # Who has reached the age a county set is held to nothing from the birthday on, before the day's base scores are given.
    "exempt-by-age": {"task": "members.tasks.exempt_by_age", "schedule": crontab(hour=0, minute=10)},
    # A new period gives every member its base score.
    "open-period": {"task": "points.tasks.open_period", "schedule": crontab(hour=0, minute=20)},
}
