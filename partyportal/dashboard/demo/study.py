"""The demo's study: three courses (one with a test, one that has run out, one a draft), a bank of thirty questions, tries of every kind, a 培训班 and a 站点.

All through the services but the tries, which a member hands in only with a login: those are laid as rows and credited by the same door.
"""

from datetime import date, timedelta

from django.utils import timezone

from branches.models import Organisation
from education.study import rules, services
from education.study.models import Attempt, Course, Credit, Progress
from education.study.selectors.attempts import key_of, pool_at
from education.study.services.credits import give
from members.models import Member
from partyportal.core.models import User
from partyportal.core.sheets import write_xlsx
from partyportal.dashboard.demo.logins import SHOWCASE, TOWNSHIP

TEXTS = {
    "党员的义务和权利": "党员必须履行八项义务，享有八项权利。\n\n义务讲的是学习、贯彻、服务、奉献、纪律、团结、批评和作风；权利讲的是知情、培训、讨论、建议、批评、表决、申辩和申诉。",
    "党的组织原则": "党是根据自己的纲领和章程，按照民主集中制组织起来的统一整体。\n\n党员个人服从党的组织，少数服从多数，下级组织服从上级组织。",
    "党的纪律": "党的纪律是党的各级组织和全体党员必须遵守的行为规则。\n\n处分有五种：警告、严重警告、撤销党内职务、留党察看、开除党籍。",
}
MEETINGS = {
    "支部怎样开好会": "党员大会一般每季度召开一次，支委会一般每月召开一次，党小组会一般每月召开一次。",
    "主题党日怎样办": "每月相对固定一天，开展集中学习、过组织生活、进行民主议事和志愿服务。",
}
STRATA = {
    "党章": [
        ("党员的义务有几项？", "六项", "七项", "八项", "C"),
        ("党员的权利有几项？", "六项", "八项", "十项", "B"),
        ("年满多少岁可以申请入党？", "十六岁", "十八岁", "二十岁", "B"),
        ("预备党员的预备期是多长？", "半年", "一年", "两年", "B"),
        ("党的根本组织原则是什么？", "民主集中制", "少数服从多数", "集体领导", "A"),
        ("党内最重的处分是什么？", "留党察看", "撤销党内职务", "开除党籍", "C"),
        ("党员的党龄从哪天算起？", "递交申请", "支部大会接收", "转为正式党员", "C"),
        ("党员没有正当理由，连续多久不参加组织生活，按自行脱党处理？", "三个月", "六个月", "一年", "B"),
        ("正式党员几人以上应当成立基层党组织？", "三人", "五人", "七人", "A"),
        ("党的纪律处分有几种？", "三种", "四种", "五种", "C"),
    ],
    "组织生活": [
        ("党员大会一般多久召开一次？", "每月", "每季度", "每半年", "B"),
        ("支委会一般多久召开一次？", "每月", "每季度", "每半年", "A"),
        ("党小组会一般多久召开一次？", "每月", "每季度", "每年", "A"),
        ("主题党日一般多久一次？", "每周", "每月", "每季度", "B"),
        ("组织生活会每年至少召开几次？", "一次", "两次", "四次", "A"),
        ("民主评议党员一般多久一次？", "每季度", "每半年", "每年", "C"),
        ("接收预备党员，到会有表决权的党员要超过应到会的多少？", "三分之一", "一半", "三分之二", "B"),
        ("村党支部委员会每届任期几年？", "三年", "四年", "五年", "C"),
        ("正式党员多少人以上应当设支委会？", "三人", "五人", "七人", "C"),
        ("流动党员参加流入地的活动，学时记在哪里？", "流入地", "自己所在的党支部", "不记", "B"),
    ],
    "教育管理": [
        ("党员每年集中学习不少于多少学时？", "24", "32", "56", "B"),
        ("党支部书记和班子成员每年不少于多少学时？", "32", "40", "56", "C"),
        ("新任党支部书记多久内参加一次培训？", "三个月", "半年", "一年", "B"),
        ("年老体弱的党员，对集中学习怎样要求？", "一样", "减半", "不作硬性要求", "C"),
        ("党员外出多久以上、地点固定的应当转组织关系？", "三个月", "六个月", "一年", "B"),
        ("失去联系多久以上可以停止党籍？", "三个月", "六个月", "两年", "B"),
        ("限期改正的期限最长多久？", "半年", "一年", "两年", "B"),
        ("学习时长能不能直接换成积分？", "能", "不能", "看支部", "B"),
        ("培训班半天一般折几个学时？", "二", "四", "八", "B"),
        ("优秀党员由谁评出？", "书记指定", "民主评议", "上级分配", "B"),
    ],
}


def study_some(*, today: date) -> int:
    """Courses, tries, a 培训班 and a 站点; returns how many lessons count."""
    users = {user.username: user for user in User.objects.filter(username__in=("department", "committee", "secretary", "deputy"))}
    begun = today - timedelta(days=40)
    tested = _tested(users, begun, today)
    plain = _plain(users, begun, today)
    draft = services.create_course(
        organisation=Organisation.objects.get(code=TOWNSHIP), title="冬季森林防火常识", about="林区党员巡护用。", by=users["committee"]
    )
    _lesson(draft, "火情怎样报", "先报地点，再报火势，最后报人。", by=users["committee"], day=today)
    people = list(
        Member.objects.at_home()
        .filter(branch__path__startswith=Organisation.objects.get(code=TOWNSHIP).path)
        .defer("id_number")
        .order_by("pk")
    )
    _try(tested, people, users["department"], today)
    _read(plain, [person for person in people if person.branch.code == SHOWCASE], users["secretary"], today)
    _together(people, users, today)
    return Credit.objects.count()


