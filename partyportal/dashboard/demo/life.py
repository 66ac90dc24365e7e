"""A year of the demo county's organisation life, made set-based: meetings, rolls, facts, then one settle.

The facts are those `education.services` would have recorded on confirmation; a test compares the two.
Chance is a digest of the rows' own numbers, so the same county comes out on every machine.
"""

from datetime import date, time, timedelta
from random import Random

from django.db import connection
from django.utils import timezone

from branches.models import Organisation
from education.models import Meeting
from members.models import Office
from partyportal.core.models import User
from partyportal.core.uid import new_uid
from partyportal.dashboard.demo.bulk import copy_in
from partyportal.dashboard.demo.county import Plan
from points.services import Scope, open_period, publish_default, settle

# One topic a quarter, and one a month where the season matters.
TOPICS = {
    "assembly": ("第一季度工作报告与党员议事", "半年工作小结与民主议事", "第三季度村务党务报告", "年度工作总结"),
    "committee": ("研究本月工作", "讨论积分认定和困难党员走访", "安排防汛值守", "研究培养对象考察意见", "商定主题党日安排"),
    "group": ("学习与互评", "片区巡查分工", "走访流动党员家庭"),
    "lecture": ("学习党章", "乡村振兴政策解读", "防返贫政策讲解", "纪律教育"),
    "theme_day": (
        "走访慰问老党员", "清扫村道迎新春", "义务植树", "春耕帮扶", "防返贫政策入户宣传", "防汛物资清点", "重温入党誓词", "防汛值守与河道清理",
        "帮扶老党员秋收", "秋季森林防火巡查", "冬季防火和换届准备", "年末走访困难户",
    ),
}  # fmt: skip
# 学时. A lecture is a day of 集中学习 with the 党课 in it, four of them make the year's 32 (DOMAIN §1); of the theme days these are for study.
HOURS, STUDY_TOPICS = {"lecture": 8, "theme_day": 4}, {"重温入党誓词"}
# One branch in this many keeps its records badly, so that the county page has something to show.
CARELESS = 13


