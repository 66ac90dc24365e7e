from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "partyportal.dashboard"
    label = "dashboard"
    verbose_name = "首页与概况"

    def ready(self):
        """Load every app's tasks, so that web processes and commands can ring them by name as the worker does."""
        from partyportal.celery import app

        app.autodiscover_tasks(force=True)
