"""The one door: every refusal is a clear sentence and nothing changed; the acts end in the roster."""

from datetime import date, timedelta

from branches.models import OrganisationPower
from branches.services.powers import end_power
from members.development.models import Ballot, Case
from members.development.services import cases, evidence
from members.development.services.steps import Votes
from members.models import Member, Sanction, Suspension
from members.services import membership
from members.services.people import reveal_id_number
from partyportal.core.errors import DomainError
from partyportal.core.models import AuditEntry, Setting
from tests.development.makers import DAYS, TODAY, do, later, make_branch_people, make_case, refused, walk
from tests.factories import make_member, make_organisation


# ── Opening ─────────────────────────────────────────────────────────────────
def test_an_application_opens_a_case_under_the_version_of_its_day(tree, secretary):
    old = make_case(tree.ours, secretary, applied_on=date(2026, 5, 10), name="甲")
    new = make_case(tree.ours, secretary, applied_on=date(2026, 5, 11), name="乙")
    assert (old.procedure, new.procedure) == ("2014", "2026")
    assert (new.stage, new.next_step, new.due_on, new.is_limit) == (1, "talk", date(2026, 6, 11), True)
    assert list(new.papers.values_list("kind", flat=True)) == ["application"]
    entry = AuditEntry.objects.filter(code="development.case.opened").latest("id")
    assert entry.data == {"organisation": tree.ours.code, "day": "2026-05-11", "procedure": "2026"}


def test_the_number_is_sealed_masked_and_never_in_the_audit(case):
    assert "********" in case.id_masked and case.id_number not in case.id_masked
    assert Case.objects.with_id_number(case.id_number).get() == case
    assert case.phone_masked == "154****1234"
    assert not AuditEntry.objects.filter(data__icontains=case.name).exists()


def test_article_5_whoever_is_not_eighteen_may_not_apply(tree, secretary):
    with refused("不满 18 岁", field="applied_on"):
        make_case(tree.ours, secretary, birth_on=date(2008, 6, 2), applied_on=date(2026, 6, 1))
    assert make_case(tree.ours, secretary, birth_on=date(2008, 6, 1), applied_on=date(2026, 6, 1)).pk


def test_one_open_case_a_person_and_none_for_a_member(tree, secretary, case):
    with refused("已经有正在发展的档案", field="id_number"):
        make_case(tree.far, secretary, id_number=case.id_number)
    person = make_member(tree.ours)
    with refused("已经是党员", field="id_number"):
        make_case(tree.ours, secretary, id_number=person.id_number)
    with refused("由党支部办", field="organisation"):
        make_case(tree.township, secretary)
    cases.stop_case(case, reason="withdrew", note="", on=TODAY, by=secretary, today=TODAY)
    assert make_case(tree.far, secretary, id_number=case.id_number).is_open


# ── Order, days, people ─────────────────────────────────────────────────────
def test_a_step_ahead_of_its_turn_or_done_twice_changes_nothing(tree, secretary, case, people):
    with refused("先办第 2 步“派人谈话”"):
        do(case, "activist", people, secretary)
    do(case, "talk", people, secretary)
    with refused("第 2 步“派人谈话” 2023-03-20 已经办过"):
        do(case, "talk", people, secretary)


def test_too_early_and_in_the_future_change_nothing(tree, secretary, case, people):
    walk(case, people, by=secretary, to="contacts")
    evidence.record_inspection(case, day=date(2023, 12, 1), by_whom="支委会", conclusion="好", by=secretary, today=TODAY)
    with refused("满 12 个月要到 2024-06-01", field="day"):
        do(case, "cultivate", people, secretary, day=date(2024, 5, 31))
    with refused("这一天还没有到", field="day"):
        do(case, "cultivate", people, secretary, day=TODAY + timedelta(days=1))
    assert do(case, "cultivate", people, secretary, day=date(2024, 6, 1)).pk


def test_a_late_talk_says_why(tree, secretary, case, people):
    with refused("晚了 1 天，写明原因", field="note"):
        do(case, "talk", people, secretary, day=date(2023, 4, 2))
    assert do(case, "talk", people, secretary, day=date(2023, 4, 2), note="本人在外地").note == "本人在外地"


