"""Numbers of 组织关系转接 that rest on secondary sources or on custom."""

from partyportal.core.parameters import Parameter

CITY_DAYS = Parameter(
    key="transfers.city_days",
    label="市内转接介绍信有效期",
    unit="天",
    default=10,
    minimum=1,
    maximum=90,
    source="介绍信说明：市内一般 10 天左右；最长不超过三个月（90 天）",
)
BEYOND_DAYS = Parameter(
    key="transfers.beyond_days",
    label="市外转接介绍信有效期",
    unit="天",
    default=30,
    minimum=1,
    maximum=90,
    source="介绍信说明：市外一般 30 天左右；最长不超过三个月（90 天）",
)
WARNING_DAYS = Parameter(
    key="transfers.warning_days",
    label="介绍信到期前几天提醒双方",
    unit="天",
    default=5,
    minimum=0,
    maximum=30,
    source="本县规定，没有全国统一数字",
)
STEP_DAYS = Parameter(
    key="transfers.step_days",
    label="转接每一步几天内办完",
    unit="天",
    default=5,
    minimum=1,
    maximum=30,
    source="本县规定，没有全国统一数字；党员教育管理工作条例第二十五条只规定不得无故拒转拒接",
)
STUB_YEARS = Parameter(
    key="transfers.stub_years",
    label="介绍信存根保存",
    unit="年",
    default=10,
    minimum=1,
    maximum=100,
    source="介绍信说明：存根保存十年",
)

PARAMETERS = (CITY_DAYS, BEYOND_DAYS, WARNING_DAYS, STEP_DAYS, STUB_YEARS)
