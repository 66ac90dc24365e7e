"""Numbers of 请核实: from where on a record is worth a question. None is national, and none is a judgement."""

from partyportal.core.parameters import Parameter

_OURS = "本县规定，没有全国统一数字"

ALIKE_SHARE = Parameter(
    key="signals.alike_share",
    label="两次纪要有百分之几一样就请核实",
    unit="%",
    default=70,
    minimum=40,
    maximum=100,
    source=_OURS,
)
ALIKE_LENGTH = Parameter(
    key="signals.alike_length",
    label="多少字以上的纪要才比对",
    unit="字",
    default=60,
    minimum=20,
    maximum=500,
    source="太短的记录本来就差不多；本县规定",
)
COMMON_BRANCHES = Parameter(
    key="signals.common_branches",
    label="多少个支部都有的话算上级统一发的，不比对",
    unit="个支部",
    default=20,
    minimum=3,
    maximum=500,
    source=_OURS,
)
LATE_DAYS = Parameter(
    key="signals.late_days",
    label="开会后多少天才登记算补记",
    unit="天",
    default=15,
    minimum=1,
    maximum=90,
    source=_OURS,
)
BURST_DAYS = Parameter(
    key="signals.burst_days",
    label="季度末前后多少天内登记的算集中补记",
    unit="天",
    default=10,
    minimum=1,
    maximum=45,
    source=_OURS,
)
BURST_COUNT = Parameter(
    key="signals.burst_count",
    label="一个季度集中补记几次以上请核实",
    unit="次",
    default=3,
    minimum=2,
    maximum=50,
    source=_OURS,
)
BURST_SHARE = Parameter(
    key="signals.burst_share",
    label="集中补记占这个季度记录的百分之几以上请核实",
    unit="%",
    default=50,
    minimum=10,
    maximum=100,
    source=_OURS,
)
ROLL_MEETINGS = Parameter(
    key="signals.roll_meetings",
    label="连续几次到会名单一个人都不变请核实",
    unit="次",
    default=6,
    minimum=3,
    maximum=36,
    source=_OURS,
)
ROLL_PEOPLE = Parameter(
    key="signals.roll_people",
    label="应到多少人以上才看名单变不变",
    unit="人",
    default=10,
    minimum=4,
    maximum=100,
    source="人少的支部回回到齐很平常；本县规定",
)
LOOK_DAYS = Parameter(
    key="signals.look_days",
    label="提示出来几个工作日内看",
    unit="个工作日",
    default=10,
    minimum=1,
    maximum=60,
    source=_OURS,
)
ANSWER_DAYS = Parameter(
    key="signals.answer_days",
    label="请支部核实，几个工作日内答复",
    unit="个工作日",
    default=5,
    minimum=1,
    maximum=60,
    source=_OURS,
)

PARAMETERS = (
    *(ALIKE_SHARE, ALIKE_LENGTH, COMMON_BRANCHES),
    *(LATE_DAYS, BURST_DAYS, BURST_COUNT, BURST_SHARE),
    *(ROLL_MEETINGS, ROLL_PEOPLE),
    *(LOOK_DAYS, ANSWER_DAYS),
)
