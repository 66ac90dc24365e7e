"""The catalogue as a county may begin with. In force from the day the county sets: what is to be disclosed follows the
regulation as we remember it, how often is nobody's but the county's."""

from django.db import migrations

ART = "《中国共产党党务公开条例（试行）》党的基层组织公开的内容（凭记忆，请核对原文）；多久一次由县里定"
DUES = "中组发〔2008〕3号：党费收缴、使用和管理情况向党员公布；一年一次（凭记忆）"
CARE = "灵武等地关怀帮扶办法：审批、公示，年度公布收支；天数由县里定"

TOPICS = (
    {"code": "plan", "name": "年度工作计划和重点任务", "organisation_kind": "branch", "often": "year", "days": 60, "is_ahead": True, "source": ART},
    {"code": "meetings", "name": "三会一课和党员教育情况", "organisation_kind": "branch", "often": "quarter", "days": 15, "source": ART},
    {"code": "dues", "name": "党费收缴情况", "organisation_kind": "branch", "often": "year", "days": 31, "source": DUES},
    {"code": "appraisal", "name": "组织生活会和民主评议情况", "organisation_kind": "branch", "often": "year", "days": 60, "source": ART},
    {"code": "conduct", "name": "联系服务群众和纠正“四风”情况", "organisation_kind": "branch", "often": "half", "days": 30, "source": ART},
    {"code": "care", "name": "走访慰问和关怀帮扶情况", "organisation_kind": "branch", "often": "year", "days": 60, "source": CARE},
    {"code": "admission", "name": "发展党员情况", "organisation_kind": "branch", "often": "event", "source": ART},
    {"code": "election", "name": "换届选举和支部设置", "organisation_kind": "branch", "often": "event", "source": ART},
    {"code": "plan", "name": "年度工作计划和重点任务", "organisation_kind": "committee", "often": "year", "days": 60, "is_ahead": True, "source": ART},
    {"code": "work", "name": "重点任务落实情况", "organisation_kind": "committee", "often": "half", "days": 30, "source": ART},
    {"code": "dues", "name": "党费收缴使用管理情况", "organisation_kind": "committee", "often": "year", "days": 31, "source": DUES},
    {"code": "decision", "name": "党委重要决定", "organisation_kind": "committee", "often": "event", "source": ART},
    {"code": "plan", "name": "年度工作部署", "organisation_kind": "county", "often": "year", "days": 90, "is_ahead": True, "source": ART},
    {"code": "dues", "name": "党费收缴使用管理情况", "organisation_kind": "county", "often": "year", "days": 60, "source": DUES},
    {"code": "decision", "name": "县委重要决定", "organisation_kind": "county", "often": "event", "source": ART},
)  # fmt: skip


def write(apps, schema_editor):
    topic = apps.get_model("openness", "Topic")
    topic.objects.bulk_create(topic(**row) for row in TOPICS)


def take_back(apps, schema_editor):
    apps.get_model("openness", "Topic").objects.filter(pieces=None).delete()


class Migration(migrations.Migration):
    dependencies = [("openness", "0002_published_is_published")]
    operations = [migrations.RunPython(write, take_back)]
