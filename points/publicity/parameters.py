"""Numbers of the quarterly 公示: none is national."""

from partyportal.core.parameters import Parameter

_OURS = "本县规定，没有全国统一数字"
OPEN_DAYS = Parameter(
    key="publicity.open_days",
    label="季度结束后几个工作日内公示积分",
    unit="个工作日",
    default=5,
    minimum=1,
    maximum=20,
    source="华宁县积分办法：季度末公示；天数是本县规定",
)
WINDOW_DAYS = Parameter(
    key="publicity.window_days",
    label="积分公示几个工作日",
    unit="个工作日",
    default=5,
    minimum=3,
    maximum=20,
    source="华宁县积分办法：季度末公示；天数按惯例五个工作日",
)
HEAR_DAYS = Parameter(
    key="publicity.hear_days",
    label="收到异议几个工作日内听取情况",
    unit="个工作日",
    default=3,
    minimum=1,
    maximum=20,
    source=_OURS,
)
DECIDE_DAYS = Parameter(
    key="publicity.decide_days",
    label="听取后几个工作日内作出决定",
    unit="个工作日",
    default=3,
    minimum=1,
    maximum=20,
    source=_OURS,
)
APPEAL_DAYS = Parameter(
    key="publicity.appeal_days",
    label="异议不成立，几个工作日内可以向上级提出复议",
    unit="个工作日",
    default=5,
    minimum=1,
    maximum=20,
    source=_OURS,
)
ORDERING = Parameter(
    key="publicity.ordering",
    label="考评的人可以按分数排列公示表（0 不可以，1 可以）",
    unit="",
    default=0,
    minimum=0,
    maximum=1,
    source="国办函〔2026〕12 号不许搞积分排名；只给要作评议的人，党员看到的和打印的总是按姓名",
)

PARAMETERS = (OPEN_DAYS, WINDOW_DAYS, HEAR_DAYS, DECIDE_DAYS, APPEAL_DAYS, ORDERING)
