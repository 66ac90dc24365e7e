"""The demo county's members away, those who stay here and those out of touch: on time, nearly due and overdue."""

from datetime import date, timedelta
from random import Random

from django.utils import timezone

from branches.models import Organisation
from members.mobility.models import Contact, Hosting, Inflow, Outflow
from members.mobility.rules.places import read_destination
from members.mobility.selectors.signs import last_sign
from members.mobility.services import contacts, inflows, lost
from members.models import Member, Office
from partyportal.core import pinyin
from partyportal.core.models import User
from partyportal.core.uid import new_uid
from partyportal.dashboard.demo.bulk import copy_in
from partyportal.dashboard.demo.logins import SHOWCASE

# Days since the member was last reached, and in how many of a hundred registrations; None: never since leaving.
REACHED = ((3, 22), (9, 20), (16, 18), (24, 16), (40, 9), (65, 5), (130, 4), (None, 6))
NOTES = ("都好，年底回来", "换了工地，手机号没变", "问了换届的事，愿意回来投票", "说党费托家里人交", "孩子在那边上学，过年不回", "")
HOMES = (
    ("62", "中共礼县白河镇赵家村支部委员会"),
    ("61", "中共陇县东风镇梁家村支部委员会"),
    ("51", "中共阆中市水观镇石门村支部委员会"),
    ("41", "中共固始县陈集镇新店村支部委员会"),
)
NAMES = ("赵保平", "梁小军", "石桂芳", "陈立新", "马永强", "苏晓梅", "何建军", "谢玉兰", "罗成", "唐慧", "雷鸣", "文静")
LOST_AT_MOST = 40  # through the services, one by one


def go_away(root: Organisation, *, today: date) -> int:
    """Register the mobile members with their contacts, the guests, who stays here and who is lost; returns how many are away."""
    random = Random("mobility")
    secretary, department = User.objects.get(username="secretary"), User.objects.get(username="department")
    away = _register(today, random, by=secretary)
    _reach(away, today, random, by=secretary)
    _host(away, root, today, by=department, secretary=secretary)
    _stay_here(today, by=secretary)
    _lose(today, by=secretary, committee=department)
    return len(away)


def _register(today: date, random: Random, *, by: User) -> list[Outflow]:
    """All but a few of those the roster calls 流动; the few are what the import brought and nobody has registered."""
    posts = Office.objects.filter(end=None, position__in=("secretary", "organisation", "discipline")).order_by(
        "organisation_id", "position"
    )
    contact_of: dict[int, int] = {}
    for branch, member in posts.values_list("organisation_id", "member_id"):
        contact_of.setdefault(branch, member)
    rows = []
    people = Member.objects.at_home().filter(is_mobile=True, is_lost=False).order_by("branch__code", "pinyin", "id")
    for at, (pk, branch, destination, joined, name) in enumerate(people.values_list("pk", "branch_id", "destination", "joined_on", "name")):
        days, fixed, due_back = random.randint(40, 900), random.random() < 0.45, random.random() < 0.3
        back = random.choice((-20, 25, 75))
        contact = contact_of.get(branch)
        if at % 17 == 8 or contact in {None, pk}:
            continue
        province, city, county = read_destination(destination)
        start = max(today - timedelta(days=265 if name == "潘山洋" else days), joined + timedelta(days=1))
        rows.append(
            Outflow(
                uid=new_uid(),
                member_id=pk,
                start=start,
                expected_return=today + timedelta(days=back) if due_back and days > 240 else None,
                province=province,
                city=city,
                county=county,
                place_fixed=fixed and name not in {"潘山洋", "陈辉文"},
                reason=random.choice(("work", "work", "work", "business", "family")),
                contact_id=contact,
                phone_checked_on=start,
                registered_by=by,
            )
        )
    copy_in(rows)
    Outflow.objects.filter(pk__in=[row.pk for row in rows]).update(registered_at=timezone.now())
    return rows


def _reach(away: list[Outflow], today: date, random: Random, *, by: User) -> None:
    """The last contact of each, and monthly ones before it."""
    shares = [share for _, share in REACHED]
    names = dict(Member.objects.filter(pk__in=[row.member_id for row in away], name="潘山洋").values_list("pk", "name"))
    lines = []
    for row in away:
        last = 186 if row.member_id in names else random.choices([days for days, _ in REACHED], weights=shares)[0]
        if last is None:
            continue
        for back in (last, last + 29, last + 60):
            day = today - timedelta(days=back)
            if day > row.start:
                way = random.choice(("phone", "phone", "phone", "message", "kin"))
                note = random.choice(NOTES)
                lines.append(
                    Contact(
                        uid=new_uid(),
                        member_id=row.member_id,
                        day=day,
                        way=way,
                        outcome="reached",
                        note=note,
                        made_by_id=row.contact_id,
                        recorded_by=by,
                    )
                )
    copy_in(lines)


