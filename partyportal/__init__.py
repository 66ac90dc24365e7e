"""The roof: settings, URLs, API and Celery. Importing it makes the Celery app current, so that any process can ring a task."""

from partyportal.celery import app as celery_app

__all__ = ["celery_app"]
