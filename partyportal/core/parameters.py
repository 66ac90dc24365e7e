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
    """What each parameter is on a day, by key: one statement."""
    wanted = {parameter.key: parameter.default for parameter in parameters}
    rows = Setting.objects.filter(key__in=wanted, start__lte=day).order_by("key", "start").values_list("key", "value")
    return wanted | dict(rows)


def value_on(day: date, parameter: Parameter) -> int:
    """What one parameter is on a day."""
    return values_on(day, [parameter])[parameter.key]


@transaction.atomic
def set_value(parameter: Parameter, *, value: int, start: date, by: User) -> Setting:
    """Set a parameter from a day on; setting the same day again corrects it."""
    if not parameter.minimum <= value <= parameter.maximum:
        raise DomainError(f"要在 {parameter.minimum} 到 {parameter.maximum} {parameter.unit}之间。", field="value")
    before = values_on(start, [parameter])[parameter.key]
    row, _ = Setting.objects.update_or_create(key=parameter.key, start=start, defaults={"value": value, "set_by": by})
    audit.record("core.setting.set", row, by=by, parameter=parameter.key, start=start, before=before, after=value)
    return row