def test_missing_papers_are_named(tree, secretary, case, people):
    do(case, "talk", people, secretary)
    with refused("党员推荐（群团推优）材料还没有"):
        do(case, "activist", people, secretary, materials=frozenset())
    evidence.file_materials(case, kinds=["recommendation"], held_on=DAYS["activist"], place="档案柜", by=secretary, today=TODAY)
    assert do(case, "activist", people, secretary, materials=frozenset())


def test_article_9_contacts_are_full_members_of_the_branch(tree, secretary, case, people):
    walk(case, people, by=secretary, to="activist_filed")
    young = make_member(tree.ours, "罗莉艳", category="probationary", full_on=None, joined_on=date(2023, 1, 1), start=date(2023, 1, 1))
    stranger = make_member(tree.far, "外村")
    for chosen, words in (
        ((), "要 1 到 2 名"),
        (tuple(p.pk for p in people[:3]), "要 1 到 2 名"),
        ((young.pk,), "还是预备党员"),
        ((stranger.pk,), "不在这个党支部"),
    ):
        with refused(words, field="people"):
            do(case, "contacts", people, secretary, people=chosen)
    do(case, "contacts", people, secretary, people=(people[0].pk, people[1].pk))
    evidence.change_contacts(case, people=[people[1].pk, people[2].pk], on=date(2024, 1, 5), reason="外出", by=secretary, today=TODAY)
    rows = case.companions.order_by("start", "pk").values_list("member_id", "start", "end")
    assert list(rows) == [
        (people[0].pk, DAYS["contacts"], date(2024, 1, 5)),
        (people[1].pk, DAYS["contacts"], None),
        (people[2].pk, date(2024, 1, 5), None),
    ]


def test_article_14_introducers_under_sanction_or_suspended(tree, secretary, people):
    case = make_case(tree.ours, secretary, applied_on=later()["apply"])
    walk(case, people, by=secretary, to="candidate_agreed", days=later())
    case.refresh_from_db()
    assert case.procedure == "2014"  # applied 2025-03-01 …
    Setting.objects.create(key="development.follows_new", value=1, start=date(2026, 5, 11))  # … and the county follows the new text
    day = date(2026, 8, 10)
    published = {"start": date(2026, 7, 13), "end": date(2026, 7, 17), "objections": "", "is_upheld": False}
    evidence.record_publicity(case, place="home", where="村务公开栏", by=secretary, today=TODAY, **published)
    Sanction.objects.create(member=people[0], kind="warning", start=date(2026, 1, 1), end=date(2026, 8, 11), basis="x")
    Suspension.objects.create(member=people[1], start=date(2026, 1, 1), reason="abroad", basis="x")
    two = (people[0].pk, people[2].pk)
    with refused("影响期内", field="people"):
        do(case, "introducers", people, secretary, day=day, people=two)
    with refused("停止党籍", field="people"):
        do(case, "introducers", people, secretary, day=day, people=(people[1].pk, people[2].pk))
    with refused("要 2 名", field="people"):
        do(case, "introducers", people, secretary, day=day, people=(people[2].pk, people[2].pk))
    assert do(case, "introducers", people, secretary, day=day + timedelta(days=1), people=two), "the day after the 影响期"


def test_article_13_five_working_days_over_a_holiday(tree, secretary, people):
    days = later(0, apply=date(2026, 5, 12), talk=date(2026, 5, 20), activist=date(2026, 6, 1), activist_filed=date(2026, 6, 2))
    days |= {
        "contacts": date(2026, 6, 3),
        "cultivate": date(2027, 6, 1),
        "candidate": date(2027, 6, 2),
        "candidate_agreed": date(2027, 9, 27),
    }
    later_on = date(2027, 12, 1)
    case = make_case(tree.ours, secretary, applied_on=days["apply"])
    walk(case, people, by=secretary, to="candidate_agreed", days=days, today=later_on)
    told = {"place": "home", "where": "公开栏", "objections": "", "is_upheld": False, "by": secretary, "today": later_on}
    with refused("只有 4 个工作日，要满 5 个，到 2027-10-01 才满", field="end"):
        evidence.record_publicity(case, start=date(2027, 9, 27), end=date(2027, 9, 30), **told)
    try:
        evidence.record_publicity(case, start=date(2027, 9, 27), end=date(2027, 9, 30), **told)
    except DomainError as fault:
        assert "2027 年放假安排未公布，按周末计" in fault.message
    with refused("先登记公示", field="day"):
        do(case, "introducers", people, secretary, day=date(2027, 10, 20), today=later_on)
    with refused("公示不能更早开始", field="start"):
        evidence.record_publicity(case, start=date(2027, 9, 26), end=date(2027, 10, 8), **told)
    with refused("还没有结束", field="end"):
        evidence.record_publicity(case, start=date(2027, 11, 29), end=date(2027, 12, 3), **told)
    evidence.record_publicity(case, start=date(2027, 9, 27), end=date(2027, 10, 1), **told)
    assert do(case, "introducers", people, secretary, day=date(2027, 10, 2), today=later_on)


