"""What a county may set about 服务阵地: no source gives a number."""

from partyportal.core.parameters import Parameter

OWN = "没有统一规定，各县自定"
CHECK_NOTICE = Parameter(
    key="stations.check_notice",
    label="自查到期前多少天提醒",
    unit="天",
    default=30,
    minimum=1,
    maximum=90,
    source=OWN,
)
REVIEW_DAYS = Parameter(
    key="stations.review_days",
    label="自查报上来多少天内审核",
    unit="天",
    default=15,
    minimum=1,
    maximum=60,
    source=OWN,
)
ROSTER_AHEAD = Parameter(
    key="stations.roster_ahead",
    label="往后看多少天有没有人值班",
    unit="天",
    default=7,
    minimum=1,
    maximum=31,
    source=OWN,
)
DISPLAY_NOTICE = Parameter(
    key="stations.display_notice",
    label="上墙内容该换前多少天提醒",
    unit="天",
    default=7,
    minimum=0,
    maximum=60,
    source=OWN,
)
ANSWER_DAYS = Parameter(
    key="stations.answer_days",
    label="预约多少天内答复",
    unit="天",
    default=2,
    minimum=0,
    maximum=14,
    source=OWN,
)
BOOK_AHEAD = Parameter(
    key="stations.book_ahead",
    label="活动室最早提前多少天约",
    unit="天",
    default=60,
    minimum=7,
    maximum=366,
    source=OWN,
)
PARAMETERS = (CHECK_NOTICE, REVIEW_DAYS, ROSTER_AHEAD, DISPLAY_NOTICE, ANSWER_DAYS, BOOK_AHEAD)
