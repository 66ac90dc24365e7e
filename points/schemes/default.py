"""The scheme a new county starts from, modelled on real ones (DOMAIN §8: 华宁县's base and quarters, 红岗村's tasks and rewards).

A hundred points make a full year: 20 for being there, 80 for what was done; deductions are their own category.
"""

from points.rules.content import Scheme
from points.schemes.template import ACTIVE, Template, category, item, threshold

TEMPLATE = Template(
    code="default",
    place="本县起步用",
    says="满一年约 100 分：在册 20 分，做了多少记多少，扣减单列。",
    leaves_open="全年星级照华宁县；季度一至四类的分数和红黄榜是本县起步用的，按实际再调。",
    content=Scheme(
        name="党员积分管理办法",
        categories=(
            category("base", "基础分"),
            category("life", "组织生活", "40"),
            category("study", "学习教育", "20"),
            category("service", "志愿服务", "15"),
            category("pledge", "承诺履诺", "15"),
            category("reward", "奖励加分", "10"),
            category("deduction", "扣减"),
        ),
        items=(
            item("base", "base", "季度基础分", "scheme.base", "5", article="第 1.1 条", classes=ACTIVE),
            # 特殊 members (70 and over, ill) are exempt from tasks and start higher.
            item("base_exempt", "base", "季度基础分（年老体弱）", "scheme.base", "15", article="第 1.2 条", classes=("exempt",)),
            item("theme_day", "life", "参加主题党日", "meeting.theme_day", "2", article="第 2.1 条", cap="2", period="month"),
            item("assembly", "life", "参加党员大会", "meeting.assembly", "2", article="第 2.2 条", cap="4", period="quarter"),
            item("group", "life", "参加党小组会", "meeting.group", "1", article="第 2.3 条", cap="1", period="month"),
            item("lecture", "life", "参加党课", "meeting.lecture", "2", article="第 2.4 条", cap="2", period="quarter"),
            item("life_meeting", "life", "参加组织生活会", "meeting.life_meeting", "2", article="第 2.5 条", cap="2"),
            item("appraisal", "life", "参加民主评议", "meeting.appraisal", "2", article="第 2.6 条", cap="2"),
            item("committee", "life", "参加支委会", "meeting.committee", "0.5", article="第 2.7 条", cap="6"),
            item("hours", "study", "集中学习", "study.hours", "0.5", article="第 3.1 条", cap="16"),
            item("test", "study", "政策测试合格", "manual.test", "1", article="第 3.2 条", cap="4"),
            item("volunteer", "service", "志愿服务", "manual.volunteer", "1", article="第 4.1 条", cap="6", period="month"),
            item("mediation", "service", "调解矛盾纠纷", "manual.mediation", "1", article="第 4.2 条", cap="4", period="quarter"),
            item("pledge", "pledge", "兑现公开承诺", "manual.pledge", "2", article="第 5.1 条", cap="4", period="quarter"),
            item(
                "report",
                "pledge",
                "流动党员主动联系支部",
                "manual.report",
                "1",
                article="第 5.2 条",
                cap="1",
                period="month",
                classes=("mobile",),
            ),
            item("commendation", "reward", "受到表彰", "manual.commendation", "3", article="第 6.1 条"),
            item("letter", "reward", "收到群众表扬信", "manual.letter", "1", article="第 6.2 条", cap="3"),
            # Honours decided in this portal (points.honours) leave a fact of their level; what others conferred is awarded by hand.
            item("honour_county", "reward", "受到县级表彰", "honour.county", "5", article="第 6.3 条"),
            item("honour_committee", "reward", "受到党委（党工委）表彰", "honour.committee", "3", article="第 6.4 条"),
            item("honour_branch", "reward", "受到总支、支部表彰", "honour.branch", "1", article="第 6.5 条"),
            item("absent", "deduction", "无故缺席", "meeting.absent", "-1", article="第 7.1 条", cap="5", classes=ACTIVE),
            item("late", "deduction", "迟到早退", "meeting.late", "-0.5", article="第 7.2 条", cap="2", period="quarter", classes=ACTIVE),
        ),
        # The stars of 华宁县 for the year; the classes of 泥屯镇 for the quarter, their numbers ours: who keeps the base score is on no yellow list.
        thresholds=(
            threshold("一类", "22", period="quarter", on_list="red"),
            threshold("二类", "15", period="quarter"),
            threshold("三类", "5", period="quarter"),
            threshold("四类", "0", period="quarter", on_list="yellow", consequence="支部书记谈一次话，问清难处"),
            threshold("五星", "96", stars=5),
            threshold("四星", "90", stars=4),
            threshold("三星", "80", stars=3),
            threshold("二星", "70", stars=2),
            threshold("一星", "60", stars=1),
        ),
    ),
)
