"""Asking, answering, laying aside: who may, in which order, and that it is kept."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from education.signals import duties, services
from education.signals.models import Question, QuestionStep
from partyportal.core.errors import DomainError, Stale
from partyportal.core.models import AuditEntry
from tests.at_once import at_once
from tests.signals.conftest import TODAY


def test_asked_answered_and_laid_aside(question, committee, secretary):
    services.ask(question, note="两份纪要一样，请说明", by=committee, today=TODAY)
    services.answer(question, note="照样本写的，已改成实际情况", by=secretary, today=TODAY + timedelta(days=2))
    services.dismiss(question, note="已改，会开了", by=committee, today=TODAY + timedelta(days=3))
    question.refresh_from_db()
    assert (question.state, question.asked_on, question.acted_on) == ("dismissed", TODAY, TODAY + timedelta(days=3))
    assert list(question.steps.values_list("act", "by")) == [
        ("find", None),
        ("ask", committee.pk),
        ("answer", secretary.pk),
        ("dismiss", committee.pk),
    ]
    row = AuditEntry.objects.get(code="signals.question.dismiss")
    assert "已改" not in str(row.data)


@pytest.mark.parametrize("act", ["answer", "dismiss", "ask"])
def test_out_of_order_is_refused_and_changes_nothing(question, committee, deputy, act):
    if act != "answer":
        services.dismiss(question, note="看过", by=committee, today=TODAY)
    before = Question.objects.values().get()
    with pytest.raises(DomainError, match=r"上级没有在等|不用再"):
        getattr(services, act)(question, note="再说", by=deputy, today=TODAY)
    assert Question.objects.values().get() == before


def test_who_asked_does_not_answer_and_who_answered_does_not_judge(question, committee, department):
    services.ask(question, note="请说明", by=committee, today=TODAY)
    with pytest.raises(DomainError, match="是你发的"):
        services.answer(question, note="我看没事", by=committee, today=TODAY)
    services.answer(question, note="代支部说明", by=department, today=TODAY)
    with pytest.raises(DomainError, match="由别人来看"):
        services.dismiss(question, note="没事", by=department, today=TODAY)


def test_without_a_word_and_over_an_older_version_it_is_refused(question, committee):
    with pytest.raises(DomainError, match="写上说明") as refusal:
        services.ask(question, note="  ", by=committee, today=TODAY)
    assert refusal.value.field == "note"
    services.ask(question, note="请说明", by=committee, today=TODAY, version=1)
    with pytest.raises(Stale):
        services.dismiss(question, note="看过", by=committee, today=TODAY, version=1)


@pytest.mark.django_db(transaction=True)
def test_two_who_lay_it_aside_at_once_leave_one_step(question, committee, department):
    told = at_once(*(lambda by=by: services.dismiss(question, note="看过", by=by, today=TODAY) for by in (committee, department)))
    assert sorted(type(one).__name__ for one in told) == ["DomainError", "Question"]
    assert QuestionStep.objects.filter(act="dismiss").count() == 1


@pytest.mark.parametrize("statement", ["UPDATE signals_questionstep SET note = ''", "DELETE FROM signals_questionstep"])
def test_steps_are_never_changed(question, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_each_step_is_the_next_ones_duty(question, committee, secretary, tree):
    """2026-10-20 is a Tuesday: ten working days after it are full on 3 November, five on the 27th of October."""
    looks = duties.due(committee, TODAY)
    assert [(d.title, str(d.due_on)) for d in looks] == [("看 1 处请核实", "2026-11-03")]
    assert looks == duties.due_for_committees([tree.township], TODAY) and duties.due(secretary, TODAY) == []
    services.ask(question, note="请说明", by=committee, today=TODAY)
    answers = duties.due(secretary, TODAY)
    assert [(d.title, str(d.due_on)) for d in answers] == [("答复上级的请核实：纪要相似", "2026-10-27")]
    assert answers == duties.due_for([tree.ours, tree.neighbours], TODAY) and duties.due(committee, TODAY) == []
    services.answer(question, note="已改", by=secretary, today=TODAY)
    assert [d.title for d in duties.due(committee, TODAY)] == ["看 1 个支部的答复"]
    services.dismiss(question, note="已改", by=committee, today=TODAY)
    assert duties.due(committee, TODAY) == duties.due(secretary, TODAY) == []
