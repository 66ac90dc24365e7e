"""党内职务: who may hold one, how many a committee has, what a ballot needs, and when an empty chair is too long empty. Pure: no clock."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from members.rules.votes import Part, fraction
from partyportal.core.days import months_after

# 支部工作条例（试行）ch.6: 支委会设书记和组织委员、宣传委员、纪检委员等.
COMMITTEE_POSTS = {"secretary": "书记", "organisation": "组织委员", "publicity": "宣传委员", "discipline": "纪检委员"}
LEADING = frozenset({"secretary", "deputy"})
# What a committee consists of; a 党小组组长 leads a group and is none of it.
IN_COMMITTEE = frozenset({*COMMITTEE_POSTS, "deputy", "member"})


@dataclass(frozen=True)
class Sizes:
    """The numbers of ch.6, as a county has them set."""

    committee_from: int = 7  # 正式党员 from which a committee is due
    least: int = 3
    most: int = 7


@dataclass(frozen=True)
class Candidate:
    """Who is to hold a post, as known on the day."""

    name: str
    is_full: bool
    is_suspended: bool
    sanctions: frozenset[str]  # kinds whose 影响期 holds on the day
    is_here: bool  # belongs to this branch, or for a higher organisation anywhere in the county


def may_hold(candidate: Candidate) -> str:
    """Why somebody may hold no post that day, "" if they may.

    预备党员 have no 被选举权 (选举工作暂行条例); 停止党籍 has no organisation life (教育管理条例 Art24); 撤销党内职务 and 留党察看
    bar from office during their 影响期 (纪律处分条例).
    """
    if not candidate.is_here:
        return "组织关系不在这里"
    if not candidate.is_full:
        return "是预备党员，没有被选举权"
    if candidate.is_suspended:
        return "停止党籍期间不能任职"
    if "probation" in candidate.sanctions:
        return "留党察看期间没有被选举权"
    if "posts_removed" in candidate.sanctions:
        return "受撤销党内职务处分，影响期内不能任职"
    return ""


def seats_fault(held: Mapping[str, Iterable[str]], *, full_members: int, sizes: Sizes = Sizes()) -> str:
    """支部工作条例（试行）ch.6: 正式党员 7 人以上设支委会, 3 至 5 人, 一般不超过 7 人; 不足 7 人设 1 名书记, 必要时 1 名副书记.

    What is wrong with a branch's posts ({position: who}) while they are being filled one by one, "" if nothing is.
    """
    if len(list(held.get("deputy", ()))) > 1:
        return "副书记最多设 1 名"
    people = {person for position, holders in held.items() if position in IN_COMMITTEE for person in holders}
    if full_members < sizes.committee_from and any(position in IN_COMMITTEE - LEADING for position in held):
        return f"正式党员 {full_members} 人，不足 {sizes.committee_from} 人不设支委会，只设书记，必要时设 1 名副书记"
    if len(people) > sizes.most:
        return f"支委会一般不超过 {sizes.most} 人，现在是 {len(people)} 人"
    return ""


def committee_fault(held: Mapping[str, Iterable[str]], *, full_members: int, sizes: Sizes = Sizes()) -> str:
    """The same article asked of a whole committee, as elected: nobody missing."""
    if fault := seats_fault(held, full_members=full_members, sizes=sizes):
        return fault
    if not held.get("secretary"):
        return "要有 1 名书记"
    if full_members < sizes.committee_from:
        return ""
    if missing := missing_posts(held, full_members=full_members, sizes=sizes):
        return f"支委会还缺{'、'.join(missing)}"
    people = {person for position, holders in held.items() if position in IN_COMMITTEE for person in holders}
    return f"支委会至少 {sizes.least} 人，现在是 {len(people)} 人" if len(people) < sizes.least else ""


def missing_posts(held: Iterable[str], *, full_members: int, sizes: Sizes = Sizes()) -> list[str]:
    """The posts of ch.6 nobody holds: all four where a committee is due, the secretary's elsewhere."""
    due = COMMITTEE_POSTS if full_members >= sizes.committee_from else {"secretary": "书记"}
    filled = set(held)
    return [label for position, label in due.items() if position not in filled]


@dataclass(frozen=True)
class Ballot:
    """应到会, 实到会, 得票."""

    entitled: int
    present: int
    votes: int


def ballot_fault(ballot: Ballot, *, present_percent: int = 80, votes_percent: int = 50) -> str:
    """选举: 有选举权的到会人数超过应到会的五分之四方可进行; 得赞成票超过应到会有选举权人数的一半, 始得当选.

    DOMAIN §1 has attendance ≥ 4/5 [S10] and votes > ½ [recall]: both are a county's numbers. "" if it passed.
    """
    if ballot.entitled <= 0:
        return "应到会人数要大于 0"
    if ballot.present > ballot.entitled:
        return "实到会人数不能多于应到会"
    if ballot.votes > ballot.present:
        return "得票不能多于实到会人数"
    there, won = Part(present_percent, False), Part(votes_percent, True)
    if not there.is_met(ballot.present, of=ballot.entitled):
        words = f"{fraction(present_percent)}（{there.least(ballot.entitled)} 人）"
        return f"到会 {ballot.present} 人，不足应到会 {ballot.entitled} 人的 {words}，选举无效"
    if not won.is_met(ballot.votes, of=ballot.entitled):
        words = f"{fraction(votes_percent)}，至少要 {won.least(ballot.entitled)} 票"
        return f"得 {ballot.votes} 票，没有超过应到会 {ballot.entitled} 人的{words}"
    return ""


def vacancy_is_long(vacant_since: date, *, today: date, months: int) -> bool:
    """书记空缺超过 3 个月 (a prefecture's test of 软弱涣散, S27): true from the day after."""
    return vacant_since < months_after(today, -months)


def post_follows(office_path: str, *, left: str, joined: str) -> bool:
    """Whether a post stays with somebody who moves between branches: it does where the organisation stands over both, or over neither.

    A post of the branch left (or of its 党小组) ends; one of the township ends only when the new branch is not the township's;
    one held elsewhere all along is not touched.
    """
    concerned = left.startswith(office_path) or office_path.startswith(left)
    return not concerned or joined.startswith(office_path)
