"""How each kind of part of a draft is found by its address and shown in its form."""

from collections.abc import Callable
from dataclasses import dataclass, field

from points.forms.schemes import CategoryForm, ItemForm, MultiplierForm, Revised, ThresholdForm
from points.models import Period, Scheme, Threshold
from points.rules.kinds import APPRAISAL, grades_of
from points.selectors.readings import threshold_key


@dataclass(frozen=True)
class Part:
    """One kind of part."""

    form: type[Revised]
    rows: Callable[[Scheme], dict]  # by the key an address names them by
    initial: Callable[[object], dict]
    named: str = "code"  # what the service calls the key
    takes_scheme: bool = False
    grades: str = ""  # the column of a grade's amount, if it has grades
    usual: dict = field(default_factory=dict)  # what a new one is nearly always
    usual_grades: tuple[dict, ...] = ()


def _columns(form: type[Revised]) -> Callable[[object], dict]:
    names = [name for name in form.base_fields if name != "revision"]
    return lambda row: {name: getattr(row, name) for name in names}


PARTS = {
    "category": Part(CategoryForm, lambda scheme: {one.code: one for one in scheme.categories.all()}, _columns(CategoryForm)),
    "item": Part(
        ItemForm, lambda scheme: {one.code: one for one in scheme.items.all()}, ItemForm.initial_of, takes_scheme=True, grades="value"
    ),
    "multiplier": Part(
        MultiplierForm,
        lambda scheme: {one.category.code if one.category else "total": one for one in scheme.multipliers.all()},
        MultiplierForm.initial_of,
        named="key",
        takes_scheme=True,
        grades="ratio",
        usual={"fact_kind": APPRAISAL, "name": "民主评议系数"},
        usual_grades=tuple({"code": code, "name": name} for code, name in grades_of(APPRAISAL).items()),
    ),
    "threshold": Part(
        ThresholdForm,
        lambda scheme: {threshold_key(one): one for one in scheme.thresholds.all()},
        _columns(ThresholdForm),
        named="key",
        usual={"period": Period.YEAR, "of": Threshold.Of.ALL},
    ),
}
