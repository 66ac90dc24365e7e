"""The demo's open side: a catalogue in force, pieces disclosed, waiting and late, exemplars, comments, pledges and posts.

Through the services: some hundred calls. Most branches have disclosed the last quarter; every fifth is late.
"""

from datetime import date, timedelta
from functools import partial

from branches.models import Organisation
from education.models import Meeting
from education.openness.models import Comment, Piece, PieceStep, Topic
from education.openness.models.pieces import Edition
from education.openness.rules import period_asked
from education.openness.selectors.pledges import to_judge
from education.openness.services import comments, pieces, pledges
from members.models import Member
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import OTHER_BRANCH, SHOWCASE, TOWNSHIP

LATE = 5  # every fifth branch has left one of these undisclosed
# (code of the topic, title, text) by the kind of organisation that tells it
OF_BRANCHES = (
    (
        "meetings",
        "三会一课和党员教育情况",
        "本季度按时开了党员大会、支委会和主题党日，缺课的已经补上。每次会的记录在支部可以查看。",
    ),
    ("plan", "年度工作计划和重点任务", "一是按月开好主题党日，二是帮扶困难党员到户，三是修通村组路。谁牵头、哪天办完，贴在公开栏。"),
    ("dues", "党费收缴情况", "全年党费按月收齐，数额和人数贴在公开栏，有不清楚的找组织委员查账。"),
)
OF_COMMITTEES = (
    ("plan", "年度工作计划和重点任务", "抓好各支部的三会一课，帮扶困难党员到户，年内修通三段村组路。每件事的牵头人和期限附后。"),
    ("dues", "党费收缴使用管理情况", "所辖支部党费收齐上缴，下拨的用在培训、慰问和报刊上，收支各列一张表，欢迎查账。"),
)
OF_THE_COUNTY = (
    ("plan", "年度工作部署", "一是支部建设抓两头带中间，二是党员教育培训全员过一遍，三是关怀帮扶到人到户。分工和期限附后。"),
    ("dues", "党费收缴使用管理情况", "全县党费收缴、下拨和结存各列一张表，重点用在基层党员培训和困难党员慰问上。"),
)
TOLD = {
    Organisation.Kind.BRANCH: (OF_BRANCHES, Piece.Reach.BRANCH),
    Organisation.Kind.COMMITTEE: (OF_COMMITTEES, Piece.Reach.TOWNSHIP),
    Organisation.Kind.COUNTY: (OF_THE_COUNTY, Piece.Reach.COUNTY),
}
PROMISES = (
    "每月到村便民服务点值班一天，帮老人办医保和养老认证",
    "包联三户独居老人，每周上门看一次，有事当天办",
    "带头清理自家门前河道，汛期夜里轮值巡河",
    "帮两户种植户联系销路，把育苗的技术教给他们",
    "调解邻里纠纷不推脱，做到小事不出组",
    "护林防火期每周巡山两次，劝住上山带火的人",
)
EXEMPLARS = (
    (
        "雨夜巡河四十小时",
        "连下三天雨，村东河堤渗水。他把铺盖搬到堤上，两夜没有回家，带着民兵垒起六十米沙袋。\n\n水退以后，他又挨户看了低洼处的老房子。",
    ),
    ("二十年的义务调解", "村里谁家红了脸，都愿意找她说。二十年里她记满了四个本子，一百多件，没有一件闹到乡里。"),
    ("把合作社的账贴在墙上", "每季度的收支，他都写成大字贴在合作社门口。谁问，他就陪谁对。社员从十一户变成五十三户。"),
)
# Of the other township, published: (days ago, title, text)
EXEMPLARS_BESIDE = (
    (16, "背着秤走村的收购员", "八十岁以上的老人卖不动药材，她就背着秤上门收，按县城的价，当场付钱。三年里跑了四百多趟。"),
    (48, "把嫁接刀交给年轻人", "他把二十年的果树嫁接手艺办成了冬闲课，十一个年轻人学会了，村里的老果园换了新枝。"),
    (85, "守了九年的护林点", "护林点在梁上，离村七里。他每天两趟，九年没有出过一次火情，记满了六本巡山簿。"),
)


