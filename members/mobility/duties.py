"""What is due about members who are away or out of touch: registering, contact, transfer, hosting, and each stage of 失联."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse

from branches.access import paths_for
from branches.models import Organisation
from members.mobility.models import Hosting, LostCase, Outflow, Report
from members.mobility.parameters import ACCEPT_DAYS, CONTACT_MONTHS
from members.mobility.rules.clocks import may_remove_on, may_suspend_on, transfer_due_on
from members.mobility.selectors.lost import DECIDING, awaiting_decision, silent_in, waiting_for_a_decision
from members.mobility.selectors.outflows import Clock, with_last_contact
from members.models import Member
from partyportal.core.days import chinese_day, month_end
from partyportal.core.duties import Duty
from partyportal.core.parameters import values_on

NOTICE = timedelta(days=14)  # contact is told so long before
TRANSFER_NOTICE = timedelta(days=30)
REPORT_MONTH = 10  # hosts are reminded of the year's 反馈 from October

Branches = dict[int, Organisation]


def due(user, today: date) -> list[Duty]:
    """What the user's own branches have to do, and what the user's 党委 must decide."""
    branches = Organisation.objects.branches().existing().filter(path__in=paths_for(user, "mobility.record"))
    return sorted([*due_for(branches, today), *decisions(user, today)])


def due_for(organisations: Iterable[Organisation], today: date) -> list[Duty]:
    """What these branches have to do, oldest first: six statements for one branch as for three thousand."""
    branches = {branch.pk: branch for branch in organisations}
    if not branches:
        return []
    numbers = values_on(today, [CONTACT_MONTHS, ACCEPT_DAYS])
    clock = Clock(today, numbers[CONTACT_MONTHS.key])
    return sorted(
        [
            *_of_outflows(branches, clock),
            *_of_the_roster(branches, today),
            *_of_hosts(branches, today, accept_days=numbers[ACCEPT_DAYS.key]),
            *_of_cases(branches, today),
            *_of_the_silent(branches, today),
        ]
    )


def due_for_committees(committees: Iterable[Organisation], today: date) -> list[Duty]:
    """What these 党委 must decide themselves, each about the branches it is the nearest 党委 of: two statements."""
    ours = {committee.path: committee for committee in committees if committee.kind in DECIDING}
    if not ours:
        return []
    waiting = waiting_for_a_decision(Q(), today=today)
    cases = [case for case in waiting if any(case.member.branch.path.startswith(path) for path in ours)]
    seats = list(Organisation.objects.filter(kind__in=DECIDING).values_list("path", flat=True)) if cases else []
    duties = []
    for case in cases:
        nearest = max((path for path in seats if case.member.branch.path.startswith(path)), key=len)
        if nearest in ours:
            duties.append(_decision(case, ours[nearest]))
    return sorted(duties)


def decisions(user, today: date) -> list[Duty]:
    """What waits for a 党委 of the user's: 停止党籍, 除名, 恢复党籍."""
    return sorted(_decision(case, case.member.branch) for case in awaiting_decision(user, today=today))


def _decision(case: LostCase, organisation: Organisation) -> Duty:
    due_on, act, why = decision_on(case)
    title = f"决定{case.member.name}（{case.member.branch}）{act}"
    return _duty(organisation, due_on, f"decide:{case.uid}:{case.state}", title, why, "看台账", _lost(case))


def decision_on(case: LostCase) -> tuple[date, str, str]:
    """The decision a case waits for: from when, what, why."""
    if case.state == LostCase.State.SUSPENDED:
        return (
            may_remove_on(case.suspension.start),
            "除名",
            f"停止党籍 {chinese_day(case.suspension.start, year=True)} 起，满两年仍联系不上（条例第二十四条）",
        )
    if case.state == LostCase.State.RESURFACED:
        found = case.steps.filter(kind="found").last()
        return found.day if found else case.clock, "恢复党籍", "停止党籍后联系上了，由党委决定恢复"
    return may_suspend_on(case.clock), "停止党籍", f"失联从 {chinese_day(case.clock, year=True)} 起算已满六个月，支部已报（条例第二十四条）"


