"""How often each kind of meeting is due, with its source (支部工作条例(试行) 2018, 教育管理条例 2019)."""

from datetime import date

from django.db import migrations

START = date(2018, 10, 28)  # the day 支部工作条例(试行) took force

REQUIREMENTS = (
    {"kind": "assembly", "period": "quarter", "source": "支部工作条例（试行）第十一条：党员大会一般每季度召开 1 次"},
    {
        "kind": "committee",
        "period": "month",
        "minimum_full_members": 7,
        "source": "支部工作条例（试行）第十二条：支委会一般每月召开 1 次；正式党员 7 人以上设支委会",
    },
    {"kind": "group", "period": "month", "needs_groups": True, "source": "支部工作条例（试行）第十三条：党小组会一般每月召开 1 次"},
    {"kind": "theme_day", "period": "month", "source": "支部工作条例（试行）第十六条：主题党日每月相对固定 1 天"},
    {"kind": "life_meeting", "period": "year", "source": "支部工作条例（试行）第十七条：组织生活会每年至少召开 1 次，一般在第四季度"},
    {"kind": "appraisal", "period": "year", "source": "党员教育管理工作条例第十八条：民主评议党员一般每年 1 次"},
)


def write(apps, schema_editor):
    requirement = apps.get_model("education", "Requirement")
    requirement.objects.bulk_create(requirement(organisation_kind="branch", start=START, **row) for row in REQUIREMENTS)


def take_back(apps, schema_editor):
    apps.get_model("education", "Requirement").objects.filter(start=START).delete()


class Migration(migrations.Migration):
    dependencies = [("education", "0001_initial")]
    operations = [migrations.RunPython(write, take_back)]
