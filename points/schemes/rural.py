"""A rural template [DOMAIN §8, S29]: five fields of ten points each, from which is taken off, and a reward."""

from decimal import Decimal

from points.rules.content import Item, Scheme
from points.schemes.template import ACTIVE, Template, category, item

_FIELDS = {"study": "学习教育", "discipline": "组织纪律", "labour": "义务劳动", "law": "遵纪守法", "masses": "联系群众"}


def _base(field: str) -> Item:
    """One of the five tens; all five come from the same fact of the year, on purpose."""
    return item(f"base_{field}", field, f"{_FIELDS[field]}基础分", "scheme.year", "10", article="第一条", shares=True)


TEMPLATE = Template(
    code="rural",
    place="农村样本",
    says="五个方面各 10 分，另有奖励；缺会、欠交党费各 −1，迟到 −0.5，缺义务劳动 −2，违法 −5。",
    leaves_open="五个方面叫什么、奖励的内容没有写明；没有等次。每个方面最多扣完 10 分。",
    content=Scheme(
        name="农村党员积分管理办法",
        source="农村党员积分制样本",
        floor=Decimal(0),
        categories=(*(category(code, name, "10") for code, name in _FIELDS.items()), category("reward", "奖励", "10")),
        items=(
            _base("study"),
            item("absent", "study", "缺会", "meeting.absent", "-1", article="第二条", cap="8", classes=ACTIVE),
            item("late", "study", "迟到", "meeting.late", "-0.5", article="第二条", cap="2", classes=ACTIVE),
            _base("discipline"),
            item("arrears", "discipline", "欠交党费", "dues.arrears", "-1", article="第三条", cap="10"),
            _base("labour"),
            item("no_labour", "labour", "缺义务劳动", "manual.no_labour", "-2", article="第四条", cap="10", classes=ACTIVE),
            _base("law"),
            item("unlawful", "law", "违法", "manual.unlawful", "-5", article="第五条", cap="10"),
            _base("masses"),
            item("commendation", "reward", "受到表彰", "manual.commendation", "5", article="第六条", assumed=True),
            item("volunteer", "reward", "志愿服务", "manual.volunteer", "1", article="第六条", assumed=True),
        ),
    ),
)
