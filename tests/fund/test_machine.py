"""Any sequence of receipts, approvals, payments, reversals, releases and closings leaves every promise kept (a hypothesis state machine)."""

from datetime import date, timedelta
from decimal import Decimal as D

from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from members.care.fund.models import BudgetLine, Claim, Payment, Source, Voucher
from members.care.fund.services import books, claims, payments, sources
from partyportal.core.errors import DomainError
from tests.fund.makers import assert_books_add_up, make_book, receive

AMOUNTS = st.integers(1, 40_000).map(lambda fen: D(fen) / 100)
WHO = st.integers(0, 2)
PICK = st.integers(0, 50)


def machine(tree, people):
    """The machine over one book of the county and three people who may do everything: who acts is drawn, so makers try to check."""

    class Fund(RuleBasedStateMachine):
        def __init__(self):
            super().__init__()
            self.example = transaction.atomic()
            self.example.__enter__()

        @initialize()
        def begin(self):
            self.today = date(2026, 11, 20)
            self.book = make_book(tree.county, by=people[0])
            self.did: set[str] = set()
            self.line("01", D(600), 0)
            receive(self.book, "500", by=people[0], second=people[1])

        def attempt(self, act, *args, **fields):
            """Refused in words or done; any other fault, a constraint's among them, fails the example."""
            try:
                with transaction.atomic():
                    act(*args, **fields)
                self.did.add(act.__name__)
            except DomainError:
                pass

        def one(self, rows, pick):
            found = list(rows.order_by("pk"))
            return found[pick % len(found)] if found else None

        @rule(code=st.sampled_from(["01", "02"]), amount=AMOUNTS.map(lambda amount: amount * 2), who=WHO)
        def line(self, code, amount, who):
            fields = {"year": self.today.year, "code": code, "name": "救助", "amount": amount, "reason": "调整"}
            self.attempt(books.set_line, self.book, by=people[who], today=self.today, **fields)

        @rule(amount=AMOUNTS, who=WHO, kind=st.sampled_from(Source.Kind.values), ago=st.integers(-1, 400), back=st.booleans())
        def receive(self, amount, who, kind, ago, back):
            said = {"kind": kind, "amount": amount, "day": self.today - timedelta(ago), "donor": "某公司", "reference": "1"}
            self.attempt(sources.record, book=self.book, by=people[who], today=self.today, **said)
            self.decide_source(pick=-1, who=(who + 1) % 3, back=back)

        @rule(pick=PICK, who=WHO, back=st.booleans())
        def decide_source(self, pick, who, back):
            if source := self.one(Source.objects.all(), pick):
                if back:
                    self.attempt(sources.send_back, source, by=people[who], reason="退")
                else:
                    self.attempt(sources.confirm, source, by=people[who], today=self.today)

        @rule(amount=AMOUNTS, who=WHO, pick=PICK, far=st.integers(0, 3), drop=st.booleans())
        def case(self, amount, who, pick, far, drop):
            """A case as far as it gets: approved, prepared, paid, come back; or given up there."""
            line = self.one(BudgetLine.objects.filter(year=self.today.year), pick)
            if line:
                self.line(line.code, line.amount + amount, who)
                said = {"organisation": tree.county, "amount": amount / 4 if amount >= 4 else amount, "title": "救助"}
                self.attempt(claims.reserve, line=line, by=people[who], today=self.today, **said | {"amount": round(said["amount"], 2)})
            for step in (self.prepare, self.decide_payment, self.reverse)[:far]:
                step(who=(who + step.__name__.count("_")) % 3, pick=-1, **{"back": False} if step == self.decide_payment else {})
            if drop:
                self.release(who=who, pick=-1)

        @rule(who=WHO, pick=PICK)
        def release(self, who, pick):
            if claim := self.one(Claim.objects.all(), pick):
                self.attempt(claims.release, claim, by=people[who], today=self.today, reason="放弃")

        @rule(who=WHO, pick=PICK)
        def prepare(self, who, pick):
            if claim := self.one(Claim.objects.all(), pick):
                self.attempt(payments.prepare, claim, by=people[who], today=self.today, method="cash")

        @rule(who=WHO, pick=PICK, back=st.booleans())
        def decide_payment(self, who, pick, back):
            if payment := self.one(Payment.objects.all(), pick):
                if back:
                    self.attempt(payments.send_back, payment, by=people[who], today=self.today, reason="退")
                else:
                    self.attempt(payments.confirm, payment, by=people[who], today=self.today)

        @rule(who=WHO, pick=PICK)
        def reverse(self, who, pick):
            if voucher := self.one(Voucher.objects.all(), pick):
                self.attempt(payments.reverse, voucher, by=people[who], today=self.today, reason="退票")

        @rule(who=WHO)
        def close(self, who):
            self.attempt(books.close_year, self.book, self.today.year - 1, by=people[who], today=self.today)

        @rule(luck=st.integers(0, 2))
        def a_new_year(self, luck):
            if luck == 0:
                self.today = date(self.today.year + 1, 1, 5)
                self.line("01", D(600), 0)
                self.close(luck)

        @invariant()
        def the_books_add_up(self):
            if hasattr(self, "book"):
                assert_books_add_up()

        def teardown(self):
            seen.update(getattr(self, "did", ()))
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    seen: set[str] = set()
    return Fund, seen


def test_whatever_is_done_in_whatever_order_the_books_add_up(tree, department, second, committee):
    fund, seen = machine(tree, [department, second, committee])
    bounds = settings(
        max_examples=8, stateful_step_count=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(fund, settings=bounds)
    # The walk has been everywhere, or it would have shown nothing.
    assert seen >= {"set_line", "record", "confirm", "send_back", "reserve", "prepare", "release", "reverse", "close_year"}
