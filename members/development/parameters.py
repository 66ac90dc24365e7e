"""What the 细则 leaves to the county or does not say, each with its default."""

from partyportal.core.parameters import Parameter

USUAL_DAYS = Parameter(
    key="development.usual_days",
    label="细则没有写期限的步骤，一般几天内办",
    unit="天",
    default=30,
    minimum=5,
    maximum=180,
    source="细则没有写备案、审查、预审的办理期限，默认一个月",
)
NOTICE_DAYS = Parameter(
    key="development.notice_days",
    label="到期前几天提醒",
    unit="天",
    default=30,
    minimum=0,
    maximum=90,
    source="转正要留出本人写申请的时间（细则第三十二条），默认三十天",
)
PUBLICITY_WORKDAYS = Parameter(
    key="development.publicity_workdays",
    label="发展对象公示几个工作日",
    unit="个工作日",
    default=5,
    minimum=5,
    maximum=30,
    source="细则（2026）第十三条：不少于五个工作日，各地可以更长",
)
FOLLOWS_NEW = Parameter(
    key="development.follows_new",
    label="办到一半遇到新细则：0 全程按申请时的细则，1 新细则施行后的步骤按新细则",
    unit="",
    default=0,
    minimum=0,
    maximum=1,
    source="细则（2026）第四十四条只写施行日期，没有写衔接办法",
)
PARAMETERS = (USUAL_DAYS, NOTICE_DAYS, PUBLICITY_WORKDAYS, FOLLOWS_NEW)
