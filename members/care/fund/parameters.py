"""Numbers of the fund that a county may set: local practice alone names them."""

from partyportal.core.parameters import Parameter

CERTIFICATE_ABOVE = Parameter(
    key="fund.certificate_above",
    label="一次捐赠超过多少元发捐赠证书",
    unit="元",
    default=5000,
    minimum=0,
    maximum=1_000_000,
    source="合肥高新区党员关爱基金：超过 5000 元发证书；灵武市凡捐必发（设为 0）",
)
RECONCILE_DAYS = Parameter(
    key="fund.reconcile_days",
    label="银行账户每月几号以前对上月的账",
    unit="号",
    default=10,
    minimum=1,
    maximum=28,
    source="会计惯例按月对账，天数由本县定",
)
CLOSE_DAYS = Parameter(
    key="fund.close_days",
    label="年度过完后几天内结账",
    unit="天",
    default=31,
    minimum=5,
    maximum=120,
    source="收支每年公布一次（各地基金办法），天数由本县定",
)
CONFIRM_DAYS = Parameter(
    key="fund.confirm_days",
    label="收入、付款登记后几天内复核",
    unit="天",
    default=3,
    minimum=1,
    maximum=30,
    source="本县规定，没有全国统一数字",
)
SMALL_CELL = Parameter(
    key="fund.small_cell",
    label="公布时不足几笔的并到一起",
    unit="笔",
    default=3,
    minimum=2,
    maximum=20,
    source="公布不许认出受助的人（困难党员隐私）；笔数由本县定",
)

PARAMETERS = (CERTIFICATE_ABOVE, RECONCILE_DAYS, CLOSE_DAYS, CONFIRM_DAYS, SMALL_CELL)
