"""The audit log's one door. An act and its audit row are written in the same transaction."""

import json
from collections.abc import Iterable

from django.db import connection
from django.utils import timezone

from partyportal.core import crypto, personkeys
from partyportal.core.models import AuditEntry, User


def record(code: str, target=None, /, *, by: User | None, path: str = "", subject=None, changes: dict | None = None, **data) -> AuditEntry:
    """Write one audit row.

    `code` is dotted (`app.noun.verbed`); `target` any row with a `uid`; `path` the organisation's path today;
    `data` uids, codes, days, amounts only. `changes` ({field: [before, after]}) is sealed under the key of
    `subject` (a person's uid), so it ends with the person.
    """
    sealed = None
    if changes and subject:
        sealed = crypto.encrypt_with(personkeys.key_of(subject), json.dumps(changes, ensure_ascii=False, default=str).encode())
    return AuditEntry.objects.create(
        at=timezone.now(),
        actor=by,
        code=code,
        organisation_path=path,
        target_kind=target._meta.label_lower if target is not None else "",
        target_uid=getattr(target, "uid", None),
        subject=subject,
        data=json.loads(json.dumps(data, default=str)),
        sealed=sealed,
    )


def record_many(code: str, rows: Iterable[dict], *, by: User | None) -> int:
    """Many audit rows of one act, by COPY. Each row: target_kind, target_uid, path, subject, data, sealed (bytes or None)."""
    import io

    now, actor, out, count = timezone.now().isoformat(), by.pk if by else None, io.StringIO(), 0
    null = "\\N"
    for row in rows:
        sealed = row.get("sealed")
        data = json.dumps(row.get("data", {}), ensure_ascii=True, default=str).replace("\\", "\\\\")
        out.write(
            f"{now}\t{actor or null}\t{code}\t{row.get('path', '')}\t{row.get('target_kind', '')}\t{row.get('target_uid') or null}"
            f"\t{row.get('subject') or null}\t{data}\t{chr(92) * 2 + 'x' + sealed.hex() if sealed else null}\n"
        )
        count += 1
    out.seek(0)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            "COPY core_auditentry (at, actor_id, code, organisation_path, target_kind, target_uid, subject, data, sealed) FROM STDIN", out
        )
    return count


def record_from(code: str, rows: str, params: list, *, by: User | None) -> int:
    """Audit rows of one act by one set-based statement.

    `rows` is a SELECT of organisation_path, target_kind, target_uid, subject, data, sealed: the columns of `record_many`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_auditentry (at, actor_id, code, organisation_path, target_kind, target_uid, subject, data, sealed) "
            f"SELECT %s, %s, %s, act.* FROM ({rows}) act",
            [timezone.now(), by.pk if by else None, code, *params],
        )
        return cursor.rowcount
