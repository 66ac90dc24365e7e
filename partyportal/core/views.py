"""Pages of the floor: logging in and out, the password, 大字, jobs, the inbox, and the plain page of an outage."""

import sys

from django.db import InterfaceError, OperationalError
from django.shortcuts import render


def fault(request):
    """What a failed request shows: 503 when the database is away, else 500; neither needs the database."""
    away = isinstance(sys.exc_info()[1], (OperationalError, InterfaceError))
    return render(None, "503.html" if away else "500.html", status=503 if away else 500)
