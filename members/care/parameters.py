"""Numbers of 关怀 that a county may set: practice differs, no rule names them."""

from partyportal.core.parameters import Parameter

_LOCAL = "各地做法（去世党员赠送花圈并派委员参加悼念），没有统一规定数"

FUNERAL_DAYS = Parameter(
    key="care.funeral_days", label="送花圈、参加悼念在去世后几天内", unit="天", default=3, minimum=1, maximum=15, source=_LOCAL
)
VISIT_DAYS = Parameter(key="care.visit_days", label="走访去世党员家属在几天内", unit="天", default=30, minimum=3, maximum=90, source=_LOCAL)

PARAMETERS = (FUNERAL_DAYS, VISIT_DAYS)
