"""Whatever happens to people, and in whatever order: one home branch a day or none with a reason, and no past day is counted anew.

Every act goes through the door its page uses, across all the apps that move people; what a rule refuses changes nothing.
"""

from datetime import date, timedelta
from itertools import pairwise
from types import SimpleNamespace

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.services.organisations import rehang
from members.care.models import Condolence
from members.care.services.death import record_death, withdraw_death
from members.mobility.services import outflows
from members.models import Affiliation, Member, Merge
from members.services import membership
from members.services.people import edit
from members.transfers import services as transfers
from partyportal.core.errors import DomainError
from partyportal.dashboard.workflows.merging import merge, reverse
from tests.factories import make_grant, make_member, make_organisation, make_user
from tests.members.test_statistics import tell

BEGIN = date(2025, 3, 1)  # the first of these days; what is counted of the day before must never change
ACTS = [
    "transfer",
    "transfer_out",
    "back",
    "outflow",
    "home",
    "die",
    "alive",
    "suspend",
    "restore",
    "remove",
    "rehang",
    "merge",
    "part",
    "edit",
]
STORIES = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 7), st.integers(0, 7), st.integers(0, 40)), min_size=6, max_size=18)


class County:
    """Eight people in three branches, two of them registered twice, and whoever may act there."""

    def __init__(self, tree):
        self.tree = tree
        self.third = make_organisation("中共清源县第三镇委员会", "committee", tree.county)
        places = (tree.ours, tree.neighbours, tree.far)
        self.branches = places
        self.people = [make_member(places[n % 3], f"党员{n}", education="61") for n in range(6)]
        self.people += [make_member(places[n + 1], f"党员{n}", education="31", start=date(2012, 1, 1)) for n in range(2)]
        self.department = make_user("组织部甲", username="first")
        self.second = make_user("组织部乙", username="second")
        for user in (self.department, self.second):
            make_grant(user, tree.county, "department")

    @property
    def everywhere(self):
        return (self.tree.county, self.tree.township, self.tree.other_township, *self.branches)

    def _neighbour_of(self, person):
        """A member of the same branch, to be the contact at home."""
        return Member.objects.at_home().filter(branch=person.branch_id).exclude(pk=person.pk).order_by("pk").first()

    def happen(self, act: str, who: int, other: int, today: date) -> None:
        person, by = self.people[who], self.department
        person.refresh_from_db()
        target = self.branches[other % 3]
        target.refresh_from_db()
        if act == "transfer":
            case = transfers.apply(member=person, to_branch=target, by=by, today=today, reason="work", dues_until=today.replace(day=1))
            if case.state == "agreed":
                case = transfers.approve(case, by=self.second, today=today)
                case = transfers.receive(case, by=by, today=today)
            transfers.place(case, by=self.second, today=today)
        elif act == "transfer_out":
            membership.leave(person, on=today, reason=Affiliation.EndReason.TRANSFERRED_OUT, by=by)
        elif act == "back":
            membership.come_back(person, to=target, on=today, reason=Affiliation.Reason.TRANSFERRED_IN, by=by)
        elif act == "outflow":
            content = {"province": "61", "city": "西安市", "county": "雁塔区", "place_fixed": False, "reason": "work"}
            outflows.register_outflow(person, start=today, today=today, by=by, contact=self._neighbour_of(person), **content)
        elif act == "home":
            for row in person.outflows.filter(end=None):
                outflows.end_outflow(row, on=today, reason="returned", today=today, by=by)
        elif act == "die":
            record_death(person, died_on=today, by=by, today=today)
        elif act == "alive":
            withdraw_death(Condolence.objects.filter(member=person, withdrawn_at=None).latest("pk"), reason="登记错人", by=by)
        elif act == "suspend":
            membership.suspend(person, on=today, reason="lost_contact", basis="党发〔2025〕1号", by=by)
        elif act == "restore":
            membership.restore(person, on=today, basis="党发〔2025〕2号", by=by)
        elif act == "remove":
            membership.leave(person, on=today, reason=Affiliation.EndReason.REMOVED, by=by)
        elif act == "rehang":
            rehang(target, under=(self.third, self.tree.township, self.tree.other_township)[who % 3], on=today, by=by)
        elif act == "merge":
            merge(self.people[who % 2], self.people[6 + who % 2], by=by, on=today)
        elif act == "part":
            reverse(Merge.objects.filter(reversed_at=None).latest("pk"), by=by)
        elif act == "edit":
            edit(person, version=person.version, by=by, on=today, education=("21", "31", "61")[other % 3], post="教师")


def check_homes(county: County) -> None:
    for person in county.people:
        rows = list(person.affiliations.order_by("start"))
        for earlier, later in pairwise(rows):
            assert earlier.end is not None and earlier.end <= later.start, "two homes on one day"
        assert all((row.end is None) == (row.end_reason == "") for row in rows), "no home, and no reason why"
        person.refresh_from_db()
        assert (person.left_on, person.branch_id) == (rows[-1].end, rows[-1].organisation_id), "today's branch follows the rows"


def run(county: County, story) -> SimpleNamespace:
    """Live through a story; how many acts happened, and what was refused in words."""
    told = SimpleNamespace(done=0, refused=[])
    before = [tell(place, BEGIN - timedelta(days=1)) for place in county.everywhere]
    today = BEGIN
    for act, who, other, later in story:
        today += timedelta(days=later)
        try:
            with transaction.atomic():
                county.happen(act, who, other, today)
        except (DomainError, Merge.DoesNotExist, Condolence.DoesNotExist) as refusal:
            told.refused.append(str(refusal))
        else:
            told.done += 1
        check_homes(county)
    assert [tell(place, BEGIN - timedelta(days=1)) for place in county.everywhere] == before, "a past day is counted anew"
    return told


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=STORIES)
def test_in_any_order_of_events_one_home_a_day_or_none_with_a_reason_and_the_past_stays(story, tree):
    with transaction.atomic():
        run(County(tree), story)
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("act", ACTS)
def test_every_act_of_the_stories_can_happen(act, tree):
    """Else the property above would hold of a story in which nothing is ever done."""
    first = {"alive": "die", "restore": "suspend", "home": "outflow", "back": "transfer_out", "part": "merge"}
    story = [(first[act], 0, 2, 0)] if act in first else []
    assert run(County(tree), [*story, (act, 0, 2, 3)]).refused == []