def test_an_upheld_objection_is_no_publicity(tree, secretary, people):
    days = {code: day.replace(year=day.year + 4) for code, day in DAYS.items()}
    today = date(2030, 1, 1)
    case = make_case(tree.ours, secretary, applied_on=days["apply"], is_mobile=True, today=today)
    walk(case, people, by=secretary, to="candidate_agreed", days=days, today=today)
    told = {"where": "公开栏", "start": date(2028, 7, 11), "end": date(2028, 7, 21), "by": secretary, "today": today}
    evidence.record_publicity(case, place="home", objections="", is_upheld=False, **told)
    evidence.record_publicity(case, place="host", objections="赌博", is_upheld=True, **told)
    with refused("流入地公示还没有满"):
        do(case, "introducers", people, secretary, day=days["introducers"], today=today)


def test_article_16_without_the_county_s_joint_review_nobody_goes_on(tree, secretary, people):
    days = {code: day.replace(year=day.year + 4) for code, day in DAYS.items()}
    today = date(2030, 1, 1)
    case = make_case(tree.ours, secretary, applied_on=days["apply"], today=today)
    walk(case, people, by=secretary, to="introducers", days=days, today=today)
    with refused("县级联审意见还没有"):
        do(case, "review", people, secretary, day=days["review"], today=today, materials=frozenset({"review"}))
    with refused("写上原因", field="note"):
        do(case, "review", people, secretary, day=days["review"], today=today, outcome="refused")
    do(case, "review", people, secretary, day=days["review"], today=today, outcome="refused", note="有违法记录")
    case.refresh_from_db()
    assert (case.next_step, case.state) == ("review", "open"), "a failed review is no review"


# ── Who has the power ───────────────────────────────────────────────────────
def test_article_22_a_general_branch_may_not_approve_an_admission(tree, secretary, committee):
    general = make_organisation("中共清源县山门镇卫生院总支部委员会", "general_branch", tree.township)
    branch = make_organisation("中共清源县山门镇卫生院第一支部委员会", "branch", general)
    people = make_branch_people(branch)
    case = walk(make_case(branch, secretary), people, by=committee, to="party_talk", approver=tree.township)
    with refused("不能审批预备党员，只能审议（第二十二条），由山门镇党委", field="organisation"):
        do(case, "approval", people, committee, organisation=general)
    with refused("不是", field="organisation"):
        do(case, "approval", people, committee, organisation=tree.other_township)
    with refused("选上是哪个党委", field="organisation"):
        do(case, "approval", people, committee)
    with refused("不是", field="organisation"):
        do(case, "approval", people, committee, organisation=branch)
    assert do(case, "approval", people, committee, organisation=tree.township).organisation == tree.township


def test_article_22_a_committee_under_a_committee_and_one_whose_power_has_ended(tree, secretary, committee, department):
    lower = make_organisation("中共清源县山门镇中学委员会", "committee", tree.township)
    assert not lower.powers.exists()
    branch = make_organisation("中共清源县山门镇中学高中支部委员会", "branch", lower)
    people = make_branch_people(branch)
    case = walk(make_case(branch, secretary), people, by=committee, to="party_talk", approver=tree.township)
    OrganisationPower.objects.create(organisation=lower, power="approves_admission", start=date(2020, 1, 1))  # however it came there
    with refused("没有审批预备党员的权限", field="organisation"):
        do(case, "approval", people, committee, organisation=lower)
    power = tree.township.powers.get(power="approves_admission")
    end_power(power, on=DAYS["approval"], by=department)
    with refused("没有审批预备党员的权限（第二十二条），先由县委组织部", field="organisation"):
        do(case, "approval", people, committee, organisation=tree.township)
    end_day_before = DAYS["approval"] - timedelta(days=1)
    assert do(case, "approval", people, committee, organisation=tree.township, day=end_day_before), "the day before it ended"


