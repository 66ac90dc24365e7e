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

PARAMETERS = (ROSTER_CHECK_MONTHS, STALE_MONTHS, SHARED_PHONE, UNDECIDED_MONTHS, BRANCH_MOST, BRANCH_LEAST)