def _lesson(course: Course, title: str, body: str, *, by: User, day: date) -> None:
    services.add_lesson(course, kind="text", title=title, minutes=45, body=body, by=by, today=day)


def _tested(users: dict[str, User], begun: date, today: date) -> Course:
    """The county's: required of everybody, with a test that is still open."""
    by, county = users["department"], Organisation.objects.get(code="001")
    course = services.create_course(organisation=county, title="党章党规学习", about="学完三课，考一次试。", by=by)
    for title, body in TEXTS.items():
        _lesson(course, title, body, by=by, day=begun)
    rows = [
        ("单选", text, *options, *[""] * (6 - len(options)), answer, "见党章和条例", stratum)
        for stratum, questions in STRATA.items()
        for text, *options, answer in questions
    ]
    with write_xlsx(rules.HEADINGS, rows) as sheet:
        services.import_questions(course, content=sheet.read(), by=by, now=timezone.now() - timedelta(days=40))
    services.set_paper(
        course,
        parts=dict.fromkeys(STRATA, 4),
        pass_percent=60,
        attempts_allowed=3,
        minutes=60,
        closes_on=today + timedelta(days=20),
        by=by,
        today=begun,
    )
    services.open_course(course, by=by, today=begun)
    services.assign(course, organisation=county, due_on=today + timedelta(days=10), by=by, today=begun)
    return course


def _plain(users: dict[str, User], begun: date, today: date) -> Course:
    """The township's: no test, run out a week ago, confirmed of some and waiting of others."""
    by, township = users["committee"], Organisation.objects.get(code=TOWNSHIP)
    course = services.create_course(organisation=township, title="支部组织生活怎样过", about="给支部里的每一个人。", by=by)
    for title, body in MEETINGS.items():
        _lesson(course, title, body, by=by, day=begun)
    services.open_course(course, by=by, today=begun)
    services.assign(course, organisation=township, due_on=today - timedelta(days=7), by=by, today=begun)
    return course


def _try(course: Course, people: list[Member], by: User, today: date) -> None:
    """Two of three have sat for it: most passed, some only the second time, some not yet."""
    now, paper = timezone.now() - timedelta(days=5), course.paper
    counts, pool = {part.stratum: part.count for part in paper.parts.all()}, pool_at(course, now)
    rows = []
    for at, person in enumerate(people):
        scores = {0: (), 1: (10,), 2: (5, 9), 3: (11,), 4: (4,), 5: (12,)}[at % 6]
        for number, right in enumerate(scores, start=1):
            seed = at * 10 + number
            drawn = rules.draw(pool, counts, seed)
            rows.append(
                Attempt(
                    paper=paper, member=person, number=number, seed=seed, questions=drawn, started_at=now, submitted_at=now, correct=right
                )
            )
    answers = key_of(Attempt(questions=[uid for uids in pool.values() for uid in uids]))
    for row in rows:
        # The first so many right, the others wrong.
        row.answers = {
            uid: answers[uid] if n < row.correct else next(x for x in "ABC" if x != answers[uid]) for n, uid in enumerate(row.questions)
        }
        row.passed = rules.is_passed(correct=row.correct, total=len(row.questions), pass_percent=paper.pass_percent)
    Attempt.objects.bulk_create(rows)
    lessons, day = list(course.lessons.select_related("course")), timezone.localdate(now)
    give([(row.member_id, lesson, day) for row in rows if row.passed for lesson in lessons], way=Credit.Way.TEST, by=by)


def _read(course: Course, people: list[Member], by: User, today: date) -> None:
    """In the showcase branch some are confirmed, some wait, some have read half."""
    now, lessons = timezone.now() - timedelta(days=9), list(course.lessons.order_by("number"))
    rows = []
    for at, person in enumerate(people):
        for lesson in lessons[: (2, 2, 1, 0)[at % 4]]:
            rows.append(Progress(lesson=lesson, member=person, opened_at=now, finished_at=now))
    Progress.objects.bulk_create(rows)
    known = [person for at, person in enumerate(people) if at % 4 == 0 and person.user_id != by.pk]
    services.confirm_lessons(course, members=known, by=by, today=today)


def _together(people: list[Member], users: dict[str, User], today: date) -> None:
    """A 培训班 that counts, one that waits, and a 站点 with two evenings."""
    township, showcase = Organisation.objects.get(code=TOWNSHIP), Organisation.objects.get(code=SHOWCASE)
    said = {"organisation": township, "today": today, "by": users["committee"]}
    held = services.record_session(
        title="村党组织书记培训班",
        starts_on=today - timedelta(days=60),
        ends_on=today - timedelta(days=58),
        half_days=6,
        members=people[::9],
        basis="镇党〔2026〕12 号",
        **said,
    )
    services.confirm_session(held, by=users["department"])
    services.record_session(title="发展党员工作培训", starts_on=today - timedelta(days=6), half_days=2, members=people[4::11], **said)
    site = services.open_site(
        organisation=showcase,
        name="高家杨村远程教育站点",
        place="村部二楼",
        opened_on=today - timedelta(days=300),
        by=users["secretary"],
        today=today,
    )
    at_site = [person for person in people if person.branch_id == showcase.pk]
    said = {"organisation": showcase, "site": site, "today": today, "by": users["secretary"], "minutes": 90}
    first = services.record_session(title="远教播放：果树冬剪", starts_on=today - timedelta(days=20), members=at_site[::2], **said)
    services.confirm_session(first, by=users["deputy"])
    services.record_session(title="远教播放：防火防汛", starts_on=today - timedelta(days=3), members=at_site[1::3], **said)
