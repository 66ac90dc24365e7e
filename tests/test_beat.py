"""Beat rings on after its clock was set back."""

import time
from datetime import timedelta

import pytest
from django.core.cache import cache

from partyportal.beat import Schedule
from partyportal.celery import app
from partyportal.core.operating import pulse


@pytest.fixture
def schedule(tmp_path, monkeypatch):
    made = Schedule(app=app, schedule_filename=str(tmp_path / "beat"))
    monkeypatch.setattr(made, "apply_entry", lambda entry, producer: None)
    monkeypatch.setattr(Schedule, "producer", None)
    yield made
    made.close()


def test_a_clock_set_back_a_day_is_counted_anew(schedule):
    schedule.tick()
    for entry in schedule.schedule.values():
        entry.last_run_at += timedelta(days=1)  # as rung before the clock went back
    schedule.tick()
    assert all(entry.last_run_at <= app.now() for entry in schedule.schedule.values())
    soonest = min(event.time for event in schedule._heap)
    assert soonest - schedule._when(schedule._heap[0].entry, 0) <= 30


def test_each_tick_is_its_pulse(schedule):
    cache.clear()
    schedule.tick()
    assert pulse.last_heard() == pytest.approx(time.time(), abs=60)


def test_a_clock_that_goes_on_is_left_alone(schedule):
    schedule.tick()
    heap = schedule._heap
    schedule.tick()
    assert schedule._heap is heap
