"""三员, grids, centre households, duty cards and people being brought up, for the demo county: rows as the services leave them; what they did comes by the same door of facts."""

from datetime import date, timedelta
from random import Random

from branches.models import Organisation
from members.models import Member, Office
from members.outreach.models import Area, AreaDuty, Cultivation, CultivationNote, Dispatch, DutyCard, Visit
from members.outreach.services.dispatches import visit_fact
from members.selectors.days import places_on
from members.services import facts
from partyportal.core import audit
from partyportal.dashboard.demo.bulk import copy_in

TASKS = ("指导规范三会一课，带好主题党日", "帮村里跑项目、办实事", "定期走访，反映党员群众的想法")
DUTIES = {
    "secretary": "主持支部全面工作\n召集支委会和支部大会\n每季度走访一遍党员\n抓好发展党员和后备干部",
    "organisation": "管好党员名册和组织关系\n做好发展党员的培养考察\n记好三会一课\n按月收缴党费",
    "discipline": "监督党员遵守纪律\n参与民主评议\n处理党员反映的问题",
}
DONE = (
    ("guidance", "列席支委会，帮着理清年底要办的事", "定下 4 件事，各有人负责"),
    ("guidance", "指导开主题党日，核对到会记录", ""),
    ("errand", "联系水利站，修通二组灌溉渠", "120 米，已通水"),
    ("call", "走访 6 户老党员", "2 户要办大病救助，已转镇上"),
    ("report", "反映村卫生室缺药", "县医院已配送"),
)
PLANS = ("每季度到镇里跟班一周，负责一个产业项目", "参加县委党校村干部培训班，分管集体经济", "由书记带着处理村务，学用惠农政策")
NOTES = ("参加镇里的实用技术培训", "协助完成秋收后的环境整治", "列席支委会，负责记录")


def send_and_share_out(branches: list[Organisation], *, today: date, random: Random) -> None:
    """Give villages their grids and cards, and some of them a counsellor and people to bring up; a handful of inserts."""
    villages = [branch for branch in branches if branch.unit_type == "village"]
    people: dict[int, list[Member]] = {}
    for member in Member.objects.at_home().filter(is_mobile=False, is_lost=False, category="full").order_by("pk"):
        people.setdefault(member.branch_id, []).append(member)
    officials = [m for branch in branches if branch.unit_type in {"office", "township"} for m in people.get(branch.pk, ())]
    year = date(today.year, 1, 1)
    areas, answering, cards, dispatches, cadres = [], [], [], [], []
    for branch in villages:
        here = people.get(branch.pk, [])
        if len(here) < 8:
            continue
        for n in range(1, 4):
            area = Area(
                kind=Area.Kind.GRID,
                organisation=branch,
                name=f"第{'一二三'[n - 1]}网格",
                extent=f"{n} 组、{n + 3} 组",
                households=random.randrange(35, 80),
                start=year,
            )
            areas.append(area)
            for order, member in enumerate(here[n * 2 - 2 : n * 2]):
                role = AreaDuty.Part.RESPONSIBLE if order else AreaDuty.Part.LEAD
                answering.append(AreaDuty(area=area, member=member, role=role, start=year))
        if random.random() < 0.3:
            centre = Area(
                kind=Area.Kind.CENTRE, organisation=branch, name=f"{here[6].name}家", extent="沟那边七户", households=7, start=year
            )
            areas.append(centre)
            answering.append(AreaDuty(area=centre, member=here[6], role=AreaDuty.Part.LEAD, start=year))
        if officials and random.random() < 0.7:
            dispatches.append(
                Dispatch(
                    kind=random.choice(Dispatch.Kind.values),
                    member=random.choice(officials),
                    organisation=branch,
                    task=random.choice(TASKS),
                    basis=f"组通〔{today.year}〕{random.randrange(1, 30)}号",
                    start=today - timedelta(days=random.randrange(10, 90)),
                )
            )
        if random.random() < 0.4:
            cadres.append(
                Cultivation(
                    direction=Cultivation.Direction.RESERVE,
                    organisation=branch,
                    member=here[-1],
                    source=random.choice(Cultivation.Source.values),
                    plan=random.choice(PLANS),
                    mentor=here[0],
                    start=today - timedelta(days=random.randrange(60, 400)),
                )
            )
    for office in Office.objects.filter(end=None, position__in=DUTIES, organisation__in=villages).select_related("member"):
        cards.append(
            DutyCard(
                organisation_id=office.organisation_id,
                title=office.get_position_display(),
                member=office.member,
                duties=DUTIES[office.position],
                start=year,
            )
        )
    for rows in (areas, answering, cards, dispatches, cadres):
        copy_in(rows)
    _visit(dispatches, today=today, random=random)
    month = timedelta(days=30)
    copy_in(
        [
            CultivationNote(cultivation=row, day=row.start + month, content=random.choice(NOTES))
            for row in cadres
            if row.start + month <= today
        ]
    )


def _visit(dispatches: list[Dispatch], *, today: date, random: Random) -> None:
    """Two things each has done: the rows `record_visit` would have left, all at once; a test compares."""
    visits = []
    for dispatch in dispatches:
        for kind, content, outcome in random.sample(DONE, 2):
            day = dispatch.start + timedelta(days=random.randrange(1, 50))
            if day <= today:
                visits.append(Visit(dispatch=dispatch, kind=kind, day=day, content=content, outcome=outcome))
    copy_in(visits)
    by_day: dict[date, list[Visit]] = {}
    for visit in visits:
        by_day.setdefault(visit.day, []).append(visit)
    places = {day: places_on([visit.dispatch.member_id for visit in some], day) for day, some in by_day.items()}
    facts.record([visit_fact(visit, places[visit.day][visit.dispatch.member_id]) for visit in visits], by=None)
    audit.record_many(
        "outreach.visit.recorded",
        (
            {
                "path": visit.dispatch.organisation.path,
                "target_kind": "outreach.visit",
                "target_uid": visit.uid,
                "subject": visit.dispatch.member.uid,
                "data": {"day": visit.day, "visit": visit.kind},
            }
            for visit in visits
        ),
        by=None,
    )
