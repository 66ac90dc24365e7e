"""Numbers of what is open to the people: none is national."""

from partyportal.core.parameters import Parameter

_OURS = "本县规定，没有全国统一数字"
WITHOUT_LOGIN = Parameter(
    key="openness.without_login",
    label="全县范围的党务公开不登录也能看（0 不能，1 能）",
    unit="",
    default=0,
    minimum=0,
    maximum=1,
    source="《中国共产党党务公开条例（试行）》按事项确定公开范围（凭记忆，请核对原文）；县里定了才对社会公开",
)
REVIEW_DAYS = Parameter(
    key="openness.review_days",
    label="送审的稿件和留言几个工作日内审核",
    unit="个工作日",
    default=3,
    minimum=1,
    maximum=20,
    source=_OURS,
)
ANSWER_DAYS = Parameter(
    key="openness.answer_days",
    label="公开的提问几个工作日内答复",
    unit="个工作日",
    default=5,
    minimum=1,
    maximum=30,
    source=_OURS,
)
COMMENTS_A_DAY = Parameter(
    key="openness.comments_a_day",
    label="一个人一天最多留言、提问几条",
    unit="条",
    default=5,
    minimum=1,
    maximum=50,
    source=_OURS,
)
COMMENT_LENGTH = Parameter(
    key="openness.comment_length",
    label="一条留言最多几个字",
    unit="个字",
    default=300,
    minimum=50,
    maximum=500,
    source=_OURS,
)
UNNAMED = Parameter(
    key="openness.unnamed",
    label="留言的人可以选不显示姓名（0 不可以，1 可以；审核的人总能看到是谁）",
    unit="",
    default=0,
    minimum=0,
    maximum=1,
    source=_OURS,
)

PLEDGES_A_YEAR = Parameter(
    key="openness.pledges_a_year",
    label="一位党员一年最多几条承诺",
    unit="条",
    default=3,
    minimum=1,
    maximum=10,
    source=_OURS,
)
JUDGED_UNTIL = Parameter(
    key="openness.judged_until",
    label="上年的承诺评到当年几月底",
    unit="月",
    default=3,
    minimum=1,
    maximum=6,
    source=_OURS,
)

PARAMETERS = (WITHOUT_LOGIN, REVIEW_DAYS, ANSWER_DAYS, COMMENTS_A_DAY, COMMENT_LENGTH, UNNAMED, PLEDGES_A_YEAR, JUDGED_UNTIL)
