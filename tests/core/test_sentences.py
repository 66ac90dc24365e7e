"""A refused form speaks like the rest of the house."""

import pytest
from django import forms

from members.models import Member
from partyportal.core.sentences import NOT_ON_THE_LIST


class Everything(forms.Form):
    day = forms.DateField(required=False)
    count = forms.IntegerField(required=False, min_value=1, max_value=9)
    money = forms.DecimalField(required=False)
    kind = forms.ChoiceField(required=False, choices=[("a", "甲")])
    kinds = forms.MultipleChoiceField(required=False, choices=[("a", "甲")])
    member = forms.ModelChoiceField(Member.objects.none(), required=False, to_field_name="uid")
    words = forms.CharField(required=False, max_length=3)


@pytest.mark.parametrize("day", ["1800-01-01", "2200-12-31"])
def test_the_first_and_the_last_day_of_the_calendar_are_days(day):
    assert not Everything({"day": day}).errors


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        ("day", "2026-02-30", "日期写成 2026-11-20。"),
        ("day", "0206-02-03", "年份不对，核对是哪一年。"),
        ("day", "9999-12-31", "年份不对，核对是哪一年。"),
        ("count", "三", "填一个整数。"),
        ("count", "0", "不能小于 1。"),
        ("count", "10", "不能大于 9。"),
        ("money", "三元", "填一个数，如 12.50。"),
        ("kind", "b", NOT_ON_THE_LIST),
        ("kinds", ["b"], NOT_ON_THE_LIST),
        ("words", "四个字了", "最多 3 个字，现在有 4 个。"),
        ("member", "not-a-number", NOT_ON_THE_LIST),
        ("member", "01a20373-7eee-73c0-9b36-8a47921b5caf", NOT_ON_THE_LIST),
    ],
)
def test_a_refusal_says_what_is_wrong_and_the_remedy(db, field, typed, said):
    assert Everything({field: typed}).errors[field] == [said]
