"""What a county may set about plans and talks (core.parameters)."""

from partyportal.core.parameters import Parameter

NOTICE_DAYS = Parameter(
    key="planning.notice_days",
    label="计划的会提前几天提醒",
    unit="天",
    default=7,
    minimum=0,
    maximum=30,
    source="没有全国统一规定，一般提前一周通知",
)
THEME_DAY = Parameter(
    key="planning.theme_day",
    label="主题党日的固定日（支部去年没有开过时）",
    unit="日",
    default=20,
    minimum=1,
    maximum=28,
    source="支部工作条例（试行）第十六条：每月相对固定 1 天，哪天由各地定",
)
TALKS_A_YEAR = Parameter(
    key="planning.talks_a_year",
    label="谈心谈话每年每种不少于",
    unit="次",
    default=1,
    minimum=1,
    maximum=12,
    source="支部工作条例（试行）第十九条（据转载）：每年一般不少于 1 次",
)
PARAMETERS = (NOTICE_DAYS, THEME_DAY, TALKS_A_YEAR)
