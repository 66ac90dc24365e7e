"""The members of the demo county, in shares of the end-2024 statistics (DOMAIN §10), and their dated rows."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from branches.models import Organisation
from branches.services.organisations import found_organisation
from members.models import Affiliation, GroupMembership, Member, MemberClass, Office
from members.rules.ages import NO_PROBATION
from members.rules.classes import member_class
from members.services.people import derived
from partyportal.dashboard.demo.bulk import copy_in
from partyportal.dashboard.demo.county import Plan
from partyportal.dashboard.demo.quality import leave_gaps

SURNAMES = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
MALE = "强军杰勇涛明超平刚志国建文宇成浩斌山东海峰鹏磊飞松洋波凯青庆永贵福世"
FEMALE = "芳娜敏静丽艳娟霞英玲素萍梅秀红兰花菊春香云雪莉慧颖琴爱玉月婷"
DESTINATIONS = (
    "广东省东莞市",
    "北京市朝阳区",
    "广东省深圳市宝安区",
    "陕西省西安市雁塔区",
    "浙江省杭州市萧山区",
    "上海市浦东新区",
    "江苏省昆山市",
    "新疆维吾尔自治区乌鲁木齐市",
    "内蒙古自治区鄂尔多斯市",
    "福建省晋江市",
)
AGES = ((18, 30, 122), (31, 35, 108), (36, 40, 115), (41, 45, 97), (46, 50, 90), (51, 55, 94), (56, 60, 86), (61, 75, 220), (76, 92, 70))
POSTS = {"village": "农民", "office": "公务员", "school": "教师", "institution": "专业技术人员", "new_sector": "企业职工"}
EDUCATIONS = {"village": ("70", "60", "70", "80", "40", "30"), "other": ("20", "30", "20", "20", "10", "60")}
WEIGHTS, SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"

# 高家杨村党支部: the pictures' own people. (name, sex, born, joined, category, mobile to)
SHOWCASE = (
    ("吕山东", "1", 1971, 1996, "full", ""),
    ("郑月", "2", 1984, 2009, "full", ""),
    ("汪辉世", "1", 1976, 2003, "full", ""),
    ("肖斌", "1", 1980, 2006, "full", ""),
    ("刘明", "1", 1988, 2014, "full", ""),
    ("程勇庆", "1", 1966, 1993, "full", ""),
    ("戴鹏", "1", 1947, 1970, "full", ""),
    ("龚莉娜", "2", 1973, 2001, "full", ""),
    ("郝琴", "2", 1969, 1999, "full", ""),
    ("胡超强", "1", 1999, 2025, "probationary", ""),
    ("孔春琴", "2", 1962, 1990, "full", ""),
    ("罗莉艳", "2", 2000, 2026, "probationary", ""),
    ("汤秀颖", "2", 1978, 2004, "full", ""),
    ("魏英", "2", 1958, 1985, "full", ""),
    ("薛荣荣", "2", 1991, 2017, "full", ""),
    ("薛永云", "1", 1964, 1992, "full", ""),
    ("姚浩永", "1", 1982, 2008, "full", ""),
    ("余娜兰", "2", 1987, 2013, "full", ""),
    ("赵峰河", "1", 1970, 1998, "full", ""),
    ("周春", "2", 1979, 2005, "full", ""),
    ("陈辉文", "1", 1990, 2015, "full", "陕西省西安市雁塔区"),
    ("潘山洋", "1", 1986, 2011, "full", "陕西省西安市雁塔区"),
    ("汤艳岚", "2", 1944, 1972, "full", ""),
    ("唐林永", "1", 1951, 1976, "full", ""),
)
SHOWCASE_OFFICES = {"吕山东": "secretary", "郑月": "publicity", "汪辉世": "organisation", "肖斌": "discipline"}
COMMITTEE = ("secretary", "organisation", "publicity", "discipline")


@dataclass
class Draft:
    """A member about to be written, with the branch that will be theirs."""

    member: Member
    branch: Organisation

    @property
    def start(self) -> date:
        """The first day the county knows of."""
        return max(self.member.joined_on, self.branch.founded_on)


class Numbers:
    """Valid ID numbers of the unassigned area 6299xx, none twice."""

    def __init__(self, random: Random):
        self._random, self._given = random, set()

    def draw(self, birth_on: date, sex: str) -> str:
        while True:
            order = self._random.randrange(500) * 2 + (1 if sex == "1" else 0)
            body = f"{self._random.choice((629901, 629902, 629921, 629922, 629923))}{birth_on:%Y%m%d}{order:03d}"
            number = body + SIGNS[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]
            if number not in self._given:
                self._given.add(number)
                return number


def fill(branches: list[Organisation], *, plan: Plan, today: date, random: Random) -> None:
    """Write the members of all branches with affiliations, classes, committees and groups."""
    numbers, count = Numbers(random), plan.members
    drafts = [
        _showcase(branch, row, today, numbers, random)
        for branch in branches
        if branch.name.endswith("高家杨村支部委员会")
        for row in SHOWCASE
    ]
    others = [branch for branch in branches if not branch.name.endswith("高家杨村支部委员会")]
    sizes = [random.choice((9, 13, 16, 18, 20, 22, 24, 28, 34)) for _ in others]
    scale = (count - len(drafts)) / sum(sizes)
    for branch, size in zip(others, _spread(sizes, scale, count - len(drafts)), strict=True):
        drafts += [_somebody(branch, today, numbers, random) for _ in range(size)]
    for serial, draft in enumerate(drafts):
        if serial % 310 == 300:
            draft.member.is_lost, draft.member.lost_on = True, (today - timedelta(days=210)).replace(day=1)
        draft.member.mobile_phone = "" if serial % 97 == 50 else f"154{serial * 7919 % 100_000_000:08d}"
    leave_gaps([d.member for d in drafts])
    copy_in([d.member for d in drafts])
    copy_in([Affiliation(member=d.member, organisation=d.branch, start=d.start, reason="opening") for d in drafts])
    copy_in([MemberClass(member=d.member, name=_class_of(d, today), start=d.start) for d in drafts])
    _seat_committees(drafts, today)
    _divide_into_groups(drafts, today, above=plan.groups_above)


def _class_of(draft: Draft, today: date) -> str:
    if today.year - draft.member.birth_on.year >= 75 and not draft.member.is_mobile:
        return MemberClass.Name.EXEMPT
    return member_class(is_mobile=draft.member.is_mobile, post=draft.member.post, unit_type=draft.branch.unit_type)


def _spread(sizes: list[int], scale: float, total: int) -> list[int]:
    """Whole numbers in proportion, with exactly the wanted sum."""
    scaled = [max(4, int(size * scale)) for size in sizes]
    for at in range(abs(total - sum(scaled))):
        scaled[at % len(scaled)] += 1 if total > sum(scaled) else -1
    return scaled


def _showcase(branch: Organisation, row: tuple, today: date, numbers: Numbers, random: Random) -> Draft:
    name, sex, born, joined, category, away = row
    birth_on, joined_on = date(born, random.randint(1, 12), random.randint(1, 28)), date(joined, 6, 28)
    if category == "probationary":
        joined_on = today - timedelta(days=365 - 28) if joined < today.year else today - timedelta(days=150)
    return Draft(_member(name, sex, birth_on, joined_on, category, "农民", "70", away, branch, numbers, today), branch)


def _somebody(branch: Organisation, today: date, numbers: Numbers, random: Random) -> Draft:
    low, high, _ = random.choices(AGES, weights=[share for *_, share in AGES])[0]
    birth_on = date(today.year - random.randint(max(low, 20), high), random.randint(1, 12), random.randint(1, 28))
    sex = "2" if random.random() < 0.309 else "1"
    given = FEMALE if sex == "2" else MALE
    name = random.choice(SURNAMES) + random.choice(given) + (random.choice(given) if random.random() < 0.6 else "")
    oldest = today.year - birth_on.year
    joined_on = birth_on.replace(year=birth_on.year + random.randint(19, max(19, min(45, oldest - 1))))
    joined_on = min(joined_on, today - timedelta(days=random.randint(5, 350)))
    category = "probationary" if (today - joined_on).days < 366 else "full"
    post = POSTS.get(branch.unit_type, "农民")
    if branch.unit_type != "village" and oldest >= 61:
        post = "离退休人员"
    away = random.choice(DESTINATIONS) if oldest < 55 and random.random() < 0.11 and branch.unit_type == "village" else ""
    education = random.choice(EDUCATIONS["village" if branch.unit_type == "village" else "other"])
    return Draft(_member(name, sex, birth_on, joined_on, category, post, education, away, branch, numbers, today), branch)


def _member(name, sex, birth_on, joined_on, category, post, education, away, branch, numbers, today) -> Member:
    full_on = None
    if category == "full":
        no_probation = NO_PROBATION[0] <= joined_on <= NO_PROBATION[1]
        full_on = joined_on if no_probation else min(joined_on + timedelta(days=366), today)
    number = numbers.draw(birth_on, sex)
    return Member(
        name=name, sex=sex, birth_on=birth_on, joined_on=joined_on, full_on=full_on, category=category, post=post, education=education,
        ethnicity="01", id_number=number, **derived(name=name, id_number=number), is_mobile=bool(away), destination=away,
        address=f"甘肃省{branch.name.removeprefix('中共').removesuffix('支部委员会')}{len(name) * birth_on.day}号", branch=branch,
    )  # fmt: skip


def _seat_committees(drafts: list[Draft], today: date) -> None:
    """A committee where seven full members make one due (支部工作条例 ch.6), a secretary elsewhere."""
    by_branch: dict[int, list[Member]] = {}
    for draft in drafts:
        fit = draft.member.category == "full" and not draft.member.is_mobile and 25 <= today.year - draft.member.birth_on.year <= 65
        if fit:
            by_branch.setdefault(draft.branch.pk, []).append(draft.member)
    offices, start = [], date(today.year - 2, 12, 28)
    for branch_id, fit in by_branch.items():
        named = [m for m in fit if m.name in SHOWCASE_OFFICES]
        if len(named) == len(SHOWCASE_OFFICES):
            chosen = [(m, SHOWCASE_OFFICES[m.name]) for m in named]
        else:
            chosen = list(zip(fit, COMMITTEE if len(fit) >= 7 else COMMITTEE[:1], strict=False))
        offices += [Office(member=m, organisation_id=branch_id, position=position, start=start) for m, position in chosen]
    copy_in(offices)


def _divide_into_groups(drafts: list[Draft], today: date, *, above: int) -> None:
    """Two 党小组 in every village branch of more than so many (Z Art13: many or scattered members must divide)."""
    by_branch: dict[Organisation, list[Member]] = {}
    for draft in drafts:
        by_branch.setdefault(draft.branch, []).append(draft.member)
    memberships = []
    for branch, people in by_branch.items():
        if branch.unit_type != "village" or len(people) <= above:
            continue
        start = date(today.year - 1, 1, 1)
        groups = [
            found_organisation(
                code=f"{branch.code}{n:02d}",
                name=f"{branch.name.removesuffix('支部委员会')}{word}党小组",
                kind="group",
                parent=branch,
                founded_on=start,
                by=None,
            )
            for n, word in enumerate(("第一", "第二"), start=1)
        ]
        for at, member in enumerate(people):
            if not member.is_mobile and member.joined_on < start:
                memberships.append(GroupMembership(member=member, organisation=groups[at % 2], start=start))
    copy_in(memberships)
