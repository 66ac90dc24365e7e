"""Numbers about organisations that a county may set: what rests on secondary sources or on its own practice."""

from partyportal.core.parameters import Parameter

TERM_WARNING_MONTHS = Parameter(
    key="branches.term_warning_months",
    label="换届提前几个月提醒",
    unit="个月",
    default=6,
    minimum=1,
    maximum=12,
    source="各地一般提前半年筹备换届，条例没有规定数",
)
TERM_EXTENSION_MONTHS = Parameter(
    key="branches.term_extension_months",
    label="延期换届最多几个月",
    unit="个月",
    default=12,
    minimum=1,
    maximum=12,
    source="中组部 1990 年《关于党的基层组织实行定期选举的若干规定》：延长期一般不超过一年",
)

PARAMETERS = (TERM_WARNING_MONTHS, TERM_EXTENSION_MONTHS)
