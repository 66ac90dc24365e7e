"""The lists as they are found: smoke of the seeds, the day rules, and the sentences."""

from datetime import date, datetime

import pytest
from django.utils import timezone

from members.care.models import Condition, Criterion, CriterionVersion
from members.care.selectors.lists import eligible, reasons
from tests.factories import make_member

ON = date(2026, 11, 22)


def record(member, kind, start, **fields):
    moment = timezone.make_aware(datetime.combine(start, datetime.min.time()))
    return Condition.objects.create(member=member, kind=kind, start=start, recorded_at=moment, **fields)


def names(rows):
    return sorted(rows.values_list("name", flat=True))


def test_the_county_begins_with_lists_in_force_and_drafts_from_inferred_sources(db):
    assert Criterion.objects.count() == 12
    assert sorted(CriterionVersion.objects.drafts().values_list("criterion__code", flat=True)) == ["eighty-fifty", "sixty-five-or-forty"]
    for version in CriterionVersion.objects.all():
        assert version.node is not None


def test_a_list_names_whom_it_is_for_and_why(tree):
    old = make_member(tree.ours, "老党员", birth_on=date(1938, 1, 5), joined_on=date(1962, 3, 8), full_on=date(1963, 3, 8))
    poor = make_member(tree.far, "困难党员")
    record(poor, "hardship", date(2026, 3, 2))
    assert names(eligible("hardship", on=ON)) == ["困难党员"]
    assert names(eligible("hardship", on=ON, within=tree.ours)) == []
    assert names(eligible("fifty-years", on=ON)) == ["老党员"]
    assert reasons("hardship", [poor, old], ON) == {poor.pk: ["2026年3月起登记为生活困难"], old.pk: ["没有登记生活困难"]}
    assert reasons("fifty-years", [old], ON)[old.pk] == ["1963年3月转正，到2027年7月1日党龄 64 年"]
    assert reasons("eighty", [old, poor], ON)[old.pk] == ["88 岁"]
    new = {row.name: row.is_new for row in eligible("hardship", on=ON, since=date(2026, 3, 1))}
    assert new == {"困难党员": True}
    assert not eligible("hardship", on=ON, since=date(2026, 3, 2)).get().is_new


@pytest.mark.parametrize("code", ["hardship", "fifty-years", "sixty-forty"])
def test_a_list_is_one_statement(tree, code, django_assert_num_queries):
    with django_assert_num_queries(2):  # the version, the list
        list(eligible(code, on=ON, since=date(2026, 10, 22)))
