"""What can stand of a member for a while that makes them one to be cared for. Pure."""

from datetime import date

from partyportal.core.days import months_after

# 机关条例 Art20: 因公殉职、牺牲党员的家庭, 因公伤残党员, 离退休、生活困难党员; 走访慰问 names 老党员、老干部 and monthly 生活补贴 for those without a pension.
HARDSHIP, ILLNESS, BEREAVED = "hardship", "illness", "bereaved"
DISABLED, DUTY_DISABLED, NO_PENSION = "disabled", "duty_disabled", "no_pension"
VETERAN_CADRE, RETIRED_CADRE, MARTYR_FAMILY, DUTY_DEATH_FAMILY = "veteran_cadre", "retired_cadre", "martyr_family", "duty_death_family"

KINDS: dict[str, str] = {
    HARDSHIP: "生活困难",
    ILLNESS: "重病",
    BEREAVED: "丧亲",
    DISABLED: "伤残",
    DUTY_DISABLED: "因公伤残",
    NO_PENSION: "无退休金的农村老党员",
    VETERAN_CADRE: "离休干部",
    RETIRED_CADRE: "退休干部",
    MARTYR_FAMILY: "烈士家庭",
    DUTY_DEATH_FAMILY: "因公牺牲、殉职家庭",
}
CHOICES = tuple(KINDS.items())
# What a person is for good: asking every year whether it is still so would be an insult.
LASTING = frozenset({VETERAN_CADRE, RETIRED_CADRE, MARTYR_FAMILY, DUTY_DEATH_FAMILY, DUTY_DISABLED})


def review_due(*, kind: str, start: date, reviewed_on: date | None, months: int) -> date | None:
    """The day by which somebody asks whether it is still so; None for what lasts for life."""
    if kind in LASTING:
        return None
    since = max(start, reviewed_on) if reviewed_on else start
    return months_after(since, months)


def gap(on: date, until: date) -> str:
    """How much is missing between a day and a later one, in words: 1 年 2 个月, 3 个月, 12 天."""
    if until <= on:
        return ""
    months = (until.year - on.year) * 12 + until.month - on.month
    if months_after(on, months) > until:
        months -= 1
    years, rest = divmod(months, 12)
    words = [f"{years} 年"] if years else []
    words += [f"{rest} 个月"] if rest else []
    return " ".join(words) or f"{(until - on).days} 天"
