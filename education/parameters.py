"""Numbers of organisation life that no text gives, or only a secondary one."""

from partyportal.core.parameters import Parameter

_OURS = "本县规定，没有全国统一数字"
LEAVE_DAYS = Parameter(key="education.leave_days", label="最多提前几天请假", unit="天", default=60, minimum=7, maximum=366, source=_OURS)
EXCLUSION_MONTHS = Parameter(
    key="education.exclusion_months",
    label="不计应到一次最长几个月，到期支部再议",
    unit="个月",
    default=12,
    minimum=1,
    maximum=60,
    source="应到会的扣除须支部同意、上级备案（惯例，未见条文写明期限）；期限是本县规定",
)
MINUTES_DAYS = Parameter(
    key="education.minutes_days", label="会后几天内审定纪要", unit="天", default=7, minimum=1, maximum=60, source=_OURS
)
CHECK_DAYS = Parameter(key="education.check_days", label="抽中的会议几天内看完", unit="天", default=14, minimum=1, maximum=60, source=_OURS)

_PLAN = "全国党员教育培训工作规划：党支部书记和班子成员每年集中学习培训不少于 56 学时、至少参加 1 次集中培训，新任书记半年内轮训（S11）"
LEADER_HOURS = Parameter(
    key="education.leader_hours", label="书记和班子成员一年的学时", unit="学时", default=56, minimum=32, maximum=120, source=_PLAN
)
NEW_SECRETARY_MONTHS = Parameter(
    key="education.new_secretary_months", label="新任书记几个月内参加培训", unit="个月", default=6, minimum=1, maximum=12, source=_PLAN
)

PARAMETERS = (LEADER_HOURS, NEW_SECRETARY_MONTHS, LEAVE_DAYS, EXCLUSION_MONTHS, MINUTES_DAYS, CHECK_DAYS)
