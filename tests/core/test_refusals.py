"""What a service refuses comes back on the form it was typed into, and what would have followed is left out."""

import pytest
from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from partyportal.core.errors import DomainError
from partyportal.core.forms import refusals


class DayForm(forms.Form):
    on = forms.CharField()


@pytest.fixture
def form():
    form = DayForm({"on": "明天"})
    assert form.is_valid()
    return form


def test_a_deed_done_leaves_the_form_as_it_is(form):
    with refusals(form):
        done = True
    assert done and not form.errors


@pytest.mark.parametrize(
    ("refusal", "where"),
    [
        (DomainError("不能晚于今天。", field="on"), "on"),
        (DomainError("不能晚于今天。", field="elsewhere"), NON_FIELD_ERRORS),
        (DomainError("不能晚于今天。"), NON_FIELD_ERRORS),
        (ValidationError({"on": "不能晚于今天。"}), "on"),
        (ValidationError("不能晚于今天。"), NON_FIELD_ERRORS),
    ],
)
def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(form, refusal, where):
    followed = []
    with refusals(form):
        raise_it(refusal)
        followed.append("已办好。")
    assert form.errors == {where: ["不能晚于今天。"]} and form["on"].value() == "明天" and not followed


def test_a_fault_is_no_refusal(form):
    with pytest.raises(ZeroDivisionError), refusals(form):
        raise_it(ZeroDivisionError())


def raise_it(error: Exception) -> None:
    raise error
