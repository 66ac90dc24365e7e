"""The lists a county begins with, each with its source. Where the source is local or inferred the list is a draft, to be put in force by whoever wants it."""

from datetime import date

from django.db import migrations
from django.utils import timezone

SINCE = date(2019, 12, 30)  # 党和国家机关基层组织工作条例 2019; 党内关怀帮扶办法 of the same year
MEDAL_SINCE = date(2021, 6, 29)  # 光荣在党50年 was first awarded for the hundredth anniversary
_NEW_YEAR = "元旦春节、七一走访慰问"
_VISITS = "元旦春节走访慰问的通知：生活困难党员、老党员、老干部，新中国成立前入党的全部走到"
_OFFICES = "党和国家机关基层组织工作条例第二十条：关怀帮扶因公殉职、牺牲党员的家庭和因公伤残、离退休、流动、生活困难党员"
_LOCAL = "地方做法，见于县级总结，没有统一规定"
_FAIR = [{"leaf": "unpunished", "on": "july"}, {"leaf": "in_standing", "on": "july"}]


def _held(*kinds):
    return {"leaf": "condition", "kinds": list(kinds)}


# code, name, what for, once, tree, source, since when in force (None: a draft)
LISTS = (
    ("hardship", "生活困难党员", f"{_NEW_YEAR}，困难救助", False, _held("hardship"), _VISITS, SINCE),
    ("illness", "重病党员", "患病探望，困难救助", False, _held("illness"), _LOCAL + "：患病探望", SINCE),
    ("bereaved", "丧亲党员", "上门慰问", False, _held("bereaved"), _LOCAL, SINCE),
    (
        "pre-1949",
        "新中国成立前入党的老党员",
        f"{_NEW_YEAR}，每人都走到",
        False,
        {"leaf": "joined", "before": "1949-10-01"},
        _VISITS,
        SINCE,
    ),
    (
        "pre-1949-subsidy",
        "新中国成立前入党、没有退休金的农村老党员",
        "每月生活补贴",
        False,
        {"all": [{"leaf": "joined", "before": "1949-10-01"}, _held("no_pension")]},
        "新中国成立前入党的农村老党员和未享受离退休待遇的城镇老党员生活补贴",
        SINCE,
    ),
    (
        "fifty-years",
        "光荣在党50年",
        "七一颁发“光荣在党50年”纪念章",
        True,
        {"all": [{"leaf": "party_age", "at_least": 50, "on": "july"}, {"leaf": "at_home", "on": "july"}, *_FAIR]},
        "“光荣在党50年”纪念章颁发条件：健在，截至7月1日党龄满 50 年，一贯表现良好",
        MEDAL_SINCE,
    ),
    (
        "eighty",
        "80 岁以上老党员",
        f"{_NEW_YEAR}，高龄补助",
        False,
        {"leaf": "age", "at_least": 80},
        _LOCAL + "：80 岁以上老党员补助发放和慰问",
        SINCE,
    ),
    (
        "elder-cadres",
        "65 岁以上老干部",
        "地方优待，如免费乘车",
        False,
        {"all": [_held("veteran_cadre", "retired_cadre"), {"leaf": "age", "at_least": 65}]},
        _LOCAL + "：年龄 65 岁以上老干部免费乘车",
        SINCE,
    ),
    (
        "sixty-forty",
        "60 岁以上、党龄 40 年以上",
        "地方优待，如免费乘车",
        False,
        {"all": [{"leaf": "age", "at_least": 60}, {"leaf": "party_age", "at_least": 40}]},
        _LOCAL + "：党龄 40 年以上、年龄 60 岁以上党员免费乘车",
        SINCE,
    ),
    (
        "duty",
        "因公伤残党员和因公牺牲、殉职党员家庭",
        _NEW_YEAR,
        False,
        _held("duty_disabled", "duty_death_family", "martyr_family"),
        _OFFICES,
        SINCE,
    ),
    (
        "eighty-fifty",
        "80 岁以上、党龄 50 年以上",
        "生日慰问，一般不超过 100 元",
        False,
        {"all": [{"leaf": "age", "at_least": 80}, {"leaf": "party_age", "at_least": 50}]},
        "某县级市关怀资金办法（转述，未见原文）：80 岁以上且党龄 50 年以上",
        None,
    ),
    (
        "sixty-five-or-forty",
        "65 岁以上，或者党龄 40 年以上",
        "地方关怀资金",
        False,
        {
            "all": [
                {"any": [{"leaf": "age", "at_least": 65}, {"leaf": "party_age", "at_least": 40}]},
                {"leaf": "appraisal", "never": ["unqualified"], "back": 1},
            ]
        },
        "某市关怀办法（转引，未见原文）：65 岁以上或党龄 40 年以上；民主评议不合格的除外",
        None,
    ),
)


def write(apps, schema_editor):
    criterion, version = apps.get_model("care", "Criterion"), apps.get_model("care", "CriterionVersion")
    now = timezone.now()
    for position, (code, name, benefit, once, tree, source, since) in enumerate(LISTS, start=1):
        row = criterion.objects.create(code=code, name=name, benefit=benefit, once=once, position=position * 10)
        enacted = {"start": since, "enacted_at": now} if since else {}
        version.objects.create(criterion=row, number=1, tree=tree, source=source, **enacted)


def take_back(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")  # what is frozen was written by this very migration
        cursor.execute(
            "DELETE FROM care_criterionversion WHERE criterion_id IN (SELECT id FROM care_criterion WHERE code = ANY(%s))",
            [[r[0] for r in LISTS]],
        )
        cursor.execute("DELETE FROM care_criterion WHERE code = ANY(%s)", [[row[0] for row in LISTS]])
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


class Migration(migrations.Migration):
    dependencies = [("care", "0004_frozen_and_append_only")]
    operations = [migrations.RunPython(write, take_back)]
