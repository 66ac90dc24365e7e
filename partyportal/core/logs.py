"""Log lines without personal data: a database error quotes the row it refused, so its message is left out."""

import copy
import logging
import traceback

from django.db import Error


class PlainFormatter(logging.Formatter):
    def format(self, record):
        """Celery writes the error of a failed task into the line itself."""
        kind, error, _ = record.exc_info or (None, None, None)
        if isinstance(error, Error) and isinstance(record.args, dict) and "exc" in record.args:
            record = copy.copy(record)
            record.args = record.args | {"exc": f"{kind.__module__}.{kind.__name__}"}
        return super().format(record)

    def formatException(self, exc_info):
        kind, value, trace = exc_info
        if not isinstance(value, Error):
            return super().formatException(exc_info)
        frames = "".join(traceback.format_tb(trace))
        return f"Traceback (most recent call last):\n{frames}{kind.__module__}.{kind.__name__}: (message left out)"
