"""红岗村 [DOMAIN §8, S29]: a fifth of last year's points, tasks month by month, rewards, all times the result of 民主评议."""

from decimal import Decimal

from points.rules.content import Scheme
from points.rules.kinds import APPRAISAL
from points.schemes.template import Template, category, item, multiplier, threshold

TEMPLATE = Template(
    code="honggang",
    place="红岗村",
    says="基础 20 分（上年得分的 20 %）+ 任务 70 分（每月 5–6 分）+ 奖励 10 分，再乘民主评议的系数；满 90 分优秀，80–89 合格，60–79 为下一等。",
    leaves_open="各项任务、奖励的分值和四个系数没有写明；60–79 分按“基本合格”、不足 60 分按“不合格”。",
    content=Scheme(
        name="村党员积分管理办法",
        source="红岗村党员积分制",
        floor=Decimal(0),
        categories=(
            category("base", "基础分", "20"),
            category("task", "任务分", "70"),
            category("reward", "奖励分", "10"),
            category("review", "民主评议"),
        ),
        items=(
            item("last_year", "base", "上年得分的 20 %", "scheme.last_year", "0.2", article="第一条", cap="20"),
            item(
                "theme_day",
                "task",
                "参加主题党日",
                "meeting.theme_day",
                "3",
                article="第二条",
                cap="3",
                period="month",
                assumed="来源写每月 5–6 分，分作两项各 3 分",
            ),
            item(
                "task",
                "task",
                "完成支部交办的任务",
                "manual.task",
                "3",
                article="第二条",
                cap="3",
                period="month",
                assumed="来源写每月 5–6 分，分作两项各 3 分",
            ),
            item("commendation", "reward", "受到表彰", "manual.commendation", "5", article="第三条", assumed=True),
            item("volunteer", "reward", "志愿服务", "manual.volunteer", "1", article="第三条", assumed=True),
            item("appraisal", "review", "民主评议结果", APPRAISAL, "0", article="第四条", assumed="本身不记分，定全年的系数"),
        ),
        multipliers=(multiplier("民主评议系数", APPRAISAL, "1", "0.9", "0.7", "0.5", article="第四条"),),
        thresholds=(threshold("优秀", "90"), threshold("合格", "80"), threshold("基本合格", "60"), threshold("不合格", "0")),
    ),
)
