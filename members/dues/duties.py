"""What is due about dues: assessing, this month's collecting, confirming, and arrears at one, three, five and six months."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db.models import Count, Sum
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.dues.models import Base, Collection, DueMonth, Exemption
from members.dues.rules import LAPSE_MONTHS, due_on
from members.dues.selectors.arrears import Arrear, arrears_of
from members.dues.selectors.months import unassessed
from members.models import Member
from partyportal.core.days import chinese_day, month_of, months_after
from partyportal.core.duties import Duty
from partyportal.core.models import User

COLLECT, EXEMPT = "dues.collect", "dues.exempt"

Branches = dict[int, Organisation]


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do, without confirming what the user recorded; and what waits for the user's 党委."""
    branches = Organisation.objects.branches().existing().filter(path__in=paths_for(user, COLLECT))
    return sorted([*_of_branches({branch.pk: branch for branch in branches}, today, user), *decisions(user, today)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first: seven statements for one branch as for three thousand."""
    return sorted(_of_branches({branch.pk: branch for branch in organisations}, today, None))


def _of_branches(branches: Branches, today: date, user: User | None) -> list[Duty]:
    if not branches:
        return []
    return [
        *_of_assessing(branches, today),
        *_of_this_month(branches, today),
        *_of_confirming(branches, user),
        *_of_arrears(branches, today),
    ]


def _of_assessing(branches: Branches, today: date):
    """Asked of a branch that has begun: one that keeps its dues elsewhere is not urged."""
    begun = Base.objects.in_force().filter(member__branch__in=branches, year__gte=today.year - 1).values("member__branch").distinct()
    lacking = unassessed(Member.objects.filter(branch__in=begun), month_of(today)).values("branch").order_by()
    for row in lacking.annotate(count=Count("pk")):
        branch = branches[row["branch"]]
        yield _duty(
            branch,
            due_on(month_of(today)),
            f"base:{branch.code}:{today.year}",
            f"核定 {row['count']} 人的党费基数",
            f"党费基数年初核定，{today.year} 年还有 {row['count']} 人没有，算不出该交多少",
            "核定",
            f"{reverse('dues:bases')}?organisation={branch.code}",
        )


def _of_this_month(branches: Branches, today: date):
    month = month_of(today)
    owing = DueMonth.objects.of_month(month).owing().filter(organisation__in=branches).values("organisation").order_by()
    for row in owing.annotate(people=Count("member"), amount=Sum("due")):
        branch = branches[row["organisation"]]
        yield _duty(
            branch,
            due_on(month),
            f"collect:{branch.code}:{month:%Y-%m}",
            f"收 {month.month} 月党费",
            f"党费按月交，{month.month} 月还有 {row['people']} 人没交，共 {row['amount']:.2f} 元",
            "登记",
            f"{reverse('dues:dues')}?organisation={branch.code}&month={month:%Y-%m}",
        )


def _of_confirming(branches: Branches, user: User | None):
    waiting = Collection.objects.filter(organisation__in=branches, state=Collection.State.RECORDED)
    if user is not None:
        waiting = waiting.exclude(recorded_by=user)
    for row in waiting.annotate(people=Count("payments__member", distinct=True)):
        branch = branches[row.organisation_id]
        yield _duty(
            branch,
            due_on(month_of(row.day)),
            f"confirm:{row.uid}",
            f"核对 {chinese_day(row.day)}收的党费",
            f"收党费要第二个人核对，{row.people} 人交的还没有核对",
            "核对",
            reverse("dues:collection", args=[row.uid]),
        )


def _of_arrears(branches: Branches, today: date):
    """One line a branch for each stage that somebody has reached; at five months and from six on by name."""
    last = due_on(months_after(month_of(today), -1))
    staged: dict[tuple[int, int], list[Arrear]] = defaultdict(list)
    for arrear in arrears_of(Member.objects.at_home().filter(branch__in=branches), today=today):
        stage = LAPSE_MONTHS if arrear.may_have_lapsed else arrear.stage
        if stage:
            staged[arrear.member.branch_id, stage].append(arrear)
    for (branch_id, stage), people in staged.items():
        branch = branches[branch_id]
        page = f"{reverse('dues:arrears')}?organisation={branch.code}&months={stage}"
        title, reason = _words(stage, people)
        yield _duty(branch, last, f"arrears:{branch.code}:{stage}:{last:%Y-%m}", title, reason, "看欠交", page)


def _words(stage: int, people: list[Arrear]) -> tuple[str, str]:
    count, names = len(people), "、".join(one.member.name for one in people[:3])
    whom = f"{names}等 {count} 人" if count > 3 else names
    if stage >= LAPSE_MONTHS:
        return f"研究{whom}不交党费的事", "没有正当理由连续六个月不交党费的，按自行脱党予以除名（教育管理条例第三十一条），先谈话问清理由"
    if stage == 5:
        return f"找{whom}谈话", "连续五个月没有交党费，再过一个月满六个月"
    if stage == 3:
        return f"提醒 {count} 人交党费", f"{whom}连续三个月以上没有交"
    return f"催交 {count} 人的党费", f"上个月的党费还没有交：{whom}"


def decisions(user, today: date) -> list[Duty]:
    """What waits for a 党委 of the user's: exemptions asked for, and people six months unpaid. One line for each place."""
    duties = []
    for place in Organisation.objects.filter(path__in=paths_for(user, EXEMPT)).exclude(kind=Organisation.Kind.BRANCH):
        asked = Exemption.objects.within(place).filter(state=Exemption.State.FILED).exclude(filed_by=user).order_by("filed_at")
        if first := asked.first():
            duties.append(
                _duty(
                    place,
                    due_on(month_of(first.start)),
                    f"exempt:{place.code}:{first.uid}",
                    f"审批党费减免 {asked.count()} 件",
                    "减免由支部提出、上一级党委批准，批准前照原数交",
                    "审批",
                    reverse("dues:exemptions"),
                )
            )
        lapsing = [one for one in arrears_of(Member.objects.at_home().within(place), today=today) if one.may_have_lapsed]
        if lapsing:
            title, reason = _words(LAPSE_MONTHS, lapsing)
            page = f"{reverse('dues:arrears')}?organisation={place.code}&months={LAPSE_MONTHS}"
            last = due_on(months_after(month_of(today), -1))
            duties.append(_duty(place, last, f"lapse:{place.code}:{last:%Y-%m}", title, reason, "看欠交", page))
    return duties


def _duty(place: Organisation, due_day: date, key: str, title: str, reason: str, act: str, url: str) -> Duty:
    return Duty.of(place, due_on=due_day, key=f"dues.{key}", title=title, reason=reason, act=act, url=url)
