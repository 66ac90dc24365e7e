"""How long each kind of organisation is elected for, with its source."""

from datetime import date

from django.db import migrations

START = date(2018, 10, 28)  # the day 支部工作条例(试行) took force

Z = "支部工作条例（试行）第六章：村、社区党支部每届任期 5 年，其他党支部 3 年"
N = "农村基层组织工作条例 2019：乡镇党委、村党组织每届任期 5 年"
J = "机关基层组织工作条例 2019：机关党委每届任期 5 年，机关总支、支部 3 年"

LENGTHS = (
    ("branch", "", 3, Z),
    ("branch", "village", 5, Z),
    ("branch", "community", 5, Z),
    ("general_branch", "", 3, J),
    ("general_branch", "village", 5, N),
    ("general_branch", "community", 5, N),
    ("committee", "", 5, J),
    ("committee", "township", 5, N),
    ("committee", "village", 5, N),
)


def write(apps, schema_editor):
    length = apps.get_model("branches", "TermLength")
    length.objects.bulk_create(
        length(organisation_kind=kind, unit_type=unit_type, years=years, source=source, start=START)
        for kind, unit_type, years, source in LENGTHS
    )


def take_back(apps, schema_editor):
    apps.get_model("branches", "TermLength").objects.filter(start=START).delete()


class Migration(migrations.Migration):
    dependencies = [("branches", "0003_terms")]
    operations = [migrations.RunPython(write, take_back)]
