"""A row that is right, to be made wrong one cell at a time."""

from datetime import date

from members.rules.branch_names import BranchIndex
from members.rules.identity import check_digit
from members.rules.roster import CheckedRow, Person, RosterCheck

TODAY = date(2026, 11, 22)
TREE = (
    ("001", "中共清源县委员会", "county"),
    ("001003", "中共清源县山门镇委员会", "committee"),
    ("001003009", "中共清源县山门镇机关总支部委员会", "general_branch"),
    ("001003001", "中共清源县山门镇高家杨村支部委员会", "branch"),
    ("001003002", "中共清源县山门镇袁家店村支部委员会", "branch"),
    ("001003003", "中共清源县山门镇机关支部委员会", "branch"),
    ("001004001", "中共清源县白驼镇机关支部委员会", "branch"),
    ("001004002", "中共清源县白驼镇河老村支部委员会", "branch"),
    ("001004003", "中共清源县白驼镇河老村支部委员会", "branch"),
    ("00100400201", "中共清源县白驼镇河老村第一党小组", "group"),
)


def id_number(born: str = "19850730", order: str = "538", area: str = "629922") -> str:
    first17 = area + born + order
    return first17 + check_digit(first17)


RIGHT = Person(
    name="莫萍", sex="女", ethnicity="汉族", id_number=id_number(), birth_on="1985-07-30", education="大学专科", category="正式党员",
    branch="中共清源县山门镇高家杨村支部委员会", joined_on="2006-02-07", full_on="2007-02-07", post="公务员", mobile_phone="15433371847", landline="",
    address="甘肃省清源县高家杨村65号", standing="正常", is_lost="否", lost_on="", is_mobile="否", destination="",
)  # fmt: skip


def a_check() -> RosterCheck:
    return RosterCheck(today=TODAY, branches=BranchIndex(TREE), repeated={})


def checked(**cells) -> CheckedRow:
    return a_check().check(4, RIGHT._replace(**cells))


def codes(**cells) -> list[str]:
    """The codes of the right row with these cells in place of its own."""
    return sorted(fault.code for fault in checked(**cells).faults)
