"""Transfers of the demo county: one at each step, near its last day and past it, and a few that are done. All through the services.

Between 山门镇 and 白驼镇, whose committee and first branch have a login each, so that a whole transfer can be tried by hand.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from branches.models import Organisation
from members.models import Member
from members.transfers import services
from members.transfers.models import Transfer
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import OTHER_BRANCH, OTHER_TOWNSHIP, SHOWCASE, TOWNSHIP
from partyportal.dashboard.demo.people import Numbers

OUTSIDE = ("中共西安市雁塔区委组织部", "长延堡街道第三社区党支部")


@dataclass(frozen=True)
class Actors:
    """Who acts for each side."""

    secretary: User
    committee: User
    other_secretary: User
    other_committee: User
    department: User


def transfer_some(*, today: date, random: Random) -> int:
    """Bring some cases to each step; returns how many."""
    names = ("secretary", "committee", "secretary2", "committee2", "department")
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    who = Actors(*(users[name] for name in names))
    branches = {one.code: one for one in Organisation.objects.branches()}
    ours, theirs = branches[SHOWCASE], branches[OTHER_BRANCH]
    near = [branches[f"{TOWNSHIP}{n:03d}"] for n in range(2, 6)]
    far = [branches[f"{OTHER_TOWNSHIP}{n:03d}"] for n in range(2, 6)]
    people = _People()

    def ago(days: int) -> date:
        return today - timedelta(days=days)

    # Of our branch: one nearly run out, one out of the county, one sent back, one waiting for the county's own office.
    _travelling(people.named(ours, "余娜兰"), theirs, who, on=ago(8), note="到白驼镇中心小学任教")
    _travelling(people.named(ours, "赵峰河"), None, who, on=ago(12), note="随家人到西安定居")
    returned = _travelling(people.named(ours, "汤秀颖"), theirs, who, on=ago(6))
    services.refuse(returned, refusal="papers", note="档案里缺转正材料，补好再报", by=who.other_committee, today=ago(3))
    office = Organisation.objects.branches().filter(parent__kind=Organisation.Kind.WORK_COMMITTEE).order_by("code").first()
    _applied(people.named(ours, "周春"), office, who, on=ago(1), note="考录到县直机关")
    own = people.named(ours, "刘明")
    services.apply(member=own, to_branch=near[0], by=own.user, today=ago(2), reason="residence", note="搬到邻村住")

    # Coming to us: one to be placed, one with a letter from outside.
    _received(people.of(theirs), ours, who, on=ago(4))
    _arrived(ours, who, on=ago(1), numbers=Numbers(random), name="尹建青")

    # Elsewhere in the two townships.
    _travelling(people.of(far[0]), near[0], who, on=ago(3))
    _travelling(people.of(near[1]), far[1], who, on=ago(15), note="到白驼镇卫生院工作")  # ten days, so past its last
    _applied(people.of(near[2]), near[3], who, on=ago(8), note="并村后就近参加活动")  # within one committee, and late
    _placed(people.of(near[3]), far[2], who, on=ago(9))
    withdrawn = _travelling(people.of(far[3]), near[1], who, on=ago(30))
    services.withdraw(withdrawn, by=who.other_committee, today=ago(26), note="单位改了主意，不调了")
    for at, (leaving, coming) in enumerate(((near[0], far[0]), (far[1], near[2]), (near[3], far[3]), (far[2], near[1]))):
        transfer = _placed(people.of(leaving), coming, who, on=ago(40 + 45 * at))
        issuer = who.committee if leaving.code.startswith(TOWNSHIP) else who.other_committee
        services.archive(transfer, by=issuer, today=ago(32 + 45 * at))
    return Transfer.objects.count()


class _People:
    """Full members without a post, none taken twice."""

    def __init__(self):
        self._taken: set[int] = set()

    def of(self, branch: Organisation) -> Member:
        free = Member.objects.filter(branch=branch, category=Member.Category.FULL, is_mobile=False, is_lost=False, offices=None)
        member = free.exclude(pk__in=self._taken).order_by("-birth_on", "pk").first()
        self._taken.add(member.pk)
        return member

    def named(self, branch: Organisation, name: str) -> Member:
        return Member.objects.get(branch=branch, name=name)


def _is_ours(member: Member) -> bool:
    return member.branch.code.startswith(TOWNSHIP)


def _applied(member: Member, to_branch: Organisation | None, who: Actors, *, on: date, note: str = "") -> Transfer:
    by = {SHOWCASE: who.secretary, OTHER_BRANCH: who.other_secretary}.get(member.branch.code, who.department)
    outside = {} if to_branch else {"elsewhere": OUTSIDE[0], "elsewhere_branch": OUTSIDE[1], "reach": Transfer.Reach.BEYOND}
    return services.apply(
        member=member,
        to_branch=to_branch,
        by=by,
        today=on,
        reason=Transfer.Reason.WORK if to_branch else Transfer.Reason.RESIDENCE,
        note=note,
        dues_until=(on.replace(day=1) - timedelta(days=1)).replace(day=1),
        **outside,
    )


def _travelling(member: Member, to_branch: Organisation | None, who: Actors, *, on: date, note: str = "") -> Transfer:
    transfer = _applied(member, to_branch, who, on=on, note=note)
    return services.approve(transfer, by=who.committee if _is_ours(member) else who.other_committee, today=on)


def _received(member: Member, to_branch: Organisation, who: Actors, *, on: date) -> Transfer:
    ours = to_branch.code.startswith(TOWNSHIP)
    return services.receive(
        _travelling(member, to_branch, who, on=on), by=who.committee if ours else who.other_committee, today=on + timedelta(days=2)
    )


def _placed(member: Member, to_branch: Organisation, who: Actors, *, on: date) -> Transfer:
    return services.place(_received(member, to_branch, who, on=on), by=who.department, today=on + timedelta(days=4))


def _arrived(to_branch: Organisation, who: Actors, *, on: date, numbers: Numbers, name: str) -> Transfer:
    born, joined = date(1985, 3, 4), date(2008, 6, 1)
    person = {
        "name": name,
        "id_number": numbers.draw(born, "1"),
        "sex": "1",
        "birth_on": born,
        "ethnicity": "01",
        "education": "20",
        "category": "full",
        "joined_on": joined,
        "full_on": date(2009, 6, 1),
        "post": "教师",
        "mobile_phone": "15400008888",
        "landline": "",
        "address": "",
        "standing": "normal",
        "is_mobile": False,
        "destination": "",
        "is_lost": False,
        "lost_on": None,
    }
    return services.arrive(
        to_branch=to_branch,
        person=person,
        elsewhere="中共宝鸡市陈仓区委组织部",
        elsewhere_branch="陈仓区虢镇中学党支部",
        letter_number=f"陈仓组转〔{on.year}〕88 号",
        issued_on=on - timedelta(days=6),
        valid_until=on + timedelta(days=24),
        dues_until=on.replace(day=1),
        reason=Transfer.Reason.WORK,
        note="调到高家杨村小学",
        by=who.committee,
        today=on,
    )
