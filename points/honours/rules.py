"""What the Party's rules and a call's own conditions say of whom may be honoured. Pure: days and figures are arguments."""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from members.rules.votes import MORE_THAN_HALF

# ── What an honour is called for, and how high it stands ────────────────────
MEMBER, ORGANISATION = "member", "organisation"
COUNTY, COMMITTEE, BRANCH = "county", "committee", "branch"

# The kind of organisation that calls decides the level, and with it the kind of fact.
_LEVELS = {"county": COUNTY, "work_committee": COMMITTEE, "committee": COMMITTEE}


def level_of(organisation_kind: str) -> str:
    """How high an honour of this organisation stands: 县级, 党委（党工委）级, 总支和支部级."""
    return _LEVELS.get(organisation_kind, BRANCH)


def fact_kind(level: str) -> str:
    """The kind of fact an honour of a level leaves: a scheme values each level for itself."""
    return f"honour.{level}"


# ── The vote ────────────────────────────────────────────────────────────────
def vote_fault(*, entitled: int, present: int, in_favour: int) -> tuple[str, str] | None:
    """党支部工作条例 Art11: 表决必须有半数以上有表决权的党员到会方可进行，赞成人数超过应到会有表决权的党员的半数为通过.

    Taken strictly, as this portal counts every vote: present and in favour each more than half of those entitled. Art12 asks
    more than half of a 支委会 to be present; its decision is counted alike. Returns (sentence, field), or None if it carried.
    """
    if entitled < 1:
        return "应到会人数至少 1 人。", "entitled"
    if present > entitled:
        return f"到会 {present} 人多于应到会 {entitled} 人，核对一下。", "present"
    need = MORE_THAN_HALF.least(entitled)
    if present < need:
        return f"应到会 {entitled} 人，到会要超过半数，至少 {need} 人，另外开会再推荐。", "present"
    if in_favour > present:
        return f"赞成 {in_favour} 人多于到会 {present} 人，核对一下。", "in_favour"
    if in_favour < need:
        return f"应到会 {entitled} 人，赞成要超过半数，至少 {need} 人，这次没有通过，不能推荐。", "in_favour"
    return None


# ── Days ────────────────────────────────────────────────────────────────────
NOT_YET, NOMINATING, REVIEWING, PUBLIC, DUE, DECIDED, CANCELLED = (
    *("not_yet", "nominating", "reviewing", "public", "due", "decided", "cancelled"),
)


def stage(*, state: str, opens_on: date, closes_on: date, public_until: date | None, today: date) -> str:
    """Where a call stands on a day: its window counts its first and last day, its 公示 its last."""
    if state in {DECIDED, CANCELLED}:
        return state
    if state == PUBLIC:
        return DUE if today > public_until else PUBLIC
    if today < opens_on:
        return NOT_YET
    return NOMINATING if today <= closes_on else REVIEWING


def may_be_posthumous(died_on: date, issued_on: date, *, days: int) -> bool:
    """追授: who died at most so many days before the notice was issued, or after it, may still be honoured by it (county rule, no national number)."""
    return died_on >= issued_on - timedelta(days=days)


# ── Conditions ──────────────────────────────────────────────────────────────
@dataclass(frozen=True, kw_only=True)
class Conditions:
    """What a call asks of a member beside its own words; what is off is not asked."""

    full: bool = True
    unpunished: bool = True
    years: int | None = None  # 党龄
    points: Decimal | None = None  # of `points_year`
    points_year: int | None = None


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A member as they are on the day of asking."""

    at_home: bool
    suspended: bool
    full: bool
    years: int | None
    died_on: date | None = None  # all else is then as it was on their last day
    long_dead: bool = False
    sanctions: tuple[str, ...] = ()  # 处分 whose 影响期 holds, as users read them
    points: Decimal | None = None


def bars(conditions: Conditions, candidate: Candidate) -> list[str]:
    """Every reason for which a member may not be honoured under a call, each a sentence; none means the conditions are met.

    党内功勋荣誉表彰条例 Art16 leaves concrete conditions to the organisation that honours. Two bars are not a call's to lift:
    who has left the county's roster, and 停止党籍 (教育管理条例 Art24: 停止党籍的党员，不能参加党的组织生活).
    """
    found = []
    if not candidate.at_home:
        found.append("组织关系已经不在本县")
    if candidate.long_dead:
        found.append(f"{candidate.died_on:%Y年%-m月%-d日}去世，过了可以追授的日子")
    if candidate.suspended:
        found.append("停止党籍")
    if conditions.full and not candidate.full:
        found.append("还不是正式党员")
    if conditions.unpunished and candidate.sanctions:
        found.append(f"受{'、'.join(candidate.sanctions)}处分，影响期没有满")
    if conditions.years and (candidate.years or 0) < conditions.years:
        found.append(f"党龄 {candidate.years or 0} 年，不满 {conditions.years} 年")
    if conditions.points is not None and (candidate.points or Decimal(0)) < conditions.points:
        has = f"{candidate.points or Decimal(0):.2f}"
        found.append(f"{conditions.points_year} 年积分 {has} 分，不到 {conditions.points.normalize():f} 分")
    return found


# ── Places ──────────────────────────────────────────────────────────────────
def shares_fault(quota: int, shares: Iterable[tuple[str, int]]) -> str:
    """What is wrong with how the places are shared out. `shares` are (path, places): none inside another, together at most the quota."""
    rows = sorted(shares)
    if any(places < 1 for _, places in rows):
        return "分到的名额至少 1 个，没有名额的就不写。"
    paths = [path for path, _ in rows]
    if any(after.startswith(before) for before, after in itertools.pairwise(paths)):
        return "同一个单位不能写两次，上级和它的下级也不能都写。"
    total = sum(places for _, places in rows)
    return f"分出去的名额合计 {total} 个，多于总名额 {quota} 个。" if total > quota else ""
