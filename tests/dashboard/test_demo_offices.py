"""The demo's terms, written set-based, are those the service would have opened."""

from datetime import date

from branches.models import Term
from branches.services.terms import open_term
from members.models import Office
from partyportal.dashboard.demo.offices import _open_terms, _write_ballots
from tests.factories import make_member

TODAY = date(2026, 11, 22)
SAME = ("number", "start", "due_on", "end", "basis")


def test_the_demo_terms_are_those_the_service_would_open(tree, committee):
    office = Office.objects.create(member=make_member(tree.ours), organisation=tree.ours, position="secretary", start=date(2024, 1, 1))
    elected = [tree.township, tree.ours, tree.neighbours, tree.far]
    _write_ballots(_open_terms(elected, today=TODAY))
    office.refresh_from_db()
    assert office.term.organisation == tree.ours and office.start == office.term.start
    assert office.votes * 2 > office.entitled and office.present * 5 >= office.entitled * 4
    written = list(Term.objects.order_by("organisation_id").values(*SAME))
    Office.objects.update(term=None)
    Term.objects.all().delete()
    for organisation, row in zip(sorted(elected, key=lambda o: o.pk), written, strict=True):
        opened = open_term(organisation, number=row["number"], start=row["start"], basis=row["basis"], by=committee, today=TODAY)
        assert {name: getattr(opened, name) for name in SAME} == row
