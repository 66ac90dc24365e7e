"""Versions over HTTP: the ETag is the row's version column, and a change names the one it was made from (RFC 9110 §13)."""

import re

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.response import Response


class PreconditionRequired(APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = "先读一次，再带上 If-Match（读到的 ETag）改。"
    default_code = "precondition_required"


def version_asked(request) -> int:
    """The version in If-Match. Without one, or with `*`, the change is refused: nobody overwrites what he has not seen."""
    asked = request.headers.get("If-Match", "").strip()
    if not asked or asked == "*":
        raise PreconditionRequired
    # A proxy that compresses the answer makes its ETag weak; the version it names is the same.
    found = re.fullmatch(r'(?:W/)?"(\d{1,9})"', asked)
    if not found:
        raise ParseError('If-Match 写成读到的 ETag，如 "3"。')
    return int(found[1])


def versioned(data, version: int, **kwargs) -> Response:
    """An answer that carries its version."""
    response = Response(data, **kwargs)
    response["ETag"] = f'"{version}"'
    return response


def needs_version(action):
    """Mark a change that must name the version it was made from; the schema says so."""
    action.needs_version = True
    return action