def _of_outflows(branches: Branches, clock: Clock) -> Iterator[Duty]:
    """Contact, the transfer that is due, and the return nobody has told of: one statement."""
    today = clock.today
    for row in with_last_contact(_of(branches, Outflow.objects.open())).select_related("member"):
        branch, name = branches[row.member.branch_id], row.member.name
        page = reverse("mobility:outflow", args=[row.uid])
        due_on = clock.due_on(last=row.since, province=row.province)
        if due_on <= today + NOTICE:
            last = f"上次 {chinese_day(row.reached, year=True)}" if row.reached else f"{chinese_day(row.start, year=True)}外出后还没有联系"
            reason = f"人在{row.everyday_place}，{clock.often(row.province)}至少联系一次，{last}"
            url = reverse("mobility:contact", args=[row.uid])
            yield _duty(branch, due_on, f"contact:{row.uid}:{due_on}", f"联系流动党员{name}", reason, "登记联系", url)
        moves_on = transfer_due_on(start=row.start, place_fixed=row.place_fixed)
        if moves_on and moves_on <= today + TRANSFER_NOTICE:
            reason = f"在{row.everyday_place}地点相对固定，{chinese_day(moves_on, year=True)}满六个月，应当转组织关系（条例第二十五条）"
            yield _duty(branch, moves_on, f"transfer:{row.uid}", f"动员{name}转出组织关系", reason, "看登记", page)
        if row.expected_return and row.expected_return <= today:
            reason = f"登记时预计 {chinese_day(row.expected_return, year=True)}返回，还没有了结"
            yield _duty(
                branch,
                row.expected_return,
                f"return:{row.uid}",
                f"核实{name}是否返乡",
                reason,
                "了结",
                reverse("mobility:outflow_end", args=[row.uid]),
            )
        if row.destination != row.member.destination or not row.member.is_mobile:
            said = row.member.destination if row.member.is_mobile else "不是流动党员"
            reason = f"登记的是{row.destination}，名册上{said}，以哪个为准"
            yield _duty(branch, _month_end(today), f"differs:{row.uid}", f"核对{name}的去向", reason, "核对", page)


def _of_the_roster(branches: Branches, today: date) -> Iterator[Duty]:
    """流动 and 失联 on the roster that nobody has registered: one statement."""
    is_mobile = Q(is_mobile=True, is_lost=False, standing=Member.Standing.NORMAL)
    is_told = Exists(Outflow.objects.open().filter(member=OuterRef("pk")))
    has_case = Exists(LostCase.objects.open().filter(member=OuterRef("pk")))
    unknown = Member.objects.at_home().filter(is_mobile & ~is_told | Q(is_lost=True) & ~has_case, branch__in=branches)
    for person in unknown.only("uid", "name", "branch_id", "destination", "is_lost"):
        if person.is_lost:
            key, title, act = f"open:{person.uid}", f"给{person.name}立失联台账", "立台账"
            url = f"{reverse('mobility:lost_new')}?member={person.uid}"
            reason = "名册上是失联党员，还没有失联台账，起算日和查找经过都要记"
        else:
            key, title, act = f"register:{person.uid}", f"登记{person.name}的去向", "登记"
            url = f"{reverse('mobility:outflow_new')}?member={person.uid}"
            reason = f"名册上是流动党员（{person.destination}），还没有登记去向和联系人"
        yield _duty(branches[person.branch_id], _month_end(today), key, title, reason, act, url)


