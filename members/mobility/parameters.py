"""Numbers of 流动党员 that a county may set."""

from partyportal.core.parameters import Parameter

AWAY_MONTHS = Parameter(
    key="mobility.away_months",
    label="外出连续多久登记为流动党员",
    unit="个月",
    default=6,
    minimum=1,
    maximum=12,
    source="流动党员的定义：连续六个月以上不能参加正式组织关系所在支部的活动（二手资料，可改）",
)
CONTACT_MONTHS = Parameter(
    key="mobility.contact_months",
    label="与境内流动党员多久联系一次",
    unit="个月",
    default=1,
    minimum=1,
    maximum=12,
    source="条例第三十三条要求经常联系，没有写次数；每月一次是各地的做法",
)
ACCEPT_DAYS = Parameter(
    key="mobility.accept_days",
    label="流入地支部多少天内答复接收",
    unit="天",
    default=15,
    minimum=1,
    maximum=90,
    source="没有全国规定，供县里自定",
)

PARAMETERS = (AWAY_MONTHS, CONTACT_MONTHS, ACCEPT_DAYS)