def open_up(*, today: date) -> int:
    """Make all of it; returns how many pieces stand published."""
    names = ("secretary", "deputy", "committee", "department", "member", "secretary2", "committee2")
    users = {user.username: user for user in User.objects.filter(username__in=names)}
    Topic.objects.filter(code__in=["meetings", "dues", "plan", "work"]).update(start=date(today.year - 1, 1, 1))
    _disclose_everywhere(users["department"], users["committee"], today=today)
    ours = Organisation.objects.get(code=SHOWCASE)
    told = _show_exemplars(ours, users, today=today)
    _show_exemplars_beside(users, today=today)
    _talk(told, users, today=today)
    _pledge(ours, users, today=today)
    return Piece.objects.standing().count()


def _disclose_everywhere(writer: User, reviewer: User, *, today: date) -> None:
    """What each organisation told of the last quarter and of the year, set-based: the rows `draft`, `submit` and `publish` leave."""
    rows = []
    for kind, (told, reach) in TOLD.items():
        tellers = list(Organisation.objects.filter(kind=kind).existing().order_by("code"))
        for turn, (code, title, text) in enumerate(told):
            topic = Topic.objects.get(code=code, organisation_kind=kind)
            period = period_asked(topic.often, today, days=topic.days, is_ahead=topic.is_ahead)
            on = min(period.due_on, today)
            rows += [
                Piece(
                    sort=Piece.Sort.DISCLOSURE,
                    organisation=teller,
                    audience=teller,
                    reach=reach,
                    topic=topic,
                    period_on=period.start,
                    title=title,
                    text=text,
                    acted_on=on,
                    written_by=writer,
                )
                for at, teller in enumerate(tellers)
                if kind != Organisation.Kind.BRANCH or at % LATE or (at // LATE) % len(told) != turn
            ]
    made = Piece.objects.bulk_create(rows, batch_size=1000)
    said = [
        Edition(
            piece=one,
            number=1,
            title=one.title,
            text=one.text,
            reach=one.reach,
            published_on=one.acted_on,
            written_by=writer,
            reviewed_by=reviewer,
        )
        for one in made
    ]
    for piece, edition in zip(made, Edition.objects.bulk_create(said, batch_size=1000), strict=True):
        piece.edition, piece.state, piece.published_on, piece.version = edition, Piece.State.PUBLISHED, piece.acted_on, 3
    Piece.objects.bulk_update(made, ["edition", "state", "published_on", "version"], batch_size=500)
    acts = [(PieceStep.Act.WRITE, writer), (PieceStep.Act.SUBMIT, writer), (PieceStep.Act.PUBLISH, reviewer)]
    PieceStep.objects.bulk_create(
        (PieceStep(piece=one, act=act, on=one.acted_on, by=by) for one in made for act, by in acts), batch_size=2000
    )


def _show_exemplars(ours: Organisation, users: dict[str, User], *, today: date) -> Piece:
    """Three deeds: one published for the township, one waiting for its review, one for the consent of whom it is about."""
    people = list(Member.objects.at_home().filter(branch=ours).exclude(user=users["member"]).select_related("branch").order_by("pk")[:2])
    about = [users["member"].member, *people]
    ways = (("township", 20), ("branch", 2), ("county", 1))
    made = []
    for person, (title, text), (reach, days) in zip(about, EXEMPLARS, ways, strict=False):
        on = today - timedelta(days=days)
        said = {"sort": "exemplar", "title": title, "text": text, "reach": reach, "member": person}
        made.append(pieces.draft(ours, by=users["secretary"], today=on, **said))
    first, second = made[0], made[1]
    on = today - timedelta(days=19)
    pieces.consent(first, by=users["member"], today=on)
    pieces.submit(first, by=users["secretary"], today=on)
    pieces.consent(second, note="支部档案盒，先进事迹卷", by=users["secretary"], today=today - timedelta(days=2))
    pieces.submit(second, by=users["secretary"], today=today - timedelta(days=1))
    township = Organisation.objects.get(code=TOWNSHIP)
    told = pieces.draft(
        township,
        sort="disclosure",
        title="镇党委今年办的十件事，办到了哪一步",
        text="修通村组路 6.2 公里，已验收。\n\n三个村的饮水管网换了新管，正在回填。\n\n其余各件的进度贴在各村公开栏。",
        reach="township",
        topic=Topic.objects.filter(code="work", organisation_kind=township.kind).first(),
        by=users["committee"],
        today=on,
    )
    pieces.submit(told, by=users["committee"], today=on)
    pieces.publish(told, by=users["department"], today=on)
    return pieces.publish(first, by=users["committee"], today=on)


def _show_exemplars_beside(users: dict[str, User], *, today: date) -> None:
    """Three deeds of another township's branch, told to the whole county."""
    branch = Organisation.objects.get(code=OTHER_BRANCH)
    people = Member.objects.at_home().filter(branch=branch, user=None).select_related("branch").order_by("pk")
    for person, (days, title, text) in zip(people, EXEMPLARS_BESIDE, strict=False):
        said = {"by": users["secretary2"], "today": today - timedelta(days=days)}
        deed = pieces.draft(branch, sort="exemplar", title=title, text=text, reach="county", member=person, **said)
        pieces.consent(deed, note="支部档案盒，先进事迹卷", **said)
        pieces.submit(deed, **said)
        pieces.publish(deed, by=users["department"], today=said["today"])


def _talk(told: Piece, users: dict[str, User], *, today: date) -> None:
    """One question answered, one overdue, one comment still held."""
    then = today - timedelta(days=12)
    asked = partial(comments.say, told, by=users["member"])
    answered = asked(kind=Comment.Kind.QUESTION, text="河堤渗水的那一段，今年冬天修不修？", today=then)
    comments.pass_(answered, by=users["committee"], today=then)
    comments.answer(
        answered, note="已列入冬修，十二月上旬开工，开工前在村公开栏贴出图纸和预算。", by=users["secretary"], today=then + timedelta(days=3)
    )
    late = asked(kind=Comment.Kind.QUESTION, text="巡河的手电和雨衣，能不能给轮值的都配上？", today=then)
    comments.pass_(late, by=users["committee"], today=then)
    comments.say(told, kind=Comment.Kind.COMMENT, text="那两夜我也在堤上，写得实在。", by=users["deputy"], today=today)


def _pledge(ours: Organisation, users: dict[str, User], *, today: date) -> None:
    """Most of the showcase branch has pledged; some wait to be confirmed, some were judged at the last meeting."""
    people = list(Member.objects.at_home().filter(branch=ours).select_related("branch").order_by("pk")[:12])
    on, lately = (max(date(today.year, 1, 10), today - timedelta(days=days)) for days in (200, 3))
    for at, person in enumerate(people):
        is_confirmed = at % 4 and person.user_id != users["secretary"].pk
        written = {"by": users["deputy"], "today": on if is_confirmed else lately}
        one = pledges.pledge(person, year=today.year, text=PROMISES[at % len(PROMISES)], **written)
        if is_confirmed:
            pledges.confirm(one, by=users["secretary"], today=on)
            if at % 3:
                done = {"day": on, "what": "按约做了，有人看见", "evidence": "值班簿"}
                pledges.record_deed(one, by=users["deputy"], today=max(on, today), **done)
    for person, title in zip(people[:3], ("村便民服务窗口", "护林防火岗", "河道巡查岗"), strict=False):
        pledges.give_post(person, kind="vanguard", title=title, start=on, by=users["secretary"], today=max(on, today))
    meeting = (
        Meeting.objects.confirmed()
        .filter(organisation=ours, group=None, held_on__gte=on, held_on__year=today.year)
        .order_by("-held_on")
        .first()
    )
    if meeting:
        outcomes = (("kept", ""), ("partly", "后半年去得少"), ("kept", ""))
        judged = dict(zip([one.pk for one in to_judge(ours, today.year)][:3], outcomes, strict=False))
        if judged:
            pledges.judge(ours, meeting=meeting, verdicts=judged, by=users["secretary"], today=today)
