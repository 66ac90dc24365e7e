"""What a county may set about 三员 and 双向培养: no source gives a number."""

from partyportal.core.parameters import Parameter

VISIT_DAYS = Parameter(
    key="outreach.visit_days",
    label="三员多久没有记录就提醒",
    unit="天",
    default=60,
    minimum=7,
    maximum=366,
    source="没有统一规定，各县自定",
)
REVIEW_MONTHS = Parameter(
    key="outreach.review_months",
    label="双向培养对象多久记一次培养情况",
    unit="个月",
    default=6,
    minimum=1,
    maximum=24,
    source="比照发展党员工作细则第十一条半年一考察，各县自定",
)
PARAMETERS = (VISIT_DAYS, REVIEW_MONTHS)
