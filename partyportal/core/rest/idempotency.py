"""A change sent twice is made once: `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header).

The key's row, the change and its answer are one transaction: a crash leaves neither. An advisory lock on the key tells a
second sender at once that the first is still at work. Refusals are not kept: nothing was changed, so the key is free.
"""

import hashlib
import json
from datetime import timedelta
from functools import wraps

from django.db import connection, transaction
from django.http.request import RawPostDataException
from django.utils import timezone
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from partyportal.core.models import IdempotencyKey

KEPT = timedelta(hours=24)
LONGEST = 100
HEADERS = ("ETag", "Location")


class OtherBody(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = "这个 Idempotency-Key 已经用在另一个请求上，换一个。"
    default_code = "key_reused"


class AtWork(APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = "同一个请求正在处理，稍等再问。"
    default_code = "at_work"


def change(action):
    """A change: one transaction, and made once for each Idempotency-Key of a user."""

    @wraps(action)
    def made_once(view, request, *args, **kwargs):
        key = _key_of(request)
        body = _body_of(request) if key else b""
        with transaction.atomic():
            if key is None:
                return action(view, request, *args, **kwargs)
            digest = hashlib.sha256(b"\n".join([request.method.encode(), request.get_full_path().encode(), body])).hexdigest()
            if not _taken(f"{request.user.pk}:{key}"):
                raise AtWork
            if kept := _kept(request.user, key):
                return _again(kept, digest)
            response = action(view, request, *args, **kwargs)
            _keep(request.user, key, digest, response)
            return response

    made_once.is_change = True
    return made_once


def _key_of(request) -> str | None:
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return None
    if not (0 < len(key) <= LONGEST and key.isascii() and key.isprintable()):
        raise ParseError(f"Idempotency-Key 用 1 到 {LONGEST} 个可见的英文字符，如一个 UUID。")
    return key


def _body_of(request) -> bytes:
    """The bytes as sent, before the parser takes the stream."""
    try:
        return request.body
    except RawPostDataException:  # a form, which the session's own check has read already
        raise UnsupportedMediaType(request.content_type) from None


def _taken(name: str) -> bool:
    """Whether this transaction now holds the key's lock; it ends with the transaction."""
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [number])
        return cursor.fetchone()[0]


def _kept(user, key: str) -> IdempotencyKey | None:
    row = IdempotencyKey.objects.filter(user=user, key=key).first()
    if row and row.created_at < timezone.now() - KEPT:
        row.delete()
        return None
    return row


def _again(kept: IdempotencyKey, digest: str) -> Response:
    if kept.digest != digest:
        raise OtherBody
    return Response(kept.body["data"], status=kept.status, headers=kept.body["headers"] | {"Idempotent-Replayed": "true"})


def _keep(user, key: str, digest: str, response: Response) -> None:
    data = None if response.data is None else json.loads(JSONRenderer().render(response.data))
    headers = {name: response[name] for name in HEADERS if name in response}
    IdempotencyKey.objects.create(user=user, key=key, digest=digest, status=response.status_code, body={"data": data, "headers": headers})


def sweep() -> int:
    """Forget answers older than a day; returns how many."""
    return IdempotencyKey.objects.filter(created_at__lt=timezone.now() - KEPT).delete()[0]
