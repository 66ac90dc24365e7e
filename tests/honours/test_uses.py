"""结果运用: what a result was used for, of one holder and on a paper."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from points.honours import services
from points.honours.models import Use
from tests.factories import make_member
from tests.honours.makers import (
    DECIDED,
    honoured,
    refused,
)

DAY = timedelta(days=1)


def use(person=None, *, by, today=DECIDED, **fields) -> Use:
    said = {"year": 2025, "result": "yellow", "outcome": "黄榜", "purpose": "talk", "day": today} | fields
    return services.record_use(member=person, by=by, today=today, **said)


def test_what_a_result_was_used_for_stands_where_the_member_was_that_day(tree, cast, person):
    row = use(person, by=cast.secretary, day=date(2026, 3, 1), note="书记谈话")
    assert (row.organisation, row.holder) == (tree.ours, "潘山洋")
    services.void_use(row, reason="登错了人", by=cast.secretary, today=DECIDED)
    refused(lambda: services.void_use(row, reason="再作废", by=cast.secretary, today=DECIDED), "已经作废")
    assert Use.objects.count() == 1 and not Use.objects.standing().exists()


@pytest.mark.parametrize(
    ("said", "words", "field"),
    [
        ({"day": DECIDED + DAY}, "还没到", "day"),
        ({"year": 2027}, "核对年度", "year"),
        ({"outcome": ""}, "什么结果", "outcome"),
        ({"purpose": "promotion"}, "提拔使用要写文号", "document_number"),
        ({"result": "honour"}, "哪一项荣誉", "honour"),
        ({"day": date(2009, 1, 1), "year": 2008}, "不在这里", "day"),
    ],
)
def test_a_use_that_cannot_be_is_refused(tree, cast, person, said, words, field):
    refused(lambda: use(person, by=cast.secretary, **said), words, field)
    assert not Use.objects.exists()


def test_a_use_is_of_one_holder_and_of_an_honour_they_hold(tree, cast, call, person):
    honour = honoured(call, person, by=cast.secretary, reviewer=cast.committee, decider=cast.department)
    said = {"result": "honour", "outcome": "全县优秀共产党员", "purpose": "promotion", "document_number": "清组任〔2026〕7号", "year": 2026}
    assert use(person, by=cast.department, honour=honour, **said).honour == honour
    other = make_member(tree.ours, "刘明")
    refused(lambda: use(other, by=cast.department, honour=honour, **said), "不是他的", "honour")
    refused(lambda: use(person, by=cast.department, honour=honour, **said | {"day": DECIDED - DAY}), "没有授予", "honour")
    refused(lambda: use(None, by=cast.department), "选一位党员，或者一个党组织", "member")
    refused(lambda: use(person, organisation=tree.ours, by=cast.department), "选一位党员，或者一个党组织", "member")
    with pytest.raises(IntegrityError, match="use_has_paper"), transaction.atomic():
        Use.objects.update(document_number="")
