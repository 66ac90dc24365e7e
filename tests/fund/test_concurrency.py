"""Two hundred at once from a fund that bears fifty; kills of the worker and of PostgreSQL between approval and payment."""

import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal as D

import psycopg2
import pytest
from django.db import connection

from members.care.fund.models import Claim, Payment, Voucher
from members.care.fund.services import claims, payments
from members.care.fund.tasks import pay as pay_task
from partyportal.core.errors import DomainError
from partyportal.core.models import Job
from partyportal.core.operating.programs import folder_for, server_major
from tests.at_once import at_once
from tests.fund.makers import TODAY, assert_books_add_up, balances, make_book, make_claim, make_line, receive
from tests.homes import eventually, make_home
from tests.live.processes import ROOT, database_url

pytestmark = [pytest.mark.django_db(transaction=True, databases=["default", "progress"]), pytest.mark.slow]


def test_two_hundred_payments_from_a_fund_that_bears_fifty(tree, book, department, second):
    """Each of two hundred cases is approved, prepared and confirmed by sixteen clerks at a time: fifty go through, the rest get the sentence."""
    line = make_line(book, "100000")
    gate = threading.Barrier(16)
    waited = threading.local()

    def case(number: int):
        if not hasattr(waited, "once"):
            waited.once = gate.wait(60)
        try:
            claim = make_claim(line, "100", by=department, title=f"第 {number} 号")
            payment = payments.prepare(claim, by=department, today=TODAY, method="transfer")
            return payments.confirm(payment, by=second, today=TODAY)
        except Exception as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(16) as pool:
        told = list(pool.map(case, range(200)))
    went = [one for one in told if isinstance(one, Voucher)]
    refusals = [one for one in told if not isinstance(one, Voucher)]
    assert len(went) == 50 and len(refusals) == 150
    assert {type(one) for one in refusals} == {DomainError}
    assert {one.message for one in refusals} == {"困难党员救助基金可用的只有 0.00 元，不够 100.00 元。"}
    assert balances(book) == {"cash": 0, "free": 0, "reserved": 0}
    assert (Claim.objects.count(), Payment.objects.count(), Voucher.objects.filter(kind="payment").count()) == (50, 50, 50)
    assert_books_add_up()


def test_two_who_confirm_one_payment_and_one_who_sends_it_back(line, department, second, committee):
    payment = payments.prepare(make_claim(line, by=department), by=department, today=TODAY, method="cash")
    told = at_once(
        lambda: payments.confirm(payment, by=second, today=TODAY),
        lambda: payments.confirm(payment, by=committee, today=TODAY),
        lambda: payments.send_back(payment, by=committee, today=TODAY, reason="户名不符"),
    )
    assert sorted(type(one).__name__ for one in told if isinstance(one, Exception)) == ["DomainError"] * 2
    assert_books_add_up()


def test_a_release_and_a_payment_of_one_claim_at_once(line, department, second):
    claim = make_claim(line, by=department)
    told = at_once(
        lambda: claims.release(claim, by=second, today=TODAY, reason="放弃"),
        lambda: payments.prepare(claim, by=department, today=TODAY, method="cash"),
        lambda: payments.prepare(claim, by=second, today=TODAY, method="cash"),
    )
    assert sum(isinstance(one, DomainError) for one in told) == 2, told
    assert_books_add_up()


# ── Kills ───────────────────────────────────────────────────────────────────
# A worker of its own that runs the job and stops in its second payment, between the decision and the commit, until it is killed.
WORKER = """
import os, sys, time
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.live.settings"
django.setup()
from members.care.fund.services import journal, payments
from members.care.fund.tasks import pay

def then_wait(real, times=[]):
    def act(*args, **kwargs):
        done = real(*args, **kwargs)
        times.append(1)
        if len(times) == 2:
            print("here", flush=True)
            time.sleep(60)
        return done
    return act

if sys.argv[2] == "decided":
    payments._decide = then_wait(payments._decide)
elif sys.argv[2] == "posted":
    journal.post = then_wait(journal.post)
pay(int(sys.argv[1]))
print("done", flush=True)
"""


def run_worker(job: Job, where: str, url: str) -> subprocess.Popen:
    environment = os.environ | {"DATABASE_URL": url, "DEMO_KEYS": "1"}
    return subprocess.Popen(
        [sys.executable, "-c", WORKER, str(job.pk), where], cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    )  # fmt: skip


