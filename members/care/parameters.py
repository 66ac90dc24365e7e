"""Numbers of 关怀 that a county may set: practice differs, no rule names them."""

from partyportal.core.parameters import Parameter

_LOCAL = "各地做法（去世党员赠送花圈并派委员参加悼念），没有统一规定数"

FUNERAL_DAYS = Parameter(
    key="care.funeral_days", label="送花圈、参加悼念在去世后几天内", unit="天", default=3, minimum=1, maximum=15, source=_LOCAL
)
VISIT_DAYS = Parameter(key="care.visit_days", label="走访去世党员家属在几天内", unit="天", default=30, minimum=3, maximum=90, source=_LOCAL)
REVIEW_MONTHS = Parameter(
    key="care.review_months",
    label="登记的情况几个月复核一次",
    unit="个月",
    default=12,
    minimum=3,
    maximum=24,
    source="各地困难党员每年动态调整一次的做法，没有统一规定数",
)
HAND_IN_DAYS = Parameter(
    key="care.hand_in_days",
    label="光荣在党50年的名单在七一前几天报上去",
    unit="天",
    default=60,
    minimum=10,
    maximum=180,
    source="各地通知多在四五月报名单，每年以上级通知为准",
)

PARAMETERS = (FUNERAL_DAYS, VISIT_DAYS, REVIEW_MONTHS, HAND_IN_DAYS)
