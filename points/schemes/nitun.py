"""阳曲县泥屯镇 [DOMAIN §8, S29]: four classes by the quarter, the upper two on a red list and the lower two on a yellow one."""

from decimal import Decimal

from points.rules.content import QUARTER, RED, YELLOW, Scheme
from points.schemes.template import ACTIVE, Template, category, item, threshold

_TWICE = "连续两个季度上黄榜的，编入党性教育支部"

TEMPLATE = Template(
    code="nitun",
    place="山西省阳曲县泥屯镇",
    says="每季召开党员大会定类，分四类：一、二类上红榜，三、四类上黄榜；连续两个季度上黄榜的编入党性教育支部。",
    leaves_open="各项分值和四类的分数线没有写明，按每季 100 分、90、80、60 分三条线定。",
    content=Scheme(
        name="党员积分分类管理办法",
        source="山西省阳曲县泥屯镇党员分类管理",
        floor=Decimal(0),
        categories=(
            category("base", "基础分"),
            category("life", "组织生活", "25", QUARTER),
            category("service", "服务群众", "15", QUARTER),
            category("deduction", "扣分"),
        ),
        items=(
            item("base", "base", "季度基础分", "scheme.base", "60", article="第一条", assumed=True),
            item("assembly", "life", "参加党员大会", "meeting.assembly", "10", article="第二条", cap="10", period=QUARTER, assumed=True),
            item("theme_day", "life", "参加主题党日", "meeting.theme_day", "5", article="第二条", cap="5", period="month", assumed=True),
            item("volunteer", "service", "志愿服务", "manual.volunteer", "2", article="第三条", assumed=True),
            item("mediation", "service", "调解矛盾纠纷", "manual.mediation", "3", article="第三条", assumed=True),
            item("absent", "deduction", "无故缺席", "meeting.absent", "-10", article="第四条", classes=ACTIVE, assumed=True),
            item("arrears", "deduction", "欠交党费", "dues.arrears", "-5", article="第四条", assumed=True),
        ),
        thresholds=(
            threshold("一类", "90", period=QUARTER, on_list=RED),
            threshold("二类", "80", period=QUARTER, on_list=RED),
            threshold("三类", "60", period=QUARTER, on_list=YELLOW, consequence=_TWICE),
            threshold("四类", "0", period=QUARTER, on_list=YELLOW, consequence=_TWICE),
        ),
    ),
)
