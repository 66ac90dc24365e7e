"""How long what was made is kept."""

from partyportal.core.parameters import Parameter

KEEP_DAYS = Parameter(
    key="documents.keep_days",
    label="生成的台账保存几天供下载",
    unit="天",
    default=7,
    minimum=1,
    maximum=30,
    source="本县规定，没有全国统一数字；记录一直在，随时可以再生成",
)

PARAMETERS = (KEEP_DAYS,)
