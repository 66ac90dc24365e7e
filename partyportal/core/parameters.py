"""County parameters: numbers the sources leave open or only recall, each with its default, bounds and source.

An app declares its own in `parameters.py`; a county sets another value from a day on (a `Setting` row), and past days
keep what held then. Rules stay pure: they take the number as an argument.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from importlib.util import find_spec

from django.apps import apps
from django.db import transaction

from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import Setting, User
from partyportal.core.once import is_within, once


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """A whole number a county may set. `key` is `app.name`; `label` and `source` are read by users."""

    key: str
    label: str
    unit: str
    default: int
    minimum: int
    maximum: int
    source: str


def declared() -> dict[str, Parameter]:
    """Every app's `PARAMETERS`, by key, in the order of the apps."""
    found: list[Parameter] = []
    for config in apps.get_app_configs():
        if find_spec(f"{config.name}.parameters") and config.label != "core":
            found.extend(import_module(f"{config.name}.parameters").PARAMETERS)
    return {parameter.key: parameter for parameter in found}


def values_on(day: date, parameters: Iterable[Parameter]) -> dict[str, int]:
    """What each parameter is on a day, by key: one statement, within `read_once` one for all."""
    wanted = {parameter.key: parameter.default for parameter in parameters}
    if not is_within():
        rows = Setting.objects.filter(key__in=wanted, start__lte=day).order_by("key", "start").values_list("key", "value")
        return wanted | dict(rows)
    # Every value ever set, of whatever day: a page asks for many, and a county sets few.
    held = once("parameters", lambda: list(Setting.objects.order_by("key", "start").values_list("key", "start", "value")))
    return wanted | {key: value for key, start, value in held if key in wanted and start <= day}


def value_on(day: date, parameter: Parameter) -> int:
    """What one parameter is on a day."""
    return values_on(day, [parameter])[parameter.key]


@dataclass(frozen=True, kw_only=True)
class Standing:
    """A parameter as the settings page shows it: what holds today, and what was set or is to come, latest first."""

    parameter: Parameter
    value: int
    history: tuple[Setting, ...]

    @property
    def is_default(self) -> bool:
        return self.value == self.parameter.default


def standing(today: date) -> dict[str, list[Standing]]:
    """Every declared parameter by the Chinese name of its app: one statement."""
    rows: dict[str, list[Setting]] = {}
    known = declared()
    for row in Setting.objects.filter(key__in=known).select_related("set_by").order_by("-start"):
        rows.setdefault(row.key, []).append(row)
    groups: dict[str, list[Standing]] = {}
    for parameter in known.values():
        history = rows.get(parameter.key, [])
        value = next((row.value for row in history if row.start <= today), parameter.default)
        app = str(apps.get_app_config(parameter.key.split(".")[0]).verbose_name)
        groups.setdefault(app, []).append(Standing(parameter=parameter, value=value, history=tuple(history)))
    return groups


@transaction.atomic
def set_from(parameter: Parameter, *, value: int, start: date, today: date, by: User) -> Setting:
    """What the settings page does: a day already gone keeps what held then, so a value begins today at the earliest."""
    if start < today:
        raise DomainError("过去的日子仍按当时的值算，最早从今天起。", field="start")
    return set_value(parameter, value=value, start=start, by=by)


@transaction.atomic
def set_value(parameter: Parameter, *, value: int, start: date, by: User) -> Setting:
    """Set a parameter from a day on; setting the same day again corrects it."""
    if not parameter.minimum <= value <= parameter.maximum:
        raise DomainError(f"要在 {parameter.minimum} 到 {parameter.maximum} {parameter.unit}之间。", field="value")
    before = values_on(start, [parameter])[parameter.key]
    row, _ = Setting.objects.update_or_create(key=parameter.key, start=start, defaults={"value": value, "set_by": by})
    audit.record("core.setting.set", row, by=by, parameter=parameter.key, start=start, before=before, after=value)
    return row
