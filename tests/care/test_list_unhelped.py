"""A list can ask who has had neither a visit nor a case this year; the rooms beside it say who had (settings.CARE_HELP)."""

from django.urls import reverse
from django.utils import timezone

from members.care.aid import services
from tests.aid.makers import make_case, make_programme
from tests.care.makers import version
from tests.factories import make_member
from tests.visits.makers import make_outing


def test_whoever_was_visited_or_has_a_case_is_not_asked_for(client, tree, secretary):
    today = timezone.localdate()
    version({"leaf": "sex", "value": "1"}, name="男党员")
    visited, helped, forgotten = (make_member(tree.ours, name) for name in ("王走访", "李救助", "赵没人管"))
    made = make_outing(tree.ours, [visited], by=secretary)
    case = make_case(make_programme(start=today.replace(month=1, day=1)), helped, by=secretary, today=today)
    client.force_login(secretary)

    def shown() -> set[str]:
        answer = client.get(reverse("care:list", args=["tried"]), {"only": "unhelped"})
        return {person.name for person, _ in answer.context["rows"]}

    assert shown() == {forgotten.name}
    made.visits.update(voided_at=timezone.now(), voided_by=secretary, void_reason="记错了人")
    services.withdraw(case, note="不需要了", by=secretary, today=today)
    assert shown() == {forgotten.name, visited.name, helped.name}
