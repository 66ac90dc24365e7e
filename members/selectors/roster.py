"""党员名册: who is on it, narrowed by what the URL asks, and how many stand behind each saved view.

Other pages link to its rows with these keys: organisation (code, its subtree), view, category, age ("31-40", "-30",
"61-"), sex, education (first digit of GB/T 4658, or none), state, member_class, destination, q, sort.
"""

import re
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from branches.access import paths_for
from branches.models import Organisation
from members.models import Member, MemberClass
from members.models.people import with_party_age
from members.rules.ages import party_age, party_since, whole_years
from partyportal.core.masks import mask_phone

VIEWS = (("", "全部"), ("mobile", "流动党员"), ("probationary", "预备党员"), ("fifty", "党龄满五十年"), ("no_phone", "缺手机号"))
STATES = (("mobile", "流动"), ("lost", "失联"), ("suspended", "停止党籍"), ("phone", "有手机号"))
AGE_BANDS = ("-30", "31-35", "36-40", "41-45", "46-50", "51-55", "56-60", "61-")  # those of the national statistics
EDUCATION = (
    ("1", "研究生"),
    ("2", "本科"),
    ("3", "专科"),
    ("4", "中职中专"),
    ("6", "高中"),
    ("7", "初中"),
    ("8", "小学"),
    ("9", "其他"),
    ("none", "没有填"),
)
# key → columns; the name's own pinyin and the id make every order total
SORTS = {"name": ("pinyin",), "age": ("-birth_on", "pinyin"), "branch": ("branch__code", "pinyin"), "party_age": ("-full_on", "pinyin")}


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of the roster as it is shown: nothing on it reveals a whole number."""

    uid: UUID
    name: str
    sex: str
    age: int
    id_masked: str
    branch: str
    is_full: bool
    party_age: int | None
    phone: str
    is_mobile: bool
    is_lost: bool
    is_suspended: bool

    @property
    def party_age_words(self) -> str:
        return "—" if self.party_age is None else f"{self.party_age} 年" if self.party_age else "不满 1 年"


def roster(user, *, within: Organisation | None = None, verb: str | None = None) -> QuerySet:
    """The members at home in the branches the user sees (or where the verb holds), of one organisation's subtree if it is named.

    Asked by branch, not by path on every member: a secretary's thirty are found by index, whatever the county's size.
    """
    branches = Organisation.objects.where(user, verb) if verb else Organisation.objects.visible_to(user)
    return Member.objects.at_home().filter(branch__in=branches.within(within) if within else branches)


def search(members: QuerySet, text: str) -> QuerySet:
    """Members found by what somebody typed (MemberQuerySet.matching), by pinyin."""
    return members.matching(text).order_by("pinyin", "id")


def condition_of(view: str, *, today: date) -> Q:
    """What a saved view asks."""
    return {
        "mobile": Q(is_mobile=True),
        "probationary": Q(category=Member.Category.PROBATIONARY),
        "fifty": Q(category=Member.Category.FULL) & with_party_age(on=today, at_least=50),
        "no_phone": Q(mobile_phone=""),
    }.get(view, Q())


def narrowed(members: QuerySet, *, today: date, **asked: str) -> QuerySet:
    """The roster with every condition asked; an empty one asks nothing."""
    rows = members.filter(condition_of(asked.get("view", ""), today=today))
    if text := asked.get("q"):
        rows = rows.matching(text)
    if category := asked.get("category"):
        rows = rows.filter(category=category)
    if sex := asked.get("sex"):
        rows = rows.filter(sex=sex)
    if age := asked.get("age"):
        rows = rows.aged(*age_bounds(age), on=today)
    if education := asked.get("education"):
        rows = rows.filter(education="") if education == "none" else rows.filter(education__startswith=education)
    if destination := asked.get("destination"):
        rows = rows.filter(is_mobile=True, destination__startswith=destination)
    if name := asked.get("member_class"):
        rows = rows.filter(Exists(MemberClass.objects.on(today).filter(member=OuterRef("pk"), name=name)))
    return _in_state(rows, asked.get("state", ""))


def _in_state(members: QuerySet, state: str) -> QuerySet:
    conditions = {
        "mobile": Q(is_mobile=True),
        "lost": Q(is_lost=True),
        "suspended": Q(standing=Member.Standing.SUSPENDED),
        "phone": ~Q(mobile_phone=""),
    }
    return members.filter(conditions.get(state, Q()))


def in_order(members: QuerySet, sort: str) -> QuerySet:
    """By name unless one of SORTS is asked; a leading minus turns it round."""
    columns = SORTS.get(sort.removeprefix("-"), SORTS["name"])
    if sort.startswith("-"):
        columns = tuple(column.removeprefix("-") if column.startswith("-") else f"-{column}" for column in columns)
    return members.order_by(*columns, "id")


def places(user, *, within: Organisation | None) -> list[tuple[str, str]]:
    """The organisations to narrow down to next: those under the one in view; beside a branch, its neighbours in sight."""
    seen = Organisation.objects.visible_to(user).existing().exclude(kind=Organisation.Kind.GROUP)  # nobody's 组织关系 is to a 党小组
    if within is None:
        paths = paths_for(user)
        below = seen.filter(parent__path=paths[0]) if len(paths) == 1 else seen.filter(path__in=paths)
    else:
        below = seen.filter(parent=within.parent_id if within.is_branch else within)
    listed = [(code, name) for code, name in below.values_list("code", "short_name") if within is None or code != within.code]
    return [("", "全部"), *([(within.code, within.short_name)] if within else []), *listed]


def view_counts(members: QuerySet, *, today: date) -> dict[str, int]:
    """How many stand behind each saved view: one pass over the members, no join."""
    return members.aggregate(**{view or "all": Count("pk", filter=condition_of(view, today=today)) for view, _ in VIEWS})


def rows_of(members: QuerySet, *, today: date) -> list[RosterRow]:
    """A page of members as lines, read as bare columns: the sealed number never leaves the database."""
    columns = (
        "uid",
        "name",
        "sex",
        "birth_on",
        "id_masked",
        "branch__short_name",
        "branch__parent__short_name",
        "category",
        "joined_on",
        "full_on",
        "mobile_phone",
        "is_mobile",
        "is_lost",
        "standing",
    )
    found = members.values_list(*columns)
    return [
        RosterRow(
            uid=uid,
            name=name,
            sex=_SEX[sex],
            age=whole_years(birth_on, today),
            id_masked=id_masked,
            branch=_everyday(branch, above),
            is_full=category == Member.Category.FULL,
            party_age=party_age(party_since(joined_on, full_on), today) if category == Member.Category.FULL else None,
            phone=mask_phone(phone),
            is_mobile=is_mobile,
            is_lost=is_lost,
            is_suspended=standing == Member.Standing.SUSPENDED,
        )
        for uid, name, sex, birth_on, id_masked, branch, above, category, joined_on, full_on, phone, is_mobile, is_lost, standing in found
    ]


_SEX = dict(Member.Sex.choices)


def _everyday(branch: str, above: str | None) -> str:
    """高家杨村 for 高家杨村党支部; the many called 第一党支部 with what they hang under."""
    name = branch.removesuffix("党支部") or branch
    return f"{above.removesuffix('党总支')}{name}" if above and name.startswith("第") else name


def age_bounds(age: str) -> tuple[int | None, int | None]:
    """ "31-40" → (31, 40), "-30" → (None, 30), "61-" → (61, None); anything else asks nothing."""
    found = re.fullmatch(r"(\d{0,3})-(\d{0,3})", age)
    low, high = found.groups() if found else ("", "")
    return (int(low) if low else None, int(high) if high else None)


def age_label(age: str) -> str:
    low, high = age_bounds(age)
    if low is None:
        return "不限" if high is None else f"{high} 岁及以下"
    return f"{low} 岁及以上" if high is None else f"{low}–{high} 岁"
