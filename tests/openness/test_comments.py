"""Comments: held, passed by somebody else, answered in time, reported; counted a day; plain text and nothing more."""

import threading
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from education.openness import duties, rules
from education.openness.models import Answer, Comment
from education.openness.parameters import COMMENTS_A_DAY, UNNAMED
from education.openness.services import comments as services
from education.openness.services import pieces
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.parameters import set_value
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_user
from tests.openness.conftest import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(published, member):
    return services.say(published, kind="question", text="河堤修了吗？", by=member.user, today=TODAY)


def test_plain_text_has_no_signs_that_cannot_be_seen():
    assert rules.plain(" 好\u202e人\u200b\r\n\r\n\r\n\r\n第二段\x07 ") == "好人\n\n第二段"


def test_a_comment_is_held_until_another_passes_it(published, question, member, secretary, committee):
    assert not Comment.objects.visible_to(secretary).exists(), "not even the branch's"
    assert list(Comment.objects.visible_to(member.user)) == [question]
    with pytest.raises(DomainError, match="上级党委审核"):
        services.pass_(question, by=secretary, today=TODAY)
    held = services.pass_(question, by=committee, today=TODAY)
    assert held.answer_by == date(2026, 7, 13), "five working days from the next"
    assert list(Comment.objects.visible_to(secretary)) == [question]
    with pytest.raises(DomainError, match="刚才有人办过"):
        services.refuse(question, note="不对", by=committee, today=TODAY)


def test_neither_the_author_of_the_piece_nor_of_the_comment_moderates(tree, published, question, member, secretary, committee):
    for user, why in ((member.user, "自己的留言"), (secretary, "自己写的稿件")):
        make_grant(user, tree.township, "committee")
        with pytest.raises(DomainError, match=why):
            services.pass_(question, by=User.objects.get(pk=user.pk), today=TODAY)
    with pytest.raises(DomainError, match="写上原因"):
        services.refuse(question, note=" ", by=committee, today=TODAY)
    assert services.refuse(question, note="与这篇无关", by=committee, today=TODAY).state == "refused"


def test_an_answer_is_the_organisations_and_a_second_adds_to_it(published, question, member, secretary, committee, neighbour):
    with pytest.raises(DomainError, match="公开了的提问"):
        services.answer(question, note="修了", by=secretary, today=TODAY)
    services.pass_(question, by=committee, today=TODAY)
    (duty,) = duties.due(secretary, TODAY)
    assert (duty.key, duty.due_on) == (f"openness.answer:{question.uid}", date(2026, 7, 13))
    with pytest.raises(DomainError, match="上级答复"):
        services.answer(question, note="修了", by=neighbour, today=TODAY)
    for _ in range(2):  # a double tap
        services.answer(question, note="修了。", by=secretary, today=TODAY)
    services.answer(question, note="七月十日验收。", by=secretary, today=TODAY + timedelta(days=4))
    assert not duties.due(secretary, TODAY)
    assert [one.text for one in Answer.objects.all()] == ["修了。", "七月十日验收。"]
    assert Comment.objects.get().answered_on == TODAY


def test_a_report_is_answered_by_keeping_or_taking_down(published, question, member, secretary, committee):
    services.pass_(question, by=committee, today=TODAY)
    services.report(question, note="语气不好", by=secretary, today=TODAY)
    with pytest.raises(DomainError, match="已经有人举报"):
        services.report(question, note="再报", by=committee, today=TODAY)
    assert [one.title[:7] for one in duties.due(committee, TODAY) if "moderate" in one.key] == ["处理举报的留言"]
    services.keep(question, note="没有不妥", by=committee, today=TODAY)
    with pytest.raises(DomainError, match="没有等处理的举报"):
        services.keep(question, note="没有不妥", by=committee, today=TODAY)
    services.take_down(question, note="涉及别人隐私", by=committee, today=TODAY)
    assert not Comment.objects.visible_to(secretary).exists()
    with pytest.raises(DomainError, match="刚才有人办过"):
        services.take_back(question, by=member.user, today=TODAY)


def test_so_many_a_day_and_each_once(published, question, member, department):
    with pytest.raises(DomainError, match="已经留过"):
        services.say(published, kind="comment", text="河堤修了吗？ ", by=member.user, today=TODAY)
    with pytest.raises(DomainError, match="最多 300 个字，现在 301 个"):
        services.say(published, kind="comment", text="长" * 301, by=member.user, today=TODAY)
    set_value(COMMENTS_A_DAY, value=2, start=TODAY, by=department)
    services.say(published, kind="comment", text="好样的", by=member.user, today=TODAY)
    with pytest.raises(DomainError, match="一天最多 2 条"):
        services.say(published, kind="comment", text="第三条", by=member.user, today=TODAY)
    services.say(published, kind="comment", text="第三条", by=member.user, today=TODAY + timedelta(days=1))