def _host(away: list[Outflow], root: Organisation, today: date, *, by: User, secretary: User) -> None:
    """A 流动党员党支部 in 西安 that has taken some on, and one of the neighbours who asks our branch."""
    showcase = Organisation.objects.get(code=SHOWCASE)
    founding = inflows.found_mobile_branch(
        parent=showcase.parent,
        code=f"{showcase.parent.code}801",
        name=f"{showcase.parent.name.removesuffix('委员会')}驻西安流动党员支部委员会",
        province="61",
        place="西安市雁塔区电子城街道",
        approved_by=root,
        approved_on=today - timedelta(days=20),
        document=f"清委〔{today.year}〕41 号",
        today=today,
        by=by,
    )
    start, asked = today - timedelta(days=18), today - timedelta(days=19)
    paths = dict(Member.objects.filter(pk__in=[row.member_id for row in away]).values_list("pk", "branch__path"))
    near = [row for row in away if paths[row.member_id].startswith(showcase.parent.path)]
    in_xian = [row for row in near if row.city == "西安市" and row.start < asked]
    Hosting.objects.bulk_create(
        Hosting(
            uid=new_uid(), outflow=row, member_id=row.member_id, host=founding.organisation, start=start, state="accepted",
            asked_by=secretary, asked_on=asked, answered_by=by, answered_on=start,
        )
        for row in in_xian
    )  # fmt: skip
    asking = next(
        (row for row in near if row not in in_xian and not paths[row.member_id].startswith(showcase.path) and row.start < asked), None
    )
    if asking is not None:
        Hosting.objects.create(
            outflow=asking, member_id=asking.member_id, host=showcase, start=asked, asked_by=by, asked_on=today - timedelta(days=9)
        )


def _stay_here(today: date, *, by: User) -> None:
    """Members of elsewhere: two in our branch, the others in the townships."""
    villages = list(Organisation.objects.branches().filter(unit_type="village").exclude(code=SHOWCASE).order_by("code")[::4])
    showcase = Organisation.objects.get(code=SHOWCASE)
    rows = []
    for at, name in enumerate(NAMES):
        branch = showcase if at < 2 or not villages else villages[at % len(villages)]
        start, number = today - timedelta(days=60 + at * 23), f"154{at * 7_654_321 % 100_000_000:08d}"
        province, home = HOMES[at % len(HOMES)]
        rows.append(
            Inflow(
                uid=new_uid(), name=name, pinyin=pinyin.person(name)[0], phone=number, phone_masked=f"{number[:3]}****{number[-4:]}",
                province=province, home=home, branch=branch, start=start, reported_on=start + timedelta(days=6) if at % 3 else None,
                told_home_on=start + timedelta(days=9) if at % 4 > 1 else None, registered_by=by,
            )
        )  # fmt: skip
    Inflow.objects.bulk_create(rows)


def _lose(today: date, *, by: User, committee: User) -> None:
    """Of the lost: one in four without a case, one searched for, one reported, one decided."""
    people = Member.objects.at_home().filter(is_lost=True).select_related("branch").order_by("branch__code", "pinyin", "id")
    for at, person in enumerate(people[:LOST_AT_MOST]):
        sign = last_sign(person)
        clock = max(person.lost_on, sign.day) if sign else person.lost_on
        if at % 4 == 0 or clock >= today - timedelta(days=3):
            continue
        case = lost.open_case(person, why="1" if at % 2 else "6", clock=clock, today=today, by=by)
        for way in ("phone", "visit", "kin")[: 3 if at % 4 > 1 else 2]:
            contacts.log_contact(person, day=today - timedelta(days=2), way=way, outcome="unreached", today=today, by=by, note="没有找到")
        if at % 4 > 1 and clock <= today - timedelta(days=185):
            lost.report(case, basis=f"支部党员大会 {today - timedelta(days=2)}", today=today, by=by)
            if at % 4 == 3:
                lost.suspend(case, on=today, basis=f"清委〔{today.year}〕57 号", today=today, by=committee)
