"""The tree of the demo county: seats and villages as a real county has them."""

from dataclasses import dataclass
from datetime import date
from random import Random

from branches.models import Organisation
from branches.services.organisations import found_organisation

TOWNS = ("永清镇", "红堡镇", "白驼镇", "金集镇", "秦亭镇", "山门镇", "松树镇", "贾川乡", "丰望乡", "草川铺乡", "土门乡", "新城乡")
OFFICES = (
    "县委办公室",
    "县政府办公室",
    "组织部",
    "宣传部",
    "财政局",
    "教育局",
    "水务局",
    "税务局",
    "审计局",
    "应急管理局",
    "农业农村局",
    "交通运输局",
)
FIRMS = ("物流行业协会", "清泉果业有限公司", "宏达建材有限公司", "民营医院", "律师行业", "电子商务协会")
FAMILIES = "高杨袁李赵戴吕肖毛郝余程陈侯马唐郭付蔡卢朱苏覃庞孟邵龙邱石贺"
PLACES = ("家杨村", "家店村", "家湾村", "家坪村", "家沟村", "家梁村", "家庄村", "家堡村", "家河村", "家寨村", "家营村", "家岔村")
# Codes are fixed so that the demo logins and the documentation can name them.
SHOWCASE_TOWN, SHOWCASE_VILLAGE = "山门镇", "高家杨村"


@dataclass(frozen=True)
class Plan:
    """How large a county to make."""

    towns: tuple[str, ...]
    villages: int  # a town
    offices: int
    firms: int
    members: int
    groups_above: int = 20  # a village branch of more members than this has two 党小组
    deeds: int = 1000  # 人工认定: in a thousand of those the small county has
    villages_pay_ahead: bool = False  # in September for the rest of the year, instead of month by month


PLANS = {
    "small": Plan(towns=("永清镇", "白驼镇", "山门镇", "土门乡"), villages=9, offices=10, firms=5, members=1_200),
    "county": Plan(towns=TOWNS, villages=145, offices=60, firms=40, members=40_000, groups_above=33, deeds=250, villages_pay_ahead=True),
}


def found_county(plan: Plan, random: Random) -> Organisation:
    """Found the whole tree and return its root."""
    county = _found("001", "中共清源县委员会", "county", None, date(1949, 8, 20))
    works = _found("001001", "中共清源县直属机关工作委员会", "work_committee", county, date(1950, 5, 4), "office")
    firms = _found("001002", "中共清源县两新组织工作委员会", "work_committee", county, date(2012, 3, 1), "new_sector")
    for n in range(plan.offices):
        name = OFFICES[n] if n < len(OFFICES) else f"第{n + 1}直属单位"
        _branch(works, n + 1, f"中共清源县{name}支部委员会", random, "office")
    for n in range(plan.firms):
        name = FIRMS[n] if n < len(FIRMS) else f"第{n + 1}商会"
        _branch(firms, n + 1, f"中共清源县{name}支部委员会", random, "new_sector")
    for town in plan.towns:
        # The showcase township keeps its code in both sizes.
        code = "001006" if town == SHOWCASE_TOWN else f"001{3 + TOWNS.index(town) + (TOWNS.index(town) >= 3):03d}"
        _found_township(plan, county, code, town, random)
    return county


def _found_township(plan: Plan, county: Organisation, code: str, town: str, random: Random) -> None:
    seat = _found(code, f"中共清源县{town}委员会", "committee", county, date(1956, 6, 1), "township")
    names = [f"{family}{place}" for place in PLACES for family in FAMILIES if f"{family}{place}" != SHOWCASE_VILLAGE]
    villages = (
        [SHOWCASE_VILLAGE, *random.sample(names, plan.villages - 1)] if town == SHOWCASE_TOWN else random.sample(names, plan.villages)
    )
    number = 0
    for at, village in enumerate(villages):
        number += 1
        if at and at % 9 == 0:  # a large village: a 党总支 over two branches
            general = _found(
                f"{code}{number:03d}", f"中共清源县{town}{village}总支部委员会", "general_branch", seat, date(1975, 6, 10), "village"
            )
            for half, word in enumerate(("第一", "第二"), start=1):
                _branch(general, half, f"中共清源县{town}{village}{word}支部委员会", random, "village")
        else:
            _branch(seat, number, f"中共清源县{town}{village}支部委员会", random, "village")
    for name, unit in (("机关", "office"), ("中心小学", "school"), ("卫生院", "institution")):
        number += 1
        _branch(seat, number, f"中共清源县{town}{name}支部委员会", random, unit)


def _branch(parent: Organisation, number: int, name: str, random: Random, unit_type: str) -> Organisation:
    founded_on = date(random.randint(1950, 2020), random.randint(1, 12), random.randint(1, 28))
    return _found(f"{parent.code}{number:03d}", name, "branch", parent, founded_on, unit_type)


def _found(code: str, name: str, kind: str, parent: Organisation | None, founded_on: date, unit_type: str = "") -> Organisation:
    return found_organisation(code=code, name=name, kind=kind, parent=parent, founded_on=founded_on, unit_type=unit_type, by=None)
