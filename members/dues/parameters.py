"""Numbers of dues that rest on a secondary source (中组发〔2008〕3号, quoted by S16), for a county to set."""

from partyportal.core.parameters import Parameter

BACK_PAY_MONTHS = Parameter(
    key="dues.back_pay_months",
    label="补交党费最多往前",
    unit="个月",
    default=6,
    minimum=1,
    maximum=24,
    source="中组发〔2008〕3号：补交党费的时间一般不得超过 6 个月",
)
LARGE_VOLUNTARY = Parameter(
    key="dues.large_voluntary",
    label="自愿一次多交达到这个数，全部上缴中央",
    unit="元",
    default=1000,
    minimum=100,
    maximum=100_000,
    source="中组发〔2008〕3号：自愿一次多交纳 1000 元以上的，全部上缴中央",
)
PARAMETERS = (BACK_PAY_MONTHS, LARGE_VOLUNTARY)
