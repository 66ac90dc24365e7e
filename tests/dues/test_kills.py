"""kill −9 in the middle of a whole-branch payment: afterwards each month is paid once or not at all, and the same page can be sent again."""

import os
import signal
import subprocess
import sys
import time
from decimal import Decimal as D

import pytest
from django.db import connection

from members.dues import services
from members.dues.models import Collection, DueMonth, PaidMonth, Payment
from partyportal.core.models import AuditEntry
from partyportal.core.uid import new_uid
from tests.dues.makers import TODAY, assess, month
from tests.factories import make_member

pytestmark = pytest.mark.django_db(transaction=True)

# A process of its own that records the whole branch and stops where it is told to, until it is killed.
COLLECTS = """
import os, sys, time
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
django.setup()
from django.db import connections
for alias in connections:
    connections[alias].settings_dict["NAME"] = sys.argv[1]
from datetime import date
from decimal import Decimal
from branches.models import Organisation
from members.dues import services
from members.dues.models import PaidMonth, Payment
from members.dues.services import collecting
from partyportal.core.models import User

def wait():
    print("here", flush=True)
    time.sleep(60)

def then_wait(real):
    def act(*args, **kwargs):
        done = real(*args, **kwargs)
        wait()
        return done
    return act

if sys.argv[2] == "payments written":
    Payment.objects.bulk_create = then_wait(Payment.objects.bulk_create)
elif sys.argv[2] == "months written":
    PaidMonth.objects.bulk_create = then_wait(PaidMonth.objects.bulk_create)
elif sys.argv[2] == "everything written":
    collecting.audit.record = then_wait(collecting.audit.record)
branch = Organisation.objects.get(code=sys.argv[3])
expected = {int(pk): Decimal("280.00") for pk in sys.argv[6].split(",")}
services.collect(
    organisation=branch, expected=expected, until=date(2026, 11, 1), day=date(2026, 11, 22), method="cash",
    by=User.objects.get(pk=int(sys.argv[4])), today=date(2026, 11, 22), uid=sys.argv[5],
)
wait()
"""


def killed(where: str, branch, by, uid, people) -> None:
    """SIGKILL where the other process waits; the server then drops what it had begun."""
    program = [sys.executable, "-c", COLLECTS, connection.settings_dict["NAME"], where, branch.code, str(by.pk), str(uid)]
    child = subprocess.Popen([*program, ",".join(str(p.pk) for p in people)], stdout=subprocess.PIPE, text=True, env=os.environ)
    try:
        assert child.stdout.readline().strip() == "here"
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        child.stdout.close()
    for _ in range(100):  # until the server has noticed that its client is gone
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
            if not cursor.fetchone()[0]:
                return
        time.sleep(0.1)


def rows() -> tuple[int, int, int, int]:
    recorded = AuditEntry.objects.filter(code="dues.collection.recorded").count()
    return Collection.objects.count(), Payment.objects.count(), PaidMonth.objects.count(), recorded


@pytest.mark.parametrize(
    ("where", "stands"),
    [("payments written", False), ("months written", False), ("everything written", False), ("committed", True)],
    ids=lambda value: str(value),
)
def test_each_month_is_paid_once_or_not_at_all_and_the_same_page_can_be_sent_again(tree, secretary, where, stands):
    people = [make_member(tree.ours) for _ in range(5)]
    assess(*people)
    uid = new_uid()
    killed(where, tree.ours, secretary, uid, people)
    assert rows() == ((1, 5, 35, 1) if stands else (0, 0, 0, 0))
    owing = DueMonth.objects.owing().filter(member__in=people, month__gte=month(5), month__lte=month(11)).count()
    assert owing == (0 if stands else 35)

    # The browser had no answer; the secretary presses the button of the same page again.
    again = services.collect(
        organisation=tree.ours,
        expected={p.pk: D("280.00") for p in people},
        until=month(11),
        day=TODAY,
        method="cash",
        by=secretary,
        today=TODAY,
        uid=uid,
    )
    assert again.uid == uid and rows() == (1, 5, 35, 1)
    paid = list(PaidMonth.objects.values_list("member_id", "month"))
    assert len(paid) == len(set(paid)) == 35, "each month once"
    assert sum(p.amount for p in Payment.objects.all()) == D("1400.00")
    assert len(set(Payment.objects.values_list("receipt", flat=True))) == 5
