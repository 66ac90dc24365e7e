"""Beat's memory of what it has rung."""

from celery.beat import PersistentScheduler

from partyportal.core.operating import pulse


class Schedule(PersistentScheduler):
    """After a clock was set back, Celery's own would keep silent until the old hour comes round again; this one counts anew."""

    def tick(self, *args, **kwargs):
        now = self.app.now()
        if ahead := [entry for entry in self.schedule.values() if entry.last_run_at > now]:
            for entry in ahead:
                entry.last_run_at = now
            self._heap = None  # its hours are those of the old clock
        pulse.heard()
        return super().tick(*args, **kwargs)