def _of_hosts(branches: Branches, today: date, *, accept_days: int) -> Iterator[Duty]:
    """Who waits to be taken on, and from October the year's 反馈 to the home branch: one statement, in whatever month."""
    told = Exists(Report.objects.filter(hosting=OuterRef("pk"), day__year=today.year))
    silent = Hosting.objects.accepted().on(today).filter(~told, start__lt=date(today.year, REPORT_MONTH, 1)).order_by().values("pk")
    asked = Hosting.objects.waiting().filter(end=None).order_by().values("pk")
    rows = Hosting.objects.filter(Q(pk__in=asked) | Q(pk__in=silent), host__in=branches)
    for row in rows.select_related("member__branch"):
        if row.state == Hosting.State.ASKED:
            reason = f"{row.member.branch}请你们接收就近参加，{chinese_day(row.asked_on, year=True)}提出"
            title, due_on = f"答复接收流动党员{row.member.name}", row.asked_on + timedelta(days=accept_days)
            yield _duty(branches[row.host_id], due_on, f"hosting:{row.uid}", title, reason, "答复", _hosting(row))
            continue
        if today.month < REPORT_MONTH:
            continue
        reason = f"流入地要向原支部反馈，{today.year} 年还没有"
        title = f"向{row.member.branch}反馈{row.member.name}的表现"
        yield _duty(
            branches[row.host_id], date(today.year, 12, 31), f"report:{row.uid}:{today.year}", title, reason, "写反馈", _hosting(row)
        )


def _of_cases(branches: Branches, today: date) -> Iterator[Duty]:
    """What the branch itself does next about somebody lost: one statement."""
    state = LostCase.State
    cases = LostCase.objects.filter(member__branch__in=branches, state=state.SEARCHING).select_related("member")
    for case in cases:
        due_on = may_suspend_on(case.clock)
        if due_on <= today:
            title, reason, act = (
                f"报党委停止{case.member.name}党籍",
                f"失联 {chinese_day(due_on, year=True)}满六个月，各种办法都找过就报（条例第二十四条）",
                "看台账",
            )
        else:
            title, act = f"查找{case.member.name}", "看台账"
            reason = (
                f"失联从 {chinese_day(case.clock, year=True)}起算，到 {chinese_day(due_on, year=True)}满六个月，电话、上门、托亲属都要试"
            )
        yield _duty(branches[case.member.branch_id], due_on, f"lost:{case.uid}:{case.state}", title, reason, act, _lost(case))


def _of_the_silent(branches: Branches, today: date) -> Iterator[Duty]:
    """Art31(6): one duty a branch, with how many: one statement."""
    silent: dict[int, list[Member]] = {}
    for person in silent_in(Organisation.objects.filter(pk__in=branches), today=today).only("name", "branch__id"):
        silent.setdefault(person.branch_id, []).append(person)
    for branch_id, people in silent.items():
        branch = branches[branch_id]
        names = "、".join(person.name for person in people[:3]) + ("等" if len(people) > 3 else "")
        reason = f"{names}连续六个月没有组织生活和党费的记录。没有正当理由的，按自行脱党处理（条例第三十一条）"
        url = f"{reverse('mobility:register')}?tab=silent&organisation={branch.code}"
        yield _duty(
            branch, _month_end(today), f"silent:{branch.code}:{today:%Y-%m}", f"问清 {len(people)} 人为什么没有参加", reason, "看名单", url
        )


def _of(branches: Branches, rows: QuerySet) -> QuerySet:
    return rows.filter(Q(member__branch__in=branches))


def _duty(branch: Organisation, due_on: date, key: str, title: str, reason: str, act: str, url: str) -> Duty:
    return Duty.of(branch, due_on=due_on, key=f"mobility.{key}", title=title, reason=reason, act=act, url=url)


def _lost(case: LostCase) -> str:
    return reverse("mobility:lost", args=[case.uid])


def _hosting(row: Hosting) -> str:
    return reverse("mobility:hosting", args=[row.uid])


def _month_end(today: date) -> date:
    """What has no day of its own is due by the end of the month, so it is never overdue for having been imported."""
    return month_end(today)
