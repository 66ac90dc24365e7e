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

PARAMETERS = (CONSENT_DAYS, CONFIRM_DAYS)
