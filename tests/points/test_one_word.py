"""What an older portal called `manual.appraisal` is the result of 民主评议 that ratios and 救助 ask for, and the ledger stays as it is."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import connection

from members.models import Fact
from points.models import Item, Multiplier
from points.rules.kinds import APPRAISAL
from points.settlement import Scope, settle
from tests.points.makers import YEAR, deed, make_scheme, settled, total

pytestmark = pytest.mark.django_db


def test_versions_and_facts_of_then_say_the_one_word(tree, member):
    old = "manual.appraisal"
    result = {"code": "appraisal", "fact_kind": old, "value": Decimal(0), "manual": True}
    make_scheme(tree.county, {"value": Decimal(10)}, result, multipliers={"": (old, {"excellent": Decimal("1.5")})})
    settled(deed(member, date(YEAR, 2, 1)), deed(member, date(YEAR, 12, 1), kind=old, grade="excellent"))
    assert total(member) == 15
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in import_module("points.migrations.0013_one_word_for_the_appraisal").FORWARD:
            cursor.execute(statement)
    assert Item.objects.get(code="appraisal").fact_kind == Multiplier.objects.get().fact_kind == APPRAISAL
    assert Fact.objects.get(grade="excellent").kind == APPRAISAL
    assert settle(Scope(YEAR)).entries == 0 and total(member) == 15