def live_a_year(root: Organisation, *, plan: Plan, today: date) -> tuple[int, int]:
    """Hold the meetings from January until today, record the deeds, settle; returns (facts, entries)."""
    recorder = User.objects.get(username="secretary")
    copy_in(_meetings(today, recorder))
    with connection.cursor() as cursor:
        cursor.execute(ROLLS, {"root": root.path})
        kinds = {"kinds": Meeting.Kind.values, "labels": [str(label) for label in Meeting.Kind.labels]}
        now = timezone.now()
        cursor.execute(MEETING_FACTS, kinds | {"by": recorder.pk, "now": now})
        deputy = User.objects.get(username="deputy")
        about = {"root": root.path, "year": today.year, "today": today, "deeds": plan.deeds}
        cursor.execute(AWARDS, about | {"by": deputy.pk, "second": recorder.pk})
        cursor.execute(AWARD_FACTS, {"now": now})
    publish_default(root, start=date(today.year - 1, 1, 1), by=None)
    for quarter in range((today.month + 2) // 3):
        open_period(date(today.year, quarter * 3 + 1, 1))
    done = settle(Scope(today.year))
    return done.facts, done.entries


def _meetings(today: date, recorder: User) -> list[Meeting]:
    random = Random("meetings")
    committees = set(Office.objects.filter(position="organisation").values_list("organisation_id", flat=True))
    secretaries = dict(Office.objects.filter(position="secretary").values_list("organisation_id", "member_id"))
    branches = list(Organisation.objects.branches().order_by("code"))
    groups: dict[int, list[Organisation]] = {}
    for group in Organisation.objects.filter(kind=Organisation.Kind.GROUP).order_by("code"):
        groups.setdefault(group.parent_id, []).append(group)
    held = []
    for at, branch in enumerate(branches):
        showcase = branch.short_name == "高家杨村党支部"
        diligence = 1.0 if showcase else (0.72 if at % CARELESS == 5 else 0.985)
        host = secretaries.get(branch.pk)
        for month in range(1, today.month + 1):
            for kind, group in _due(branch, month, committees, groups):
                day = date(today.year, month, {"theme_day": 20, "committee": 8, "assembly": 26, "lecture": 12, "group": 6}[kind])
                missed = random.random() > diligence or (showcase and (month, kind) == (10, "committee"))
                if day >= today - timedelta(days=2) or missed:
                    continue
                topic = _topic(kind, month, at)
                held.append(
                    Meeting(
                        uid=new_uid(),
                        organisation=branch,
                        group=group,
                        kind=kind,
                        held_on=day,
                        starts_at=time(9),
                        ends_at=time(17 if kind == "lecture" else 11),
                        place="村党员活动室" if branch.unit_type == "village" else "会议室",
                        host_id=host,
                        topic=topic,
                        minutes="会议按议程进行，与会党员讨论并形成一致意见。",
                        study_hours=HOURS.get(kind, 0) if kind != "theme_day" or topic in STUDY_TOPICS else 0,
                        state=Meeting.State.CONFIRMED,
                        recorded_by=recorder,
                        confirmed_by=recorder,
                        confirmed_at=timezone.now(),
                    )
                )
    return held


def _topic(kind: str, month: int, at: int) -> str:
    if kind == "theme_day":
        return TOPICS[kind][month - 1]
    if kind == "assembly":
        return TOPICS[kind][(month - 1) // 3]
    return TOPICS[kind][(month + at) % len(TOPICS[kind])]


def _due(branch: Organisation, month: int, committees: set[int], groups: dict[int, list[Organisation]]):
    """The kinds of meeting a branch holds in a month (DOMAIN §1)."""
    yield "theme_day", None
    if branch.pk in committees:
        yield "committee", None
    if month % 3 == 0:
        yield "assembly", None
        yield "lecture", None
    for group in groups.get(branch.pk, ()):
        yield "group", group


# Chance: four bytes of an MD5 as a number below 1000.
_DICE = "(('x' || substr(md5({seed}), 1, 7))::bit(28)::int %% 1000)"

ROLLS = f"""
WITH roll AS (
    SELECT m.id AS meeting_id, a.member_id, CASE WHEN p.is_lost THEN 'lost' ELSE c.name END AS class, {_DICE.format(seed="'roll' || m.id || '/' || a.member_id")} AS dice
    FROM education_meeting m
    JOIN branches_organisation o ON o.id = m.organisation_id AND o.path LIKE %(root)s || '%%'
    JOIN members_affiliation a ON a.organisation_id = m.organisation_id AND a.start <= m.held_on AND (a."end" IS NULL OR a."end" > m.held_on)
    JOIN members_memberclass c ON c.member_id = a.member_id AND c.start <= m.held_on AND (c."end" IS NULL OR c."end" > m.held_on)
    JOIN members_member p ON p.id = a.member_id
    WHERE CASE m.kind
        WHEN 'committee' THEN EXISTS (SELECT FROM members_office f WHERE f.member_id = a.member_id AND f.organisation_id = m.organisation_id
                                      AND f.start <= m.held_on AND (f."end" IS NULL OR f."end" > m.held_on))
        WHEN 'group' THEN EXISTS (SELECT FROM members_groupmembership g WHERE g.member_id = a.member_id AND g.organisation_id = m.group_id
                                  AND g.start <= m.held_on AND (g."end" IS NULL OR g."end" > m.held_on))
        ELSE true END
)
INSERT INTO education_attendance (uid, meeting_id, member_id, state, reason, note)
SELECT md5('attendance' || meeting_id || '/' || member_id)::uuid, meeting_id, member_id,
       CASE WHEN class = 'lost' OR class IN ('mobile', 'exempt') AND dice < 800 THEN 'excused'
            WHEN dice < 25 THEN 'absent' WHEN dice < 75 THEN 'leave' ELSE 'present' END,
       CASE WHEN class = 'lost' THEN 'other' WHEN class = 'mobile' AND dice < 800 THEN 'mobile' WHEN class = 'exempt' AND dice < 800 THEN 'aged'
            WHEN dice < 25 THEN 'unexplained' WHEN dice < 50 THEN 'away' WHEN dice < 75 THEN 'ill' ELSE '' END,
       CASE WHEN class = 'lost' THEN '失联' ELSE '' END
FROM roll
"""

# The same facts as `education.services` records on confirmation: being there, the hours of study, an unexplained absence.
MEETING_FACTS = """
INSERT INTO members_fact (uid, kind, key, revision, member_id, organisation_id, member_class, day, units, title, evidence, is_void,
                          recorded_by_id, confirmed_by_id, recorded_at, superseded_at)
SELECT md5(told.key)::uuid, told.kind, told.key, 1, a.member_id, m.organisation_id, c.name, m.held_on, told.units,
       left(k.label || '：' || m.topic, 120), '支部会议记录', false, %(by)s, %(by)s, %(now)s, NULL
FROM education_meeting m
JOIN (SELECT * FROM unnest(%(kinds)s::text[], %(labels)s::text[]) AS k (kind, label)) k ON k.kind = m.kind
JOIN education_attendance a ON a.meeting_id = m.id
JOIN members_memberclass c ON c.member_id = a.member_id AND c.start <= m.held_on AND (c."end" IS NULL OR c."end" > m.held_on)
CROSS JOIN LATERAL (VALUES
    ('education.attendance:' || a.uid, 'meeting.' || m.kind, 1::numeric, a.state = 'present'),
    ('education.hours:' || a.uid, 'study.hours', m.study_hours, a.state = 'present' AND m.study_hours > 0),
    ('education.absence:' || a.uid, 'meeting.absent', 1, a.state = 'absent' AND a.reason = 'unexplained')
) AS told (key, kind, units, holds)
WHERE m.state = 'confirmed' AND told.holds
"""

# 人工认定: volunteering in four months, a pledge kept in two, letters and commendations now and then; the newest still wait in our branch.
AWARDS = f"""
WITH deed (code, title, evidence, month, day_of_month, units, below) AS (VALUES
    ('volunteer', '护林巡查', '林场值班表', 3, 14, 4, 420), ('volunteer', '清扫村道', '村委会登记', 5, 16, 3, 400),
    ('volunteer', '防汛值守', '镇防汛办值班表', 7, 22, 8, 300), ('volunteer', '护林巡查', '林场值班表', 10, 24, 4, 420),
    ('pledge', '兑现承诺：结对帮扶一户', '帮扶手册', 6, 20, 1, 380), ('pledge', '兑现承诺：调解邻里矛盾', '调解记录', 9, 18, 1, 300),
    ('letter', '收到群众表扬信', '表扬信原件', 8, 9, 1, 40), ('commendation', '县级优秀党员', '县委文件', 7, 1, 1, 15),
    ('volunteer', '冬季防火巡查', '林场值班表', 11, 17, 3, 250)
)
INSERT INTO points_award (uid, member_id, organisation_id, item_code, fact_kind, day, units, title, evidence, state, filed_by_id, filed_at,
                          decided_by_id, decided_at, refusal, grade, document_number)
SELECT md5('award' || m.id || deed.code || deed.month)::uuid, m.id, a.organisation_id, deed.code, 'manual.' || deed.code, on_day.day, deed.units,
       deed.title, deed.evidence, CASE WHEN on_day.waits THEN 'filed' ELSE 'confirmed' END, %(by)s, on_day.day + interval '12 hours',
       CASE WHEN NOT on_day.waits THEN %(second)s END, CASE WHEN NOT on_day.waits THEN on_day.day + interval '36 hours' END, '', '', ''
FROM deed
CROSS JOIN LATERAL (
    SELECT make_date(%(year)s, deed.month, deed.day_of_month) AS day,
           make_date(%(year)s, deed.month, deed.day_of_month) > %(today)s::date - 14 AS waits
) on_day
CROSS JOIN members_member m
JOIN members_affiliation a ON a.member_id = m.id AND a.start <= on_day.day AND (a."end" IS NULL OR a."end" > on_day.day)
JOIN members_memberclass c ON c.member_id = m.id AND c.start <= on_day.day AND (c."end" IS NULL OR c."end" > on_day.day)
JOIN branches_organisation o ON o.id = m.branch_id AND o.path LIKE %(root)s || '%%'
WHERE on_day.day <= %(today)s AND c.name NOT IN ('exempt', 'mobile') AND (NOT on_day.waits OR o.short_name = '高家杨村党支部')
  AND {_DICE.format(seed="'award' || m.id || '/' || deed.code || deed.month")} * 1000 < deed.below * %(deeds)s
"""

AWARD_FACTS = """
INSERT INTO members_fact (uid, kind, key, revision, member_id, organisation_id, member_class, day, units, title, evidence, is_void,
                          recorded_by_id, confirmed_by_id, recorded_at, superseded_at)
SELECT md5('fact' || w.uid)::uuid, w.fact_kind, 'points.award:' || w.uid, 1, w.member_id, w.organisation_id, c.name, w.day, w.units, w.title, w.evidence,
       false, w.filed_by_id, w.decided_by_id, %(now)s, NULL
FROM points_award w
JOIN members_memberclass c ON c.member_id = w.member_id AND c.start <= w.day AND (c."end" IS NULL OR c."end" > w.day)
WHERE w.state = 'confirmed'
"""
