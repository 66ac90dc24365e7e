"""The three automatic indicators and their first weights."""

from decimal import Decimal

from django.db import migrations

FIRST_YEAR = 2025

INDICATORS = (
    (
        "meetings",
        "三会一课",
        Decimal(50),
        "本年到上月底，应开的党员大会、支委会、党小组会、主题党日等已记录并确认的次数，除以应开次数。多开的不抵少开的。",
    ),
    ("roster", "名册完整", Decimal(25), "学历、工作岗位、联系电话、家庭住址都填了的党员人数，除以在册党员人数。"),
    ("coverage", "积分覆盖", Decimal(25), "本年除基础分以外有得分的党员人数，除以在册党员人数。"),
)


def write(apps, schema_editor):
    indicator = apps.get_model("assessments", "Indicator")
    indicator.objects.bulk_create(
        indicator(code=code, name=name, weight=weight, definition=definition, first_year=FIRST_YEAR)
        for code, name, weight, definition in INDICATORS
    )


def take_back(apps, schema_editor):
    apps.get_model("assessments", "Indicator").objects.filter(first_year=FIRST_YEAR).delete()


class Migration(migrations.Migration):
    dependencies = [("assessments", "0001_initial")]
    operations = [migrations.RunPython(write, take_back)]
