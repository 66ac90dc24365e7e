"""The scheme a new county starts from, modelled on real ones (DOMAIN §8: 华宁县's base and quarters, 红岗村's tasks and rewards).

A hundred points make a full year: 20 for being there, 80 for what was done; deductions are their own category.
"""

from decimal import Decimal

NAME = "党员积分管理办法"

# code, name, cap, cap period
CATEGORIES = (
    ("base", "基础分", None, ""),
    ("life", "组织生活", Decimal("40"), "year"),
    ("study", "学习教育", Decimal("20"), "year"),
    ("service", "志愿服务", Decimal("15"), "year"),
    ("pledge", "承诺履诺", Decimal("15"), "year"),
    ("reward", "奖励加分", Decimal("10"), "year"),
    ("deduction", "扣减", None, ""),
)

_ACTIVE = ("village", "office", "enterprise", "mobile", "retired")

# code, category, name, article, fact kind, value, unit, cap, cap period, classes (empty: all), awarded by hand
ITEMS = (
    ("base", "base", "季度基础分", "第 1.1 条", "scheme.base", "5", "季", None, "", _ACTIVE, False),
    # 特殊 members (70 and over, ill) are exempt from tasks and start higher.
    ("base_exempt", "base", "季度基础分（年老体弱）", "第 1.2 条", "scheme.base", "15", "季", None, "", ("exempt",), False),
    ("theme_day", "life", "参加主题党日", "第 2.1 条", "meeting.theme_day", "2", "次", "2", "month", (), False),
    ("assembly", "life", "参加党员大会", "第 2.2 条", "meeting.assembly", "2", "次", "4", "quarter", (), False),
    ("group", "life", "参加党小组会", "第 2.3 条", "meeting.group", "1", "次", "1", "month", (), False),
    ("lecture", "life", "参加党课", "第 2.4 条", "meeting.lecture", "2", "次", "2", "quarter", (), False),
    ("life_meeting", "life", "参加组织生活会", "第 2.5 条", "meeting.life_meeting", "2", "次", "2", "year", (), False),
    ("appraisal", "life", "参加民主评议", "第 2.6 条", "meeting.appraisal", "2", "次", "2", "year", (), False),
    ("committee", "life", "参加支委会", "第 2.7 条", "meeting.committee", "0.5", "次", "6", "year", (), False),
    ("hours", "study", "集中学习", "第 3.1 条", "study.hours", "0.5", "学时", "16", "year", (), False),
    ("test", "study", "政策测试合格", "第 3.2 条", "manual.test", "1", "次", "4", "year", (), True),
    ("volunteer", "service", "志愿服务", "第 4.1 条", "manual.volunteer", "1", "小时", "6", "month", (), True),
    ("mediation", "service", "调解矛盾纠纷", "第 4.2 条", "manual.mediation", "1", "件", "4", "quarter", (), True),
    ("pledge", "pledge", "兑现公开承诺", "第 5.1 条", "manual.pledge", "2", "项", "4", "quarter", (), True),
    ("report", "pledge", "流动党员主动联系支部", "第 5.2 条", "manual.report", "1", "次", "1", "month", ("mobile",), True),
    ("commendation", "reward", "受到表彰", "第 6.1 条", "manual.commendation", "3", "次", None, "", (), True),
    # Honours decided in this portal (points.honours) leave a fact of their level; what others conferred is awarded by hand.
    ("honour_county", "reward", "受到县级表彰", "第 6.3 条", "honour.county", "5", "次", None, "", (), False),
    ("honour_committee", "reward", "受到党委（党工委）表彰", "第 6.4 条", "honour.committee", "3", "次", None, "", (), False),
    ("honour_branch", "reward", "受到总支、支部表彰", "第 6.5 条", "honour.branch", "1", "次", None, "", (), False),
    ("letter", "reward", "收到群众表扬信", "第 6.2 条", "manual.letter", "1", "封", "3", "year", (), True),
    ("absent", "deduction", "无故缺席", "第 7.1 条", "meeting.absent", "-1", "次", "5", "year", _ACTIVE, False),
    ("late", "deduction", "迟到早退", "第 7.2 条", "manual.late", "-0.5", "次", "2", "quarter", _ACTIVE, True),
)
