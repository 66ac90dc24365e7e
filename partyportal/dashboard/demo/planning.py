"""Plans, reasons, make-ups, talks and campaigns of the demo: some branches ahead, some behind, one campaign overdue."""

from datetime import date, timedelta

from branches.models import Organisation
from education import services as meetings
from education.models import Meeting
from education.planning import services
from education.planning.models import CampaignTemplate
from education.planning.starters import STARTERS
from education.selectors.cells import cells
from members.models import Member
from partyportal.core.days import month_end, month_of, months_after
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import SHOWCASE

UNPLANNED = 9  # every ninth branch has no plan yet
PLANNED = 150  # of a whole county the first ones: a plan asks each branch's own past, through the services


def plan_some(root: Organisation, *, today: date) -> None:
    """Plans of most branches, what was missed in the showcase, its talks, and campaigns by state."""
    secretary, department = (User.objects.get(username=name) for name in ("secretary", "department"))
    showcase = Organisation.objects.select_related("parent").get(code=SHOWCASE)
    beside = (
        Organisation.objects.branches().existing().filter(path__startswith=showcase.parent.path).exclude(pk=showcase.pk).order_by("code")
    )
    everywhere = Organisation.objects.branches().existing().exclude(pk=showcase.pk).order_by("code")[:PLANNED]
    for branch in [showcase, *(branch for at, branch in enumerate(everywhere, start=1) if at % UNPLANNED)]:
        services.make_plan(organisation=branch, year=today.year, by=secretary, today=today)
    _talk_and_explain(showcase, secretary, today)
    for theme, name, purpose, steps in STARTERS:
        services.offer_template(organisation=root, theme=theme, name=name, purpose=purpose, steps=steps, by=department)
    _campaigns(showcase, list(beside[:2]), secretary, today)


def _talk_and_explain(branch: Organisation, by: User, today: date) -> None:
    people = list(Member.objects.filter(branch=branch, left_on=None).defer("id_number").order_by("pk")[:8])
    for at in range(0, len(people) - 1, 2):
        outcome = ("说了家里的难处，支部帮着联系合作医疗。", "互相提了两条意见，都认了。", "谈了外出务工的打算，定了每月通一次电话。")[
            at // 2 % 3
        ]
        day = today - timedelta(days=9 * at + 3)
        services.record_talk(organisation=branch, first=people[at], second=people[at + 1], held_on=day, outcome=outcome, by=by, today=today)
    missed = [
        c
        for c in cells(first=months_after(month_of(today), -9), last=months_after(month_of(today), -1), paths=[branch.path])
        if c.is_missing
    ]
    for cell in missed[-2:]:
        meetings.explain_miss(
            organisation=branch, kind=cell.kind, month=cell.month, reason="emergency", words="连续降雨，支委都在河道值守，没有凑齐。",
            make_up_on=today + timedelta(days=6), by=by, today=today,
        )  # fmt: skip
    _make_up_one(branch.parent, by, today)


def _make_up_one(committee: Organisation, by: User, today: date) -> None:
    """The first branch of the township that missed a month and met twice later."""
    first, last = max(date(today.year, 1, 1), months_after(month_of(today), -6)), months_after(month_of(today), -2)
    if last < first:
        return  # in January and February no month of the year is that long past
    for cell in cells(first=first, last=last, paths=[committee.path]):
        if not cell.is_missing or cell.group_id:
            continue
        later = Meeting.objects.confirmed().filter(organisation=cell.organisation_id, kind=cell.kind, held_on__gt=month_end(cell.month))
        if meeting := later.order_by("held_on").first():
            meetings.make_up(meeting, month=cell.month, by=by)
            return


def _campaigns(showcase: Organisation, beside: list[Organisation], by: User, today: date) -> None:
    patterns = list(CampaignTemplate.objects.offered_to(showcase).order_by("id"))
    goals = (
        "32 名党员人人认岗，群众满意 30 人以上",
        "查小微权力清单 18 项，改完公开",
        "结对 12 户，每月上门一次",
        "村史墙 20 米，国庆前上墙",
    )
    for at, (pattern, goal) in enumerate(zip(patterns, goals, strict=False)):
        branch = [showcase, *beside][at % (len(beside) + 1)]
        starts_on = today - timedelta(days=(20, 75, 40, 160)[at])
        steps = [(starts_on + timedelta(days=after), title) for after, title in pattern.steps]
        campaign = services.plan_campaign(
            organisation=branch, template=pattern, theme=pattern.theme, name=pattern.name, goal=goal, starts_on=starts_on,
            ends_on=max(day for day, _ in steps), steps=steps, by=by,
        )  # fmt: skip
        done = [step for step in campaign.steps.all() if step.due_on < today]
        for step in done[: len(done) if at % 2 else max(1, len(done) - 1)]:
            services.do_step(step, done_on=step.due_on, by=by, today=today)
        services.record_result(
            campaign, day=starts_on + timedelta(days=10), words="入户走访，记下要办的事。", people=24, pieces=12, by=by, today=today
        )
        if at == len(patterns) - 1:
            services.close_campaign(campaign, words="墙已上，老党员讲了三场。", by=by)
