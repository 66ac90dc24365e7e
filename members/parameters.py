"""What a county may set about its members (core.parameters): numbers the sources leave open or only recall."""

from partyportal.core.parameters import Parameter

ROSTER_CHECK_MONTHS = Parameter(
    key="members.roster_check_months",
    label="名册每几个月核对一次",
    unit="个月",
    default=3,
    minimum=1,
    maximum=12,
    source="没有全国统一规定，一般每季度核对一次",
)
STALE_MONTHS = Parameter(
    key="members.stale_months",
    label="资料多久没有改动也没有核对，算久未核对",
    unit="个月",
    default=12,
    minimum=3,
    maximum=60,
    source="没有全国统一规定，年度统计前至少核对一遍",
)
SHARED_PHONE = Parameter(
    key="members.shared_phone",
    label="同一个手机号超过几个人用才提示",
    unit="人",
    default=2,
    minimum=1,
    maximum=20,
    source="没有全国统一规定；一家人可以共用",
)
UNDECIDED_MONTHS = Parameter(
    key="members.undecided_months",
    label="预备期满后超过几个月没有结果才提示",
    unit="个月",
    default=6,
    minimum=0,
    maximum=12,
    source="发展党员工作细则（2026）第三十一条：可延长一次，六个月至一年",
)
BRANCH_MOST = Parameter(
    key="members.branch_most",
    label="党支部党员一般不超过",
    unit="人",
    default=50,
    minimum=20,
    maximum=200,
    source="支部工作条例（试行）第二章",
)
BRANCH_LEAST = Parameter(
    key="members.branch_least",
    label="党支部正式党员至少",
    unit="人",
    default=3,
    minimum=3,
    maximum=10,
    source="支部工作条例（试行）第二章",
)

_Z = "支部工作条例（试行）2018 第六章（据转载）"

COMMITTEE_FROM = Parameter(
    key="members.committee_from", label="正式党员几人起设支委会", unit="人", default=7, minimum=3, maximum=50, source=_Z
)
COMMITTEE_LEAST = Parameter(key="members.committee_least", label="支委会最少", unit="人", default=3, minimum=1, maximum=9, source=_Z)
COMMITTEE_MOST = Parameter(key="members.committee_most", label="支委会最多", unit="人", default=7, minimum=3, maximum=15, source=_Z)
BALLOT_PRESENT = Parameter(
    key="members.ballot_present",
    label="选举到会不少于应到会的",
    unit="%",
    default=80,
    minimum=50,
    maximum=100,
    source="基层组织选举工作条例：到会人数不少于应到会的五分之四（据转载）",
)
BALLOT_VOTES = Parameter(
    key="members.ballot_votes",
    label="当选须超过应到会的",
    unit="%",
    default=50,
    minimum=50,
    maximum=80,
    source="基层组织选举工作条例：赞成票超过应到会有选举权人数的一半（未见原文）",
)
VACANT_MONTHS = Parameter(
    key="members.secretary_vacant_months",
    label="书记空缺几个月算过久",
    unit="个月",
    default=3,
    minimum=1,
    maximum=12,
    source="某市排查软弱涣散的标准：书记空缺超过 3 个月（据转载）",
)

EXEMPT_AGE = Parameter(
    key="members.exempt_age",
    label="满多少周岁自动列为年老体弱（0 为不按年龄，由支部登记）",
    unit="周岁",
    default=0,
    minimum=0,
    maximum=100,
    source="各地积分办法多写 70 周岁；教育管理条例第二十三条只说年老体弱的不作硬性要求，没有写年龄",
)
PARAMETERS = (
    ROSTER_CHECK_MONTHS,
    STALE_MONTHS,
    SHARED_PHONE,
    UNDECIDED_MONTHS,
    BRANCH_MOST,
    BRANCH_LEAST,
    COMMITTEE_FROM,
    COMMITTEE_LEAST,
    COMMITTEE_MOST,
    BALLOT_PRESENT,
    BALLOT_VOTES,
    VACANT_MONTHS,
    EXEMPT_AGE,
)
# What the quality page asks of a day, in one statement.
QUALITY = (ROSTER_CHECK_MONTHS, STALE_MONTHS, SHARED_PHONE, UNDECIDED_MONTHS, BRANCH_MOST, BRANCH_LEAST)
