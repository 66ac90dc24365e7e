"""`rotate_keys`: every sealed value under the newest key; with `--index`, every look-up value under the new INDEX_KEY."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from partyportal.core import audit, crypto
from partyportal.core.errors import DomainError
from partyportal.core.operating import columns
from partyportal.core.operating.columns import SealedColumn
from partyportal.core.sealed import LookUp

Tell = Callable[[str], None]
PASSES = 3
AT_ONCE = 5000


@dataclass
class Rotation:
    """What was done, by column, and what could not be."""

    key: str
    done: dict[str, int] = field(default_factory=dict)
    unreadable: dict[str, int] = field(default_factory=dict)
    remaining: int = 0
    cleared: int = 0


def reseal(*, tell: Tell) -> Rotation:
    """Put every sealed value under the newest key, in small transactions, while the portal runs.

    Interrupted, it goes on at the next run: what is done is known by its first bytes. Only the sealed column of a row is
    written, of rows locked and read again, so nobody's edit is lost. Audit rows are under persons' keys: only those are wrapped anew.
    """
    done = Rotation(key=next(iter(columns.ring())))
    with _alone():
        for column in columns.sealed_columns():
            written, unreadable = 0, 0
            for _ in range(PASSES):  # what a process still sealed with the old key meanwhile
                fresh, unreadable = _reseal_column(column, tell=tell)
                written += fresh
                if not fresh:
                    break
            done.done[str(column)] = written
            if unreadable:
                done.unreadable[str(column)] = unreadable
            done.remaining += column.outdated().count() - unreadable
        if total := sum(done.done.values()):
            audit.record("core.keys.rotated", by=None, key=done.key, values=total)
    return done


@contextmanager
def _alone() -> Iterator[None]:
    """Two rotations at once would only wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('rotate_keys'))")
        if not cursor.fetchone()[0]:
            raise DomainError("另一个 rotate_keys 正在运行。等它结束，或到那台机器上看它的进展。")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtext('rotate_keys'))")


def _reseal_column(column: SealedColumn, *, tell: Tell) -> tuple[int, int]:
    """One pass over a column: how many values were sealed anew, and how many do not open."""
    seal, written, unreadable, last = crypto.sealer(), 0, 0, None
    while pks := list(_after(column.outdated(), last).values_list("pk", flat=True)[: column.seal.at_once]):
        last = pks[-1]
        with transaction.atomic():
            # By primary key, as every writer locks; and only what no foreign key looks at.
            list(column.model._base_manager.filter(pk__in=pks).order_by("pk").select_for_update(no_key=True).values_list("pk"))
            fresh = []
            for pk, sealed, context in column.taken(column.outdated().filter(pk__in=pks)):
                try:
                    fresh.append((pk, seal(crypto.decrypt(sealed, context=context), context)))
                except crypto.CannotDecrypt:
                    unreadable += 1
            written += columns.write(column.model, column.seal.column, fresh)
        if written and written % AT_ONCE < column.seal.at_once:
            tell(f"{column}：{written}")
    return written, unreadable


def _after(rows: QuerySet, last: object) -> QuerySet:
    return rows if last is None else rows.filter(pk__gt=last)


@transaction.atomic
def reindex() -> Rotation:
    """Recompute every look-up value from the opened values, all in one transaction: nobody is ever found by half the keys.

    A row whose source is not kept (a staged row of a member already held) follows the value of the same purpose that it had; one
    nobody else has (of a refused row) is cleared.
    """
    done = Rotation(key="INDEX_KEY")
    targets = columns.look_up_columns()
    _keep_writers_out([model for model, _ in targets])
    became: dict[str, dict[bytes, bytes]] = {}
    for model, look_up in targets:
        known = became.setdefault(look_up.purpose, {})
        done.done[f"{model._meta.label}.{look_up.column}"] = _recompute(model, look_up, known)
    for model, look_up in targets:
        followed, cleared = _follow(model, look_up, became[look_up.purpose])
        done.done[f"{model._meta.label}.{look_up.column}"] += followed
        done.cleared += cleared
    if total := sum(done.done.values()):
        audit.record("core.index_key.rotated", by=None, values=total)
    return done


def _keep_writers_out(models: list) -> None:
    tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in dict.fromkeys(models))
    try:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '20s'")
            cursor.execute(f"LOCK TABLE {tables} IN SHARE ROW EXCLUSIVE MODE")
    except OperationalError as error:
        raise DomainError("还有进程在改名册。换 INDEX_KEY 前先停下网站、任务进程和定时进程。") from error


def _recompute(model, look_up: LookUp, became: dict[bytes, bytes]) -> int:
    """Write what differs, and note what each old value became."""
    source, look, written, last = columns.sealed_column(model, look_up.source), crypto.looker(purpose=look_up.purpose), 0, None
    while taken := list(source.taken(_after(source.rows(), last)[:AT_ONCE])):
        last = taken[-1][0]
        held = dict(model._base_manager.filter(pk__in=[pk for pk, _, _ in taken]).values_list("pk", look_up.column))
        fresh = []
        for pk, sealed, context in taken:
            try:
                value = look(look_up.of(crypto.decrypt(sealed, context=context).decode()))
            except crypto.CannotDecrypt:
                raise DomainError(f"{source} 有打不开的值，一个检索值也没有改。先运行 doctor，找回缺少的密钥。") from None
            if held[pk] is not None:
                became[bytes(held[pk])] = value
            if held[pk] is None or bytes(held[pk]) != value:
                fresh.append((pk, value))
        written += columns.write(model, look_up.column, fresh)
    return written


def _follow(model, look_up: LookUp, became: dict[bytes, bytes]) -> tuple[int, int]:
    """Rows that keep a look-up value without its source."""
    rows = model._base_manager.filter(**{f"{look_up.source}__isnull": True, f"{look_up.column}__isnull": False})
    held = [(pk, bytes(value)) for pk, value in rows.values_list("pk", look_up.column)]
    current = set(became.values())
    followed = [(pk, became[value]) for pk, value in held if value in became and became[value] != value]
    cleared = [(pk, None) for pk, value in held if value not in became and value not in current]
    return columns.write(model, look_up.column, followed), columns.write(model, look_up.column, cleared)
