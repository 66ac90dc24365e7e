"""Numbers of points that no national text gives."""

from partyportal.core.parameters import Parameter

CONSENT_DAYS = Parameter(
    key="points.consent_days",
    label="年底后几天内还能更正上一年的积分，过后要组织部同意",
    unit="天",
    default=31,
    minimum=0,
    maximum=180,
    source="本县规定，没有全国统一数字；默认到次年 1 月 31 日",
)
CONFIRM_DAYS = Parameter(
    key="points.confirm_days",
    label="登记的加减分几天内认定",
    unit="天",
    default=7,
    minimum=1,
    maximum=60,
    source="本县规定，没有全国统一数字",
)
SCHEME_DAYS = Parameter(
    key="points.scheme_days",
    label="积分办法草稿请人同意，几天内看完",
    unit="天",
    default=7,
    minimum=1,
    maximum=60,
    source="本县规定，没有全国统一数字",
)
YELLOW_QUARTERS = Parameter(
    key="points.yellow_quarters",
    label="连续几个季度在黄榜，转入党性教育",
    unit="个季度",
    default=2,
    minimum=1,
    maximum=4,
    source="阳曲县泥屯镇的做法：连续两个季度列入黄榜的转党性教育；没有全国统一数字",
)
ORDER_BY_POINTS = Parameter(
    key="points.order_by_points",
    label="定级清单可以按积分排（1 可以，0 不可以）；只对要作评议的人，党员和公示一律按姓名",
    unit="",
    default=0,
    minimum=0,
    maximum=1,
    source="国办函〔2026〕12号不许搞积分排名；本县另有规定的才打开",
)

PARAMETERS = (CONSENT_DAYS, CONFIRM_DAYS, SCHEME_DAYS, YELLOW_QUARTERS, ORDER_BY_POINTS)