# ── The ballot ──────────────────────────────────────────────────────────────
def test_article_19_voters_are_worked_out_from_the_rolls_of_the_day(tree, secretary, people):
    case = walk(make_case(tree.ours, secretary), people, by=secretary, to="volunteer_form")
    day = DAYS["assembly"]
    make_member(tree.ours, "罗莉艳", category="probationary", full_on=None, joined_on=date(2024, 1, 1), start=date(2024, 1, 1))
    Sanction.objects.create(member=people[0], kind="probation", start=date(2024, 1, 1), end=day, basis="x")  # over on the day
    Sanction.objects.create(member=people[1], kind="probation", start=date(2024, 1, 1), end=day + timedelta(days=1), basis="x")
    Suspension.objects.create(member=people[2], start=date(2024, 1, 1), reason="abroad", basis="x")
    membership.move(people[3], to=tree.far, on=day, by=secretary)
    # 7 − 留党察看 − 停止党籍 − moved away = 4, one of whom is abroad with the branch's consent: 3
    votes = Votes(present=2, in_favour=2, exclusions={people[4].pk: "abroad"})
    do(case, "assembly", people, secretary, votes=votes)
    ballot = Ballot.objects.get()
    assert (ballot.entitled, ballot.present, ballot.in_favour) == (3, 2, 2)
    assert [(row.member_id, row.reason) for row in ballot.exclusions.all()] == [(people[4].pk, "abroad")]


def test_article_19_without_a_quorum_there_is_no_vote(tree, secretary, people):
    case = walk(make_case(tree.ours, secretary), people, by=secretary, to="volunteer_form")
    with refused("应到会有表决权 7 人，到会要超过半数，至少 4 人", field="present"):
        do(case, "assembly", people, secretary, votes=Votes(present=3, written=4, in_favour=7))
    with refused("从有表决权的人里选", field="exclusions"):
        do(case, "assembly", people, secretary, votes=Votes(present=4, in_favour=4, exclusions={-1: "ill"}))
    with refused("写上到会和票数", field="present"):
        do(case, "assembly", people, secretary, votes=None)


def test_article_20_half_in_favour_is_not_enough_and_may_be_voted_again(tree, secretary, people):
    people.append(make_member(tree.ours, "第八人"))
    case = walk(make_case(tree.ours, secretary), people, by=secretary, to="volunteer_form")
    lost = do(case, "assembly", people, secretary, votes=Votes(present=8, in_favour=4, against=3, abstained=1))
    assert (lost.outcome, lost.note) == ("refused", "赞成没有超过应到会有表决权人数的半数")
    case.refresh_from_db()
    assert case.next_step == "assembly"
    won = do(case, "assembly", people, secretary, day=date(2024, 11, 1), votes=Votes(present=5, written=2, in_favour=5, against=2))
    assert won.outcome == "passed"


# ── The acts ────────────────────────────────────────────────────────────────
def test_from_application_to_full_membership(tree, secretary, committee, people):
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="approval")
    person = case.member
    assert (person.category, person.joined_on, person.full_on) == ("probationary", DAYS["assembly"], None)
    assert (person.branch, person.affiliations.get().reason) == (tree.ours, "admitted")
    assert reveal_id_number(person, by=committee) == case.id_number
    assert (case.stage, case.next_step, case.probation_until) == (4, "refiled", date(2025, 10, 28))
    walk(case, people, by=committee, to="full_approval")
    person.refresh_from_db()
    assert (person.category, person.full_on) == ("full", date(2025, 10, 28)), "党龄 from the end of the 预备期"
    walk(case, people, by=committee, to="filed")
    case.refresh_from_db()
    assert (case.state, case.closed_on, case.next_step) == ("done", DAYS["filed"], "")
    with refused("已转正归档，不能再办"):
        do(case, "filed", people, committee)


