"""Numbers of study that no text of the rules fixes: a county sets its own from a day on."""

from partyportal.core.parameters import Parameter

HALF_DAY_HOURS = Parameter(
    key="study.half_day_hours",
    label="培训半天折算",
    unit="学时",
    default=4,
    minimum=1,
    maximum=8,
    source="各地通行的折算，条例没有规定",
)
MINUTES_AN_HOUR = Parameter(
    key="study.minutes_an_hour",
    label="一个学时的分钟数",
    unit="分钟",
    default=45,
    minimum=30,
    maximum=60,
    source="各地通行的折算，条例没有规定",
)
PASS_PERCENT = Parameter(
    key="study.pass_percent",
    label="考试及格线",
    unit="%",
    default=60,
    minimum=30,
    maximum=100,
    source="建课时的默认值，各课可以另定",
)
GRACE_MINUTES = Parameter(
    key="study.grace_minutes",
    label="限时考试超时还收卷",
    unit="分钟",
    default=5,
    minimum=0,
    maximum=60,
    source="给网络慢的人留的余地",
)
NEAR_DAYS = Parameter(
    key="study.near_days",
    label="必修课到期前提醒",
    unit="天",
    default=14,
    minimum=1,
    maximum=60,
    source="提前办，不事后追责",
)

PARAMETERS = [HALF_DAY_HOURS, MINUTES_AN_HOUR, PASS_PERCENT, GRACE_MINUTES, NEAR_DAYS]
