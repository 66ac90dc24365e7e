"""东园镇新滩村 2025 [DOMAIN §8, S29]: four things that are worth something, and nothing else."""

from points.rules.content import Scheme
from points.schemes.template import Template, category, item

TEMPLATE = Template(
    code="xintan",
    place="东园镇新滩村（2025 年）",
    says="参加主题党日 1 分，调解纠纷 1 分，宣传政策 2 分，带头发展产业 5 分；积分可兑换物品。",
    leaves_open="没有基础分、封顶和等次；兑换物品不在本系统办。",
    content=Scheme(
        name="村党员积分办法",
        source="东园镇新滩村党员积分（2025 年报道）",
        categories=(category("life", "组织生活"), category("service", "服务群众")),
        items=(
            item("theme_day", "life", "参加主题党日", "meeting.theme_day", "1", article="第一条"),
            item("mediation", "service", "调解矛盾纠纷", "manual.mediation", "1", article="第二条"),
            item("publicity", "service", "宣传政策", "manual.publicity", "2", article="第三条"),
            item("industry", "service", "带头发展产业", "manual.industry", "5", article="第四条"),
        ),
    ),
)
