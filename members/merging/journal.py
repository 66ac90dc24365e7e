"""What a merge changed, row by row, so that it can be taken back: played backwards, each step only where its row is as the merge left it.

The database judges every step inside a savepoint. Going forward, a row that may not follow (a constraint of any kind, an
append-only table) stays where it is; going back, one that no longer fits stays as it is and is told.
"""

from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from uuid import UUID

from django.apps import apps
from django.db import IntegrityError, InternalError, connection, models, transaction

ADD, CHANGE, REMOVE = "add", "change", "remove"
REFUSED = (IntegrityError, InternalError)  # a constraint, or a trigger's own word

_WRITTEN = {"bytes": bytes.hex, "datetime": datetime.isoformat, "date": date.isoformat, "time": time.isoformat, "decimal": str, "uuid": str}
_READ = {
    "bytes": bytes.fromhex,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "decimal": Decimal,
    "uuid": UUID,
}
_KINDS = ((bytes, "bytes"), (datetime, "datetime"), (date, "date"), (time, "time"), (Decimal, "decimal"), (UUID, "uuid"))


def written(value):
    """A column's value as JSON keeps it: what JSON has no form for stands as [kind, text]."""
    if isinstance(value, memoryview):
        value = bytes(value)
    for kind, name in _KINDS:
        if isinstance(value, kind):
            return [name, _WRITTEN[name](value)]
    return ["as it is", value] if isinstance(value, list | dict) else value


def read(value):
    """The value `written` kept."""
    if not isinstance(value, list):
        return value
    kind, text = value
    return text if kind == "as it is" else _READ[kind](text)


def columns(row: models.Model) -> dict:
    """Every column of a row but its id, as JSON keeps them."""
    return {f.attname: written(getattr(row, f.attname)) for f in row._meta.concrete_fields if not f.primary_key}


@dataclass
class Journal:
    """The steps of one merge in their order: [act, model, id, {column: [before, after]} or {column: value}]."""

    steps: list[list] = field(default_factory=list)
    stayed: Counter = field(default_factory=Counter)  # model label → rows that could not follow

    def change(self, row: models.Model, **values) -> None:
        """Give a row other values; the row in hand follows."""
        before = {name: written(getattr(row, name)) for name in values}
        _rows(type(row)).filter(pk=row.pk).update(**values)
        for name, value in values.items():
            setattr(row, name, value)
        self.steps.append([CHANGE, row._meta.label, row.pk, {name: [before[name], written(values[name])] for name in values}])

    def add(self, row: models.Model) -> None:
        row.save(force_insert=True)
        row.refresh_from_db()
        self.steps.append([ADD, row._meta.label, row.pk, columns(row)])

    def remove(self, row: models.Model) -> None:
        self.steps.append([REMOVE, row._meta.label, row.pk, columns(row)])
        _rows(type(row)).filter(pk=row.pk).delete()

    def repoint(self, rows: models.QuerySet, column: str, to: models.Model) -> int:
        """Let rows point to another row: all at once, or if one may not, each that may; the others stay where they are. Returns how many went."""
        held = list(rows.order_by("pk").values_list("pk", column))
        went = held if _pointed(rows.model, [pk for pk, _ in held], column, to) else []
        if held and not went:
            went = [(pk, before) for pk, before in held if _pointed(rows.model, [pk], column, to)]
            self.stayed[rows.model._meta.label] += len(held) - len(went)
        self.steps += [[CHANGE, rows.model._meta.label, pk, {column: [before, to.pk]}] for pk, before in went]
        return len(went)

    @contextmanager
    def watching(self, rows: models.QuerySet, *, but: tuple[str, ...] = ()):
        """Write down what a service adds, changes or removes among these rows; columns of `but` are not for us to take back."""
        before = {row.pk: columns(row) for row in rows.all()}
        yield
        after = {row.pk: columns(row) for row in (*rows.model._base_manager.filter(pk__in=before), *rows.all())}
        label = rows.model._meta.label
        self.steps += [[REMOVE, label, pk, held] for pk, held in before.items() if pk not in after]
        for pk, held in after.items():
            if pk not in before:
                self.steps.append([ADD, label, pk, held])
            elif changed := {
                name: [before[pk][name], value] for name, value in held.items() if before[pk][name] != value and name not in but
            }:
                self.steps.append([CHANGE, label, pk, changed])

    @property
    def moved(self) -> Counter:
        """How many rows of each model were touched."""
        touched = {(label, pk) for _, label, pk, _ in self.steps}
        return Counter(label for label, _ in touched)


def play_back(steps: list[list]) -> Counter:
    """Undo the steps, last first; returns how many rows of each model are no longer as the merge left them and were let alone."""
    left: set[tuple[str, int]] = set()
    judged_at_once()
    for act, label, pk, values in reversed(steps):
        model = apps.get_model(label)
        if (label, pk) in left or not _undone(model, act, pk, values):
            left.add((label, pk))
    return Counter(label for label, _ in left)


def _undone(model: type[models.Model], act: str, pk: int, values: dict) -> bool:
    """Whether the step could be taken back: its row is as the step left it, and the database agrees."""
    row = _rows(model).select_for_update(of=("self",)).filter(pk=pk).first()
    try:
        with transaction.atomic():
            if act == REMOVE:
                if row is not None:
                    return False
                # Raw: days of entry come back as they were, not as today's.
                model(pk=pk, **{name: read(value) for name, value in values.items()}).save_base(raw=True, force_insert=True)
                return True
            if row is None:
                return False
            if act == ADD:
                if columns(row) != values:
                    return False
                _rows(model).filter(pk=pk).delete()
                return True
            if any(written(getattr(row, name)) != after for name, (_, after) in values.items()):
                return False
            _rows(model).filter(pk=pk).update(**{name: read(before) for name, (before, _) in values.items()})
            return True
    except REFUSED:
        return False


def _rows(model: type[models.Model]) -> models.QuerySet:
    return model._base_manager.all()


def _pointed(model: type[models.Model], pks: list[int], column: str, to: models.Model) -> bool:
    try:
        with transaction.atomic():
            _rows(model).filter(pk__in=pks).update(**{column: to.pk})
    except REFUSED:
        return False
    return True


def judged_at_once() -> None:
    """Foreign keys too are checked by the statement that breaks them, inside its savepoint, not at the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
