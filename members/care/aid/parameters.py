"""Numbers of 困难救助 that a county may set: practice differs, no rule names them."""

from partyportal.core.parameters import Parameter

_OURS = "本县规定，没有全国统一数字"
LIMIT_DAYS = Parameter(
    key="aid.limit_days", label="救助事项到了谁手里，几天内办", unit="天", default=7, minimum=1, maximum=60, source=_OURS
)
AT_LEAST = Parameter(
    key="aid.at_least",
    label="对外公开的救助统计，少于几人的格子不显示",
    unit="人",
    default=5,
    minimum=3,
    maximum=20,
    source="个人信息保护法第四条：能识别到人的就是个人信息；几人为少是本县规定",
)

PARAMETERS = (LIMIT_DAYS, AT_LEAST)
