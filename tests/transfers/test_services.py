"""A transfer from application to receipt, and everything that must not happen on the way."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from branches.models import OrganisationPower
from branches.services.powers import end_power
from members.models import Affiliation, Member, Suspension
from members.services import membership
from members.transfers import services
from members.transfers.models import Letter, Step, Transfer
from members.transfers.parameters import CITY_DAYS
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from partyportal.core.parameters import set_value
from tests.factories import make_grant, make_member, make_organisation, make_user
from tests.transfers.makers import OCTOBER, TODAY, applied, arrived, from_outside, placed, received, travelling

DAY = timedelta(days=1)


def refused(act, words: str, *rows):
    """The act is refused in these words, and nothing has changed."""
    before = picture()
    with pytest.raises(DomainError, match=words) as told:
        act()
    assert picture() == before
    return told.value


def picture():
    return [list(model.objects.order_by("pk").values_list()) for model in (Transfer, Step, Letter, Affiliation)] + [
        list(Member.objects.order_by("pk").values_list("pk", "branch", "left_on", "version")),
        AuditEntry.objects.count(),
    ]


def steps(transfer):
    return list(transfer.steps.values_list("act", "state"))


# ── The whole way ───────────────────────────────────────────────────────────
def test_a_transfer_between_two_townships_from_application_to_receipt(tree, cast, person):
    transfer = applied(person, tree.far, by=cast.secretary)
    assert (transfer.kind, transfer.state) == ("county", "agreed")
    transfer = services.approve(transfer, by=cast.committee, today=TODAY)
    letter = transfer.letters.get()
    assert (letter.number, letter.days, letter.valid_until) == ("清源组转〔2026〕1 号", 10, date(2026, 12, 2))
    assert (letter.issuer, letter.addressee) == (tree.township, tree.other_township.name)
    transfer = services.receive(transfer, by=cast.far_committee, today=TODAY + DAY)
    person.refresh_from_db()
    assert person.branch == tree.ours, "until placed, the old branch stays responsible (Art25)"
    transfer = services.place(transfer, by=cast.far_secretary, today=TODAY + 3 * DAY)
    person.refresh_from_db()
    assert person.branch == tree.far
    assert list(person.affiliations.order_by("start").values_list("organisation__code", "start", "end")) == [
        (tree.ours.code, date(2010, 7, 1), TODAY + 3 * DAY),
        (tree.far.code, TODAY + 3 * DAY, None),
    ]
    assert person.affiliations.get(end=None).basis == "介绍信 清源组转〔2026〕1 号"
    transfer = services.archive(transfer, by=cast.committee, today=TODAY + 5 * DAY)
    assert steps(transfer) == [
        ("apply", "agreed"), ("agree", "agreed"), ("approve", "travelling"), ("receive", "received"), ("place", "placed"), ("archive", "done"),
    ]  # fmt: skip
    assert AuditEntry.objects.filter(code__startswith="transfers.", target_uid=transfer.uid).count() == 6


def test_within_one_committee_no_letter_travels(tree, cast, person):
    transfer = applied(person, tree.neighbours, by=cast.secretary)
    assert transfer.kind == "internal"
    transfer = services.approve(transfer, by=cast.committee, today=TODAY)
    assert (transfer.state, transfer.letters.count()) == ("received", 0)
    transfer = services.place(transfer, by=cast.neighbour, today=TODAY)
    person.refresh_from_db()
    assert (transfer.state, person.branch) == ("done", tree.neighbours)
    assert person.affiliations.get(end=None).basis == "党委内部调整"


def test_a_members_own_application_waits_for_the_branch(tree, cast, member):
    transfer = applied(member, tree.far, by=member.user, dues_until=None)
    assert (transfer.state, steps(transfer)) == ("applied", [("apply", "applied")])
    refused(lambda: services.approve(transfer, by=cast.committee, today=TODAY), "等转出支部支部同意")
    transfer = services.agree(transfer, dues_until=date(2026, 10, 15), by=cast.secretary, today=TODAY)
    assert (transfer.state, transfer.dues_until) == ("agreed", OCTOBER)


def test_nobody_consents_to_their_own_application(tree, cast, member):
    make_grant(member.user, tree.ours, "secretary")
    transfer = applied(member, tree.far, by=member.user)
    assert transfer.state == "applied"
    refused(lambda: services.agree(transfer, dues_until=OCTOBER, by=member.user, today=TODAY), "由另一个人办")


def test_out_of_the_county_ends_with_the_receipt(tree, cast, person):
    transfer = travelling(person, None, cast)
    assert (transfer.kind, transfer.letters.get().days) == ("out", 30)
    person.refresh_from_db()
    assert person.left_on is None
    received_on = TODAY + 12 * DAY
    services.archive(transfer, by=cast.committee, today=TODAY + 20 * DAY, received_on=received_on)
    person.refresh_from_db()
    row = person.affiliations.get()
    assert (person.left_on, row.end, row.end_reason) == (received_on, received_on, "transferred_out")
    assert "清源组转〔2026〕1 号" in row.basis


def test_from_outside_a_new_member_is_written_when_placed(tree, cast):
    transfer = arrived(tree.far, by=cast.far_committee)
    assert (transfer.state, transfer.person_name, Member.objects.filter(name="尹建青").count()) == ("received", "尹建青", 0)
    transfer = services.place(transfer, by=cast.far_secretary, today=TODAY + DAY)
    member = Member.objects.get(name="尹建青")
    row = member.affiliations.get()
    assert (member.branch, row.start, row.reason) == (tree.far, TODAY + DAY, "transferred_in")
    assert (member.full_on, transfer.member) == (date(2009, 6, 1), member)
    transfer.arrival.refresh_from_db()
    assert (transfer.arrival.id_number, transfer.arrival.id_index, transfer.arrival.details) == (None, None, None)
    assert services.archive(transfer, by=cast.far_committee, today=TODAY + DAY).state == "done"


def test_who_left_the_county_comes_back_as_the_same_person(tree, cast, person):
    membership.leave(person, on=date(2024, 5, 1), reason="transferred_out", by=None)
    transfer = arrived(tree.far, by=cast.far_committee, person=from_outside(name=person.name, id_number=person.id_number))
    services.place(transfer, by=cast.far_secretary, today=TODAY)
    person.refresh_from_db()
    assert (person.branch, person.left_on, Member.objects.filter(name=person.name).count()) == (tree.far, None, 1)
    assert person.affiliations.count() == 2


# ── Who may ─────────────────────────────────────────────────────────────────
def test_art25_only_a_committee_that_approves_admissions_issues_and_receives(tree, cast, person):
    general = make_organisation("中共清源县山门镇大村总支部委员会", "general_branch", tree.township, code="001003010")
    branch = make_organisation("中共清源县山门镇大村第一支部委员会", "branch", general, code="001003010001")
    mine = make_member(branch, "程勇庆")
    secretary, chief = make_user("大村书记", username="gs"), make_user("大村总支", username="gc")
    make_grant(secretary, branch, "secretary")
    make_grant(chief, general, "committee")
    transfer = applied(mine, tree.far, by=secretary)
    refused(lambda: services.approve(transfer, by=chief, today=TODAY), "党总支和支部不能办.*归山门镇党委")
    assert services.approve(transfer, by=cast.committee, today=TODAY).state == "travelling"


def test_art25_a_power_counts_on_its_days_alone(tree, cast, person, department):
    power = OrganisationPower.objects.get(organisation=tree.township, power="approves_admission")
    transfer = applied(person, tree.far, by=cast.secretary)
    end_power(power, on=TODAY, by=department)
    refused(lambda: services.approve(transfer, by=cast.committee, today=TODAY), "归清源县委")
    transfer = services.approve(transfer, by=department, today=TODAY)
    assert transfer.letters.get().issuer == tree.county


def test_two_steps_that_check_each_other_are_two_persons(tree, cast, person, department):
    transfer = applied(person, tree.far, by=department)
    refused(lambda: services.approve(transfer, by=department, today=TODAY), "由另一个人办")
    transfer = services.approve(transfer, by=cast.committee, today=TODAY)
    make_grant(cast.committee, tree.other_township, "committee")
    del cast.committee._held_grants
    refused(lambda: services.receive(transfer, by=cast.committee, today=TODAY), "由另一个人办")


# ── Wrong order, wrong time ─────────────────────────────────────────────────
def test_every_act_out_of_its_turn_is_refused_with_where_it_stands(tree, cast, person):
    by = {"by": cast.far_secretary, "today": TODAY}
    acts = {
        "agree": lambda t: services.agree(t, dues_until=OCTOBER, **by),
        "approve": lambda t: services.approve(t, **by),
        "receive": lambda t: services.receive(t, **by),
        "place": lambda t: services.place(t, **by),
        "archive": lambda t: services.archive(t, **by),
        "resubmit": lambda t: services.resubmit(t, to_branch=tree.neighbours, **by),
        "prove": lambda t: services.prove(t, note="路上耽误", **by),
    }
    transfer = applied(person, tree.far, by=cast.secretary)
    forward = [
        ("approve", lambda: services.approve(transfer, by=cast.committee, today=TODAY)),
        ("receive", lambda: services.receive(transfer, by=cast.far_committee, today=TODAY)),
        ("place", lambda: services.place(transfer, by=cast.far_secretary, today=TODAY)),
        ("archive", lambda: services.archive(transfer, by=cast.committee, today=TODAY)),
    ]
    for turn, go in forward:
        for name, act in acts.items():
            if name != turn:
                refused(lambda act=act: act(transfer), "现在|不用重办")
        go()
    for act in acts.values():
        refused(lambda act=act: act(transfer), "已办结|不用重办")


def test_a_second_receipt_is_told_who_was_first(tree, cast, person):
    transfer = received(person, tree.far, cast)
    refused(lambda: services.receive(transfer, by=cast.far_committee, today=TODAY), "罗莉艳在 11月22日已办“接收党委审核”")


def test_a_version_read_before_somebody_else_acted_is_stale(tree, cast, person):
    transfer = applied(person, tree.far, by=cast.secretary)
    read = transfer.version
    services.approve(transfer, by=cast.committee, today=TODAY)
    with pytest.raises(Stale, match="刚才有人办过"):
        services.withdraw(transfer, by=cast.secretary, today=TODAY, version=read)


@pytest.mark.parametrize("late", [-1, 0])
def test_the_last_day_of_a_letter_counts(tree, cast, person, late):
    transfer = travelling(person, tree.far, cast, days=10)
    on = transfer.letters.get().valid_until + late * DAY
    assert services.receive(transfer, by=cast.far_committee, today=on).state == "received"


def test_the_day_after_its_last_a_letter_is_good_for_nothing(tree, cast, person):
    transfer = travelling(person, tree.far, cast, days=10)
    after = transfer.letters.get().valid_until + DAY
    refused(lambda: services.receive(transfer, by=cast.far_committee, today=after), "2026-12-02，已经过期.*证明后重开")
    refused(lambda: services.refuse(transfer, refusal="papers", note="过期", by=cast.far_committee, today=after), "支部证明后重办")
    person.refresh_from_db()
    assert person.branch == tree.ours


def test_an_expired_letter_is_certified_for_and_written_anew_under_the_next_number(tree, cast, person):
    transfer = travelling(person, tree.far, cast, days=10)
    first = transfer.letters.get()
    refused(lambda: services.prove(transfer, note="本人住院", by=cast.secretary, today=first.valid_until), "没有过期")
    after = first.valid_until + DAY
    refused(lambda: services.prove(transfer, note=" ", by=cast.secretary, today=after), "为什么过期")
    transfer = services.prove(transfer, note="本人住院", by=cast.secretary, today=after)
    first.refresh_from_db()
    assert (transfer.state, first.voided_on) == ("agreed", after)
    transfer = services.approve(transfer, by=cast.committee, today=after)
    assert [letter.number for letter in transfer.letters.all()] == ["清源组转〔2026〕2 号", "清源组转〔2026〕1 号"]
    assert services.receive(transfer, by=cast.far_committee, today=after + DAY).state == "received"


@pytest.mark.parametrize(("late", "good"), [(-1, True), (0, True), (1, False)])
def test_a_receipt_from_outside_must_name_a_day_the_letter_was_good(tree, cast, person, late, good):
    transfer = travelling(person, None, cast, days=10)
    on = transfer.letters.get().valid_until + late * DAY
    later = on + 20 * DAY

    def archive():
        return services.archive(transfer, by=cast.committee, today=later, received_on=on)

    if good:
        assert archive().state == "done"
    else:
        refused(archive, "已经过期")
    refused(lambda: services.archive(transfer, by=cast.committee, today=later, received_on=later + DAY), "之间|已办结")


@pytest.mark.parametrize(("days", "good"), [(0, False), (1, True), (90, True), (91, False)])
def test_a_letter_is_good_for_1_to_90_days(tree, cast, person, days, good):
    transfer = applied(person, tree.far, by=cast.secretary)
    if good:
        assert services.approve(transfer, by=cast.committee, today=TODAY, days=days).letters.get().days == days
    else:
        assert refused(lambda: services.approve(transfer, by=cast.committee, today=TODAY, days=days), "90 天").field == "days"


def test_the_database_itself_refuses_a_91_day_letter_and_a_late_use(tree, cast, person):
    letter = travelling(person, tree.far, cast).letters.get()
    for change in ({"days": 91}, {"valid_until": letter.issued_on + 91 * DAY}, {"used_on": letter.valid_until + DAY}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Letter.objects.filter(pk=letter.pk).update(**change)


def test_the_usual_days_are_the_countys_setting(tree, cast, person, department):
    set_value(CITY_DAYS, value=15, start=date(2026, 11, 1), by=department)
    assert travelling(person, tree.far, cast).letters.get().days == 15


def test_letters_from_outside_are_received_while_good(tree, cast):
    refused(lambda: arrived(tree.far, by=cast.far_committee, valid_until=TODAY - DAY), "已经过期")
    refused(lambda: arrived(tree.far, by=cast.far_committee, issued_on=TODAY + DAY), "还没有到")
    refused(lambda: arrived(tree.far, by=cast.far_committee, issued_on=TODAY, valid_until=TODAY + 91 * DAY), "90 天")
    assert arrived(tree.far, by=cast.far_committee, valid_until=TODAY).state == "received"


# ── Refusing, taking back ───────────────────────────────────────────────────
def test_art25_a_refusal_needs_a_reason_of_the_list_and_words(tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    for said in ({"refusal": "", "note": "不要"}, {"refusal": "whim", "note": "不要"}, {"refusal": "papers", "note": "  "}):
        refused(lambda said=said: services.refuse(transfer, by=cast.far_committee, today=TODAY, **said), "不得无故拒转拒接")
    transfer = services.refuse(transfer, refusal="papers", note="档案里没有转正材料", by=cast.far_committee, today=TODAY)
    assert (transfer.state, transfer.letters.get().voided_on) == ("returned", TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        Step.objects.create(transfer=transfer, act="refuse", state="returned", on=TODAY, by=cast.committee)


def test_what_was_returned_is_corrected_and_sets_out_again(tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    transfer = services.refuse(transfer, refusal="wrong_place", note="人在袁家店", by=cast.far_committee, today=TODAY)
    transfer = services.resubmit(transfer, to_branch=tree.neighbours, by=cast.secretary, today=TODAY)
    assert (transfer.state, transfer.kind, transfer.approved_on) == ("agreed", "internal", None)


def test_a_returned_newcomer_is_placed_by_the_committee_over_the_branch_alone(tree, cast):
    transfer = arrived(tree.far, by=cast.far_committee)
    transfer = services.refuse(transfer, refusal="wrong_place", note="人在高家杨", by=cast.far_secretary, today=TODAY)
    refused(
        lambda: services.resubmit(transfer, to_branch=tree.ours, by=cast.far_committee, today=TODAY),
        "改编入支部要由有审批预备党员权限的基层党委办",
    )
    transfer.refresh_from_db()
    assert (transfer.state, transfer.to_branch) == ("returned", tree.far)


def test_a_placed_branch_may_refuse_and_the_old_one_is_responsible_throughout(tree, cast, person):
    transfer = received(person, tree.far, cast)
    transfer = services.refuse(transfer, refusal="not_reported", note="通知两次没有来", by=cast.far_secretary, today=TODAY)
    person.refresh_from_db()
    assert (transfer.state, person.branch) == ("returned", tree.ours)
    transfer = services.resubmit(transfer, to_branch=tree.far, by=cast.secretary, today=TODAY)
    transfer = services.approve(transfer, by=cast.committee, today=TODAY)
    assert transfer.letters.filter(used_on=None, voided_on=None).count() == 1


def test_the_out_side_may_take_it_back_until_it_is_received(tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    transfer = services.withdraw(transfer, by=cast.secretary, today=TODAY, note="本人不走了")
    assert (transfer.state, transfer.letters.get().voided_on) == ("withdrawn", TODAY)
    refused(lambda: services.withdraw(transfer, by=cast.secretary, today=TODAY), "已经了结")
    transfer = received(person, tree.far, cast)
    refused(lambda: services.withdraw(transfer, by=cast.secretary, today=TODAY), "已经接收")


# ── Whom ────────────────────────────────────────────────────────────────────
def test_one_open_transfer_each(tree, cast, person):
    transfer = applied(person, tree.far, by=cast.secretary)
    refused(lambda: applied(person, tree.neighbours, by=cast.secretary), "还没有办完")
    with pytest.raises(IntegrityError), transaction.atomic():
        transfer.pk, transfer._state.adding = None, True
        Transfer.objects.filter(pk=None).create(
            member=person, from_branch=tree.ours, to_branch=tree.far, kind="county", state="agreed", reason="work",
            dues_until=OCTOBER, applied_on=TODAY, applied_by=cast.secretary, acted_on=TODAY,
        )  # fmt: skip


def test_who_is_suspended_left_or_already_there_is_not_transferred(tree, cast, person):
    refused(lambda: applied(person, tree.ours, by=cast.secretary), "已经在这个支部")
    refused(lambda: applied(person, tree.township, by=cast.secretary), "只能转到党支部")
    membership.suspend(person, on=TODAY, reason=Suspension.Reason.LOST_CONTACT, basis="山委〔2026〕3 号", by=None)
    person.refresh_from_db()
    refused(lambda: applied(person, tree.far, by=cast.secretary), "停止党籍")
    gone = make_member(tree.ours, "戴鹏")
    membership.leave(gone, on=TODAY, reason="died", by=None)
    refused(lambda: applied(gone, tree.far, by=cast.secretary), "不在本县")


def test_a_member_moved_otherwise_meanwhile_cannot_be_moved_twice(tree, cast, person):
    transfer = travelling(person, tree.far, cast)
    membership.move(person, to=tree.neighbours, on=TODAY, by=None)
    refused(lambda: services.receive(transfer, by=cast.far_committee, today=TODAY), "已经不在高家杨村党支部.*撤销它")
    assert services.withdraw(transfer, by=cast.secretary, today=TODAY).state == "withdrawn"


def test_somebody_at_home_or_already_recorded_does_not_arrive_again(tree, cast, person):
    here = from_outside(name=person.name, id_number=person.id_number)
    assert refused(lambda: arrived(tree.far, by=cast.far_committee, person=here), "在本县，走县内转接").field == "id_number"
    new = from_outside()
    transfer = arrived(tree.far, by=cast.far_committee, person=new)
    refused(lambda: arrived(tree.far, by=cast.far_committee, person=new), "已经登记过转入")
    services.withdraw(transfer, by=cast.far_committee, today=TODAY)
    assert arrived(tree.far, by=cast.far_committee, person=new).state == "received"


def test_offices_of_the_old_branch_end_with_the_placement(tree, cast, person):
    person.offices.create(organisation=tree.ours, position="publicity", start=date(2025, 1, 1))
    placed(person, tree.far, cast)
    assert person.offices.get().end == TODAY
