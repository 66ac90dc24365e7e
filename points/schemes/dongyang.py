"""东阳市 (农村党员), after a newspaper page of 2014 [DOMAIN §8, S29]: a hundred at the start, a few additions, mostly deductions."""

from decimal import Decimal

from points.rules.content import FULL, PROBATIONARY, QUARTER, TO_DATE, YEAR, YELLOW, Scheme
from points.schemes.template import ACTIVE, Template, category, item, threshold

_LADDERS = (
    ("合格", "60", FULL, "", ""),
    ("整改帮教", "0", FULL, YELLOW, "转入整改帮教支部"),
    ("达到按期转正的分数", "85", PROBATIONARY, "", ""),
    ("未达到转正的分数", "0", PROBATIONARY, YELLOW, "来源规定取消预备党员资格；是否取消由支部大会依发展党员细则讨论决定"),
)

TEMPLATE = Template(
    code="dongyang",
    place="浙江省东阳市（农村）",
    says="基础分 100；加分 6 条、扣分 13 条，违建逾期不拆扣 40，三改一拆、五水共治每项加 5–10；每季通报，不足 60 分转入整改帮教支部；"
    "预备党员不足 85 分取消资格，入党积极分子不足 85 分延长培养。",
    leaves_open="加分、扣分各条的内容和分值只公布了一部分，其余按本系统能记的补了；积极分子不记积分。",
    content=Scheme(
        name="农村党员积分管理办法",
        source="浙江省东阳市农村党员积分制（2014 年报道）",
        quarter_counts=TO_DATE,
        floor=Decimal(0),
        categories=(category("base", "基础分"), category("reward", "加分"), category("deduction", "扣分")),
        items=(
            item("base", "base", "年度基础分", "scheme.year", "100", article="第一条"),
            item(
                "campaign",
                "reward",
                "参加三改一拆、五水共治等重点工作",
                "manual.campaign",
                "5",
                article="第二条",
                grades=(("done", "完成", "5"), ("outstanding", "成绩突出", "10")),
                assumed="来源写每项 5–10 分，分作两档",
            ),
            item("commendation", "reward", "受到表彰", "manual.commendation", "5", article="第二条", assumed=True),
            item("industry", "reward", "带头发展产业", "manual.industry", "3", article="第二条", assumed=True),
            item("letter", "reward", "收到群众表扬", "manual.letter", "2", article="第二条", assumed=True),
            item("volunteer", "reward", "志愿服务", "manual.volunteer", "1", article="第二条", cap="10", assumed=True),
            item("mediation", "reward", "调解矛盾纠纷", "manual.mediation", "1", article="第二条", cap="10", assumed=True),
            item("illegal_building", "deduction", "违法建筑逾期不拆", "manual.illegal_building", "-40", article="第三条"),
            item("unlawful", "deduction", "违法违纪", "manual.unlawful", "-20", article="第三条", assumed=True),
            item("absent", "deduction", "无故缺席", "meeting.absent", "-2", article="第三条", classes=ACTIVE, assumed=True),
            item("arrears", "deduction", "欠交党费", "dues.arrears", "-2", article="第三条", assumed=True),
            item("no_labour", "deduction", "缺义务劳动", "manual.no_labour", "-2", article="第三条", classes=ACTIVE, assumed=True),
            item("late", "deduction", "迟到早退", "meeting.late", "-1", article="第三条", classes=ACTIVE, assumed=True),
        ),
        thresholds=tuple(
            threshold(name, points, period=period, of=of, on_list=on_list, consequence=consequence)
            for period in (QUARTER, YEAR)
            for name, points, of, on_list, consequence in _LADDERS
        ),
    ),
)
