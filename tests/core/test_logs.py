"""A refused row is quoted in no line of the log, whoever writes it."""

import logging

from django.db import IntegrityError

from partyportal.core.logs import PlainFormatter

REFUSED = IntegrityError('null value in column "name"\nDETAIL:  Failing row contains (7, 刘明, 130429197503120016).')


def line(message: str, *args) -> str:
    record = logging.LogRecord("celery.app.trace", logging.ERROR, "trace.py", 1, message, args, (type(REFUSED), REFUSED, None))
    return PlainFormatter("{levelname} {message}", style="{").format(record)


def test_the_error_of_a_failed_task_is_named_and_not_quoted():
    said = line("Task %(name)s raised unexpected: %(exc)s", {"name": "members.tasks.sweep_imports", "exc": repr(REFUSED)})
    assert "刘明" not in said and "130429" not in said
    assert "Task members.tasks.sweep_imports raised unexpected: django.db.utils.IntegrityError" in said


def test_the_stack_of_a_database_error_is_kept_without_its_words():
    said = line("Internal Server Error: %s", "/members/")
    assert said.startswith("ERROR Internal Server Error: /members/") and "message left out" in said and "刘明" not in said