def four_to_pay(tree, department, second) -> Job:
    book = make_book(tree.county, by=department)
    receive(book, "5000", by=department, second=second)
    line = make_line(book)
    waiting = [payments.prepare(make_claim(line, "100", by=department), by=department, today=TODAY, method="cash") for _ in range(4)]
    uids = [str(payment.uid) for payment in waiting]
    return Job.objects.create(kind="fund.pay", title="复核付款", params={"payments": uids, "day": str(TODAY)}, created_by=second)


@pytest.mark.parametrize("where", ["decided", "posted"])
def test_a_killed_worker_has_paid_each_once_or_not_at_all(tree, department, second, where):
    job = four_to_pay(tree, department, second)
    child = run_worker(job, where, database_url())
    try:
        assert child.stdout.readline().strip() == "here"
    finally:
        child.send_signal(signal.SIGKILL)
        child.communicate()
    eventually(lambda: Payment.objects.filter(state="confirmed").count() == Voucher.objects.filter(kind="payment").count() == 1)
    Job.objects.filter(pk=job.pk).update(lease_until=None, state="queued")  # what beat finds once the lease has lapsed
    for _ in range(2):  # and once more, as after a kill between the last commit and the state "done"
        Job.objects.filter(pk=job.pk).update(state="queued")
        pay_task(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["paid"], job.result["refused"]) == ("done", 0, [])
    assert Payment.objects.filter(state="confirmed").count() == Voucher.objects.filter(kind="payment").count() == 4
    assert_books_add_up()


def test_a_killed_postgres_has_paid_each_once_or_not_at_all(tree, department, second):
    """The same rows in a PostgreSQL of the test's own, whose server is killed with the payment between decision and commit."""
    job = four_to_pay(tree, department, second)
    home = make_home()
    try:
        _, url, _ = home.hold()
        restore(url)
        child = run_worker(job, "posted", url)
        assert child.stdout.readline().strip() == "here"
        os.kill(home.pid("postgres"), signal.SIGKILL)
        eventually(lambda: asked(url, "SELECT count(*) FROM fund_voucher WHERE kind = 'payment'") == [1])
        assert asked(url, "SELECT count(*) FROM fund_payment WHERE state = 'confirmed'") == [1]
        child.kill()
        child.communicate()
        asked(url, "UPDATE core_job SET state = 'queued', lease_until = NULL")
        again = run_worker(job, "nowhere", url)
        assert again.communicate(timeout=120)[0].strip() == "done"
        assert asked(url, "SELECT count(*) FROM fund_voucher WHERE kind = 'payment'") == [4]
        assert asked(url, "SELECT balance FROM fund_account WHERE kind = 'cash'") == [D("4600")]
        assert asked(url, "SELECT state FROM core_job") == ["done"]
    finally:
        home.close()


# What the worker touches; a dump of everything would take longer than the test.
TOUCHED = ("core_user", "core_job", "core_auditentry", "core_ledgerslip", "core_attachment", "branches_organisation", "fund_*")


def restore(url: str) -> None:
    """These tables, with their rows, checks and triggers, in another server."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prokind = 'f'")
        functions = "SET check_function_bodies = false;\n" + "".join(f"{body};\n" for (body,) in cursor.fetchall())
    programs, _ = folder_for(server_major())
    tables = [word for name in TOUCHED for word in ("-t", name)]
    dump = subprocess.run([programs / "pg_dump", "--no-owner", *tables, database_url()], capture_output=True, text=True, check=True)
    subprocess.run([programs / "psql", "-q", url], input=functions + dump.stdout, capture_output=True, text=True, check=True)
    triggers = "SELECT count(*) FROM pg_trigger WHERE tgrelid::regclass::text LIKE 'fund%' AND NOT tgisinternal"
    with connection.cursor() as cursor:
        cursor.execute(triggers)
        assert asked(url, triggers) == list(cursor.fetchone()), "the promises came along"


def asked(url: str, statement: str) -> list:
    """The first row; None while the server comes back."""
    try:
        other = psycopg2.connect(url)
    except psycopg2.OperationalError:
        return []
    try:
        with other, other.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchone()) if cursor.description else []
    except psycopg2.OperationalError:
        return []
    finally:
        other.close()
