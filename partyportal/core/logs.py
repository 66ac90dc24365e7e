"""Log lines without personal data: a database error quotes the row it refused, so its message is left out."""

import logging
import traceback

from django.db import Error


class PlainFormatter(logging.Formatter):
    def formatException(self, exc_info):
        kind, value, trace = exc_info
        if not isinstance(value, Error):
            return super().formatException(exc_info)
        frames = "".join(traceback.format_tb(trace))
        return f"Traceback (most recent call last):\n{frames}{kind.__module__}.{kind.__name__}: (message left out)"
