"""A unit's scheme [DOMAIN §8, S29]: base, appraisal and contribution, and a veto that puts the year at nothing."""

from decimal import Decimal

from points.rules.content import Scheme
from points.rules.kinds import APPRAISAL
from points.schemes.template import ACTIVE, Template, category, item

TEMPLATE = Template(
    code="unit",
    place="机关事业单位",
    says="基础 70 分 + 评议 20 分 + 贡献 10 分；防汛抢险 ±2，表扬信 +1（媒体表扬加倍），维稳 +3；一票否决的全年记 0 分。",
    leaves_open="评议各档折多少分、基础分怎样扣没有写明；没有等次。",
    content=Scheme(
        name="机关党员积分管理办法",
        source="某单位党员积分制",
        floor=Decimal(0),
        categories=(
            category("base", "基础分", "70"),
            category("review", "民主评议", "20"),
            category("merit", "贡献", "10"),
            category("veto", "一票否决"),
        ),
        items=(
            item("base", "base", "年度基础分", "scheme.year", "70", article="第一条"),
            item("absent", "base", "无故缺席", "meeting.absent", "-2", article="第一条", classes=ACTIVE, assumed=True),
            item("flood_refused", "base", "防汛抢险不服从安排", "manual.flood_refused", "-2", article="第一条"),
            item(
                "appraisal",
                "review",
                "民主评议结果",
                APPRAISAL,
                "0",
                article="第二条",
                cap="20",
                grades=(
                    ("excellent", "优秀", "20"),
                    ("qualified", "合格", "16"),
                    ("basic", "基本合格", "10"),
                    ("unqualified", "不合格", "0"),
                ),
                assumed=True,
            ),
            item("flood", "merit", "参加防汛抢险", "manual.flood", "2", article="第三条"),
            item(
                "letter",
                "merit",
                "收到表扬",
                "manual.letter",
                "1",
                article="第三条",
                grades=(("letter", "表扬信", "1"), ("media", "媒体表扬", "2")),
            ),
            item("stability", "merit", "化解信访、维护稳定", "manual.stability", "3", article="第三条"),
            item(
                "veto",
                "veto",
                "一票否决",
                "manual.veto",
                "0",
                article="第四条",
                veto=True,
                assumed="否决情形写进本单位办法，登记时要有批准文号",
            ),
        ),
    ),
)