def test_the_committee_s_no_sends_the_resolution_back(tree, secretary, committee, people):
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="party_talk")
    do(case, "approval", people, committee, organisation=tree.township, outcome="refused", note="培养时间不够")
    case.refresh_from_db()
    assert (case.next_step, case.member) == ("assembly", None)
    gone = case.records.get(step="assembly")
    assert "没有批准" in gone.void_reason and gone.voided_by == committee
    walk(
        case,
        people,
        by=committee,
        to="approval",
        days=DAYS | {"assembly": date(2024, 12, 20), "party_talk": date(2024, 12, 21), "approval": date(2024, 12, 22)},
    )
    case.refresh_from_db()
    assert case.member.joined_on == date(2024, 12, 20)


def test_article_31_extended_once_then_full_or_cancelled(tree, secretary, committee, people):
    case = walk(make_case(tree.ours, secretary), people, by=committee, to="full_application")
    with refused("不少于 6 个月", field="months"):
        do(case, "full_assembly", people, committee, verdict="extended", months=5)
    with refused("选一项决议", field="verdict"):
        do(case, "full_assembly", people, committee, verdict="")
    do(case, "full_assembly", people, committee, verdict="extended", months=6)
    do(case, "full_approval", people, committee, organisation=tree.township)
    case.refresh_from_db()
    assert (case.extension, case.round, case.next_step, case.probation_until) == (6, 2, "full_application", date(2026, 4, 28))
    assert case.member.category == "probationary"
    do(case, "full_application", people, committee, day=date(2026, 4, 20))
    with refused("只能延长一次", field="verdict"):
        do(case, "full_assembly", people, committee, day=date(2026, 5, 6), verdict="extended", months=6)
    with refused("预备期到 2026-04-28 才满", field="day"):
        do(case, "full_assembly", people, committee, day=date(2026, 4, 27), verdict="cancelled")
    do(case, "full_assembly", people, committee, day=date(2026, 5, 6), verdict="cancelled")
    do(case, "full_approval", people, committee, day=date(2026, 5, 20), organisation=tree.township)
    case.refresh_from_db()
    person = Member.objects.get(pk=case.member_id)
    last = person.affiliations.get()
    assert (case.state, case.stop_reason) == ("stopped", "cancelled")
    assert (last.end, last.end_reason, person.left_on) == (date(2026, 5, 20), "cancelled", date(2026, 5, 20))


def test_a_probationary_member_of_the_roster_comes_to_full_membership(tree, secretary, committee, people):
    joined = date(2025, 10, 1)
    person = make_member(tree.ours, "胡超强", category="probationary", joined_on=joined, full_on=None, start=joined)
    case = cases.open_for_member(person, by=secretary, today=TODAY)
    assert cases.open_for_member(person, by=secretary, today=TODAY) == case, "asked twice, it is the same"
    assert (case.begins_at, case.stage, case.next_step, case.probation_until) == (21, 5, "observe", date(2026, 10, 1))
    for step, day in (("observe", date(2026, 9, 20)), ("full_application", date(2026, 9, 25)), ("full_assembly", date(2026, 10, 10))):
        do(case, step, people, secretary, day=day)
    do(case, "full_approval", people, committee, day=date(2026, 11, 2), organisation=tree.township)
    person.refresh_from_db()
    assert (person.category, person.full_on) == ("full", date(2026, 10, 1))
    with refused("不是预备党员"):
        cases.open_for_member(people[0], by=secretary, today=TODAY)


def test_article_34_only_who_came_from_elsewhere_may_be_postponed(tree, secretary, committee, people):
    joined = date(2025, 10, 1)
    person = make_member(tree.far, "胡超强", category="probationary", joined_on=joined, full_on=None, start=joined)
    case = cases.open_for_member(person, by=secretary, today=TODAY)
    with refused("没有转入过", field="until"):
        cases.postpone(case, until=date(2027, 1, 1), by=secretary, today=TODAY)
    membership.move(person, to=tree.ours, on=date(2026, 8, 1), by=secretary)
    with refused("最晚 2027-04-01", field="until"):
        cases.postpone(case, until=date(2027, 4, 2), by=secretary, today=TODAY)
    cases.postpone(case, until=date(2027, 4, 1), by=secretary, today=TODAY)
    case.refresh_from_db()
    assert (case.postponed_until, case.branch) == (date(2027, 4, 1), tree.ours), "the case follows the member"
