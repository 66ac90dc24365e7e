"""云南省华宁县, after its page of 2018-02-22 [DOMAIN §8, S29]: sixty at the start, stars from sixty on."""

from decimal import Decimal

from points.rules.content import TO_DATE, Scheme
from points.schemes.template import ACTIVE, Template, category, item, threshold

TEMPLATE = Template(
    code="huaning",
    place="云南省华宁县",
    says="基础分 60；各支部自订加减分条款，季末公示；60–69 分一星，70–79 二星，80–89 三星，90–95 四星，96 分以上五星，不足 60 分不合格。",
    leaves_open="加减分条款由各支部自订，这里的条款、分值和各类封顶是样子，合起来满 100 分。",
    content=Scheme(
        name="党员积分制管理办法",
        source="云南省华宁县党员积分制管理（2018 年）",
        quarter_counts=TO_DATE,
        floor=Decimal(0),
        categories=(
            category("base", "基础分"),
            category("life", "组织生活", "20"),
            category("service", "服务群众", "10"),
            category("reward", "奖励", "10"),
            category("deduction", "扣分"),
        ),
        items=(
            item("base", "base", "年度基础分", "scheme.year", "60", article="第一条"),
            item("theme_day", "life", "参加主题党日", "meeting.theme_day", "1", article="第二条", cap="1", period="month", assumed=True),
            item("assembly", "life", "参加党员大会", "meeting.assembly", "2", article="第二条", cap="2", period="quarter", assumed=True),
            item("volunteer", "service", "志愿服务", "manual.volunteer", "1", article="第三条", assumed=True),
            item("mediation", "service", "调解矛盾纠纷", "manual.mediation", "1", article="第三条", assumed=True),
            item("commendation", "reward", "受到表彰", "manual.commendation", "5", article="第四条", assumed=True),
            item("absent", "deduction", "无故缺席", "meeting.absent", "-2", article="第五条", classes=ACTIVE, assumed=True),
            item("arrears", "deduction", "欠交党费", "dues.arrears", "-1", article="第五条", assumed=True),
        ),
        thresholds=(
            threshold("五星", "96", stars=5),
            threshold("四星", "90", stars=4),
            threshold("三星", "80", stars=3),
            threshold("二星", "70", stars=2),
            threshold("一星", "60", stars=1),
            threshold("不合格", "0"),
        ),
    ),
)
