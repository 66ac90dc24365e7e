"""Numbers of 评比表彰 that rest on custom: no law of the whole country fixes them for a county."""

from partyportal.core.parameters import Parameter

PUBLICITY_WORKDAYS = Parameter(
    key="honours.publicity_workdays",
    label="拟表彰对象公示",
    unit="个工作日",
    default=5,
    minimum=5,
    maximum=30,
    source="各地评选通知通行 5 个工作日；党内功勋荣誉表彰条例只要求公示，没有写天数",
)
REVIEW_DAYS = Parameter(
    key="honours.review_days",
    label="收到推荐几天内审核",
    unit="天",
    default=5,
    minimum=1,
    maximum=60,
    source="本县规定，没有全国统一数字",
)
DECISION_DAYS = Parameter(
    key="honours.decision_days",
    label="推荐截止到公示、公示期满到决定各几天内办",
    unit="天",
    default=10,
    minimum=1,
    maximum=90,
    source="本县规定，没有全国统一数字",
)
TALK_DAYS = Parameter(
    key="honours.talk_days",
    label="季度、年度结束后几天内同黄榜党员谈话",
    unit="天",
    default=30,
    minimum=1,
    maximum=180,
    source="本县规定，没有全国统一数字；各地积分办法只写上黄榜的要谈话帮教",
)
POSTHUMOUS_DAYS = Parameter(
    key="honours.posthumous_days",
    label="党员去世后多少天内印发的评选可以追授",
    unit="天",
    default=365,
    minimum=0,
    maximum=3650,
    source="本县规定，没有全国统一数字",
)

PARAMETERS = (PUBLICITY_WORKDAYS, REVIEW_DAYS, DECISION_DAYS, TALK_DAYS, POSTHUMOUS_DAYS)