def test_a_name_stays_away_only_where_the_county_allows_it_and_never_from_the_moderator(client, published, member, committee, department):
    with pytest.raises(DomainError, match="显示姓名"):
        services.say(published, kind="comment", text="好", is_named=False, by=member.user, today=TODAY)
    set_value(UNNAMED, value=1, start=TODAY, by=department)
    made = services.say(published, kind="comment", text="好", is_named=False, by=member.user, today=TODAY)
    assert (made.signed, made.signed_for_all) == ("匿名", "匿名")
    client.force_login(committee)
    assert "刘明（高家杨村党支部）" in client.get(reverse("openness:comment", args=[made.uid])).content.decode()


def test_what_is_out_of_sight_is_not_commented_on(published, neighbour, member):
    with pytest.raises(DomainError, match="已经撤下"):
        services.say(published, kind="comment", text="好", by=neighbour, today=TODAY)
    pieces.withdraw(published, note="", by=member.user, today=TODAY)
    with pytest.raises(DomainError, match="已经撤下"):
        services.say(published, kind="comment", text="好", by=member.user, today=TODAY)


def test_words_and_answers_are_kept_by_the_database_itself(question):
    for statement in (
        "UPDATE openness_comment SET text = '别的'",
        "UPDATE openness_comment SET by_id = by_id",
        "DELETE FROM openness_comment",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_from_the_page_a_word_is_said_kept_when_refused_and_escaped(client, published, member, committee):
    client.force_login(member.user)
    new = reverse("openness:comment_new", args=[published.uid])
    refused = client.post(new, {"kind": "comment", "text": "长" * 301})
    assert refused.status_code == 422 and "长" * 301 in refused.content.decode()
    assert client.post(new, {"kind": "question", "text": "<b>看</b> https://坏.example.cn"}).status_code == 302
    made = Comment.objects.get()
    shown = client.get(reverse("openness:piece", args=[published.uid])).content.decode()
    assert "等审核" in shown and "&lt;b&gt;" in shown and 'href="https://坏' not in shown
    client.force_login(committee)
    assert client.post(reverse("openness:comment_act", args=[made.uid, "refuse"]), {"note": ""}).status_code == 422
    assert client.post(reverse("openness:comment_act", args=[made.uid, "pass"])).status_code == 302
    again = client.post(reverse("openness:comment_act", args=[made.uid, "pass"]))
    assert again.status_code == 422 and "刚才有人办过" in again.content.decode()
    assert client.get(reverse("openness:comment_act", args=[made.uid, "pass"])).status_code == 405


@pytest.mark.parametrize("many", [1, 50])
def test_lists_of_comments_cost_the_same_at_one_and_at_fifty(client, tree, published, member, committee, secretary, many):
    for n in range(many):
        reader = make_member(tree.ours, f"读者{n}")
        reader.user = make_user(f"读者{n}", username=f"reader{n}")
        reader.save(update_fields=["user"])
        passed = services.say(published, kind="question", text="修了吗？", by=reader.user, today=TODAY)
        services.answer(services.pass_(passed, by=committee, today=TODAY), note="修了", by=secretary, today=TODAY)
        services.say(published, kind="comment", text="好", by=reader.user, today=TODAY)
    client.force_login(committee)
    with fits_budget("openness:comments"):
        assert client.get(reverse("openness:comments")).status_code == 200
    client.force_login(member.user)
    with fits_budget("openness:piece with comments"):
        assert client.get(reverse("openness:piece", args=[published.uid])).status_code == 200
    with fits_budget("openness:duties of moderators"):
        assert len(duties.due(committee, TODAY)) == many


@pytest.mark.django_db(transaction=True)
def test_ten_at_once_are_counted_one_after_the_other(published, member):
    gate, told = threading.Barrier(10), []

    def say(n):
        try:
            gate.wait(60)
            told.append(services.say(published, kind="comment", text=f"第 {n} 条", by=member.user, today=TODAY))
        except Exception as fault:
            told.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=say, args=(n,)) for n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sum(isinstance(one, Comment) for one in told) == COMMENTS_A_DAY.default
    assert {type(one) for one in told} == {Comment, DomainError}
