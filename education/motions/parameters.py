"""Numbers of a vote that the texts leave open, and whether a county votes online at all. Elections' two stand with 换届 (members.parameters)."""

from partyportal.core.parameters import Parameter

ONLINE = Parameter(
    key="motions.online",
    label="可以在网上无记名投票（0 不可以，只用纸票；1 可以）",
    unit="",
    default=0,
    minimum=0,
    maximum=1,
    source="没有全国统一规定；能做到和做不到的，看设计决定（ADR）第 26 号",
)
COMMITTEE_PRESENT = Parameter(
    key="motions.committee_present",
    label="支委会表决到会不少于委员的",
    unit="%",
    default=50,
    minimum=50,
    maximum=80,
    source="支部工作条例（试行）第十二条：半数以上委员到会（据转载）",
)
COMMITTEE_BASE = Parameter(
    key="motions.committee_of_present",
    label="支委会表决通过按谁的半数算（0 应到委员，1 到会委员）",
    unit="",
    default=0,
    minimum=0,
    maximum=1,
    source="第十二条没有写明，按较严的应到委员",
)

PARAMETERS = (ONLINE, COMMITTEE_PRESENT, COMMITTEE_BASE)
