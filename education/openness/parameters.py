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

PARAMETERS = (WITHOUT_LOGIN, REVIEW_DAYS)
