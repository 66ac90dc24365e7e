"""Numbers of 走访帮扶 that a county may set: practice differs, no rule names them."""

from partyportal.core.parameters import Parameter

_LOCAL = "各地做法，没有统一规定数"

EVENT_DAYS = Parameter(
    key="visits.event_days",
    label="党员重病住院、家里有丧事，几天内去看望",
    unit="天",
    default=7,
    minimum=1,
    maximum=60,
    source=f"{_LOCAL}（党内关怀帮扶：患病探望）",
)
PAIR_NOTICE = Parameter(
    key="visits.pair_notice", label="结对帮扶该联系以前几天提醒", unit="天", default=7, minimum=0, maximum=30, source=_LOCAL
)
BIRTHDAY_EVERY = Parameter(
    key="visits.birthday_every",
    label="政治生日逢几年提醒支部（1 每年都提醒）",
    unit="年",
    default=10,
    minimum=1,
    maximum=10,
    source=f"{_LOCAL}；逢十的提醒，其余的列在名单上",
)

PARAMETERS = (EVENT_DAYS, PAIR_NOTICE, BIRTHDAY_EVERY)
