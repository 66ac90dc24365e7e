"""The cast. Tests speak in people: one county, two townships, two branches, and who may do what there."""

import copy
import gc
import logging
from types import SimpleNamespace

import hypothesis
import pytest
from django.contrib.auth.management import create_permissions
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.utils import timezone

from tests.backend.base import keep_reference_rows
from tests.browser import Phone, chromium
from tests.factories import make_grant, make_member, make_organisation, make_user
from tests.kept import put_back, rows_of

# The same examples each time, here as in CI; --hypothesis-profile=default looks further, with new ones.
hypothesis.settings.load_profile("ci")

# Their files are handed out first: a worker that takes one of these up last keeps everybody waiting. While the worker of the first makes
# the database, that of the next two needs none: they have homes of their own.
LONGEST = (
    "tests/test_access.py",
    "tests/test_demo.py",
    "tests/test_embedded.py",
    "tests/test_look.py",
    "tests/live/test_development_in_browser.py",
    "tests/api/test_fuzz.py",
    "tests/dashboard/test_seed_demo.py",
    "tests/points/test_oracle.py",
    "tests/dashboard/test_one_home_a_day.py",
)


def pytest_collection_modifyitems(items):
    """The sort is stable, so within the rest and within a file nothing moves."""
    place = {path: number for number, path in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.nodeid.split("::")[0], len(LONGEST)))


def stay_on_this_day() -> None:
    """A run that passes midnight in Shanghai stays on the day it began: what a file named TODAY when it was read is today for the product too."""
    began, asked = timezone.localdate(), timezone.localdate
    timezone.localdate = lambda value=None, timezone=None: began if value is None and timezone is None else asked(value, timezone)


stay_on_this_day()  # before any file with such a name is read


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The database as migrated, with a copy of its reference rows for every flush: what Django would make anew after each is among them."""
    with django_db_blocker.unblock():
        keep_reference_rows()
    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid=f"{create_permissions.__module__}.{create_permissions.__name__}")


@pytest.fixture(autouse=True)
def no_logged_errors(caplog):
    """A test that logs an ERROR has failed, whatever it asserted."""
    yield
    errors = [r for r in caplog.get_records("call") if r.levelno >= logging.ERROR]
    assert not errors, [r.getMessage() for r in errors]


def found_tree() -> SimpleNamespace:
    """清源县 ← 山门镇 (高家杨村, 袁家店村) and 白驼镇 (石柳村)."""
    county = make_organisation("中共清源县委员会", "county", code="001")
    township = make_organisation("中共清源县山门镇委员会", "committee", county, code="001003")
    other_township = make_organisation("中共清源县白驼镇委员会", "committee", county, code="001004")
    ours = make_organisation("中共清源县山门镇高家杨村支部委员会", "branch", township, code="001003001")
    neighbours = make_organisation("中共清源县山门镇袁家店村支部委员会", "branch", township, code="001003002")
    far = make_organisation("中共清源县白驼镇石柳村支部委员会", "branch", other_township, code="001004001")
    return SimpleNamespace(county=county, township=township, other_township=other_township, ours=ours, neighbours=neighbours, far=far)


def rows_of_tree(county) -> list[tuple[str, list[dict]]]:
    """All that founding it wrote; of the audit log a statement for each row, as each leaves its slip."""
    founded = f"organisation_id IN (SELECT id FROM branches_organisation WHERE path LIKE '{county.path}%')"
    return [
        ("branches_organisation", rows_of("branches_organisation", f"path LIKE '{county.path}%'")),
        ("branches_organisationspan", rows_of("branches_organisationspan", founded)),
        ("branches_organisationpower", rows_of("branches_organisationpower", founded)),
        *(
            ("core_auditentry", [row | {"at": "now"}])
            for row in rows_of("core_auditentry", f"organisation_path LIKE '{county.path}%' ORDER BY id")
        ),
    ]


@pytest.fixture(scope="session")
def founded():
    """The tree as its service founded it for whoever asked first, and the statements that put its rows back."""
    return SimpleNamespace(tree=None, rows="")


@pytest.fixture
def tree(db, founded):
    """清源县 ← 山门镇 (高家杨村, 袁家店村) and 白驼镇 (石柳村). To found six organisations costs 12 ms, to put them back 2."""
    if founded.tree is None:
        founded.tree = found_tree()
        founded.rows = put_back(rows_of_tree(founded.tree.county))
    else:
        with connection.cursor() as cursor:
            cursor.execute(founded.rows)
    return copy.deepcopy(founded.tree)


@pytest.fixture
def secretary(tree):
    """吕山东, secretary of our branch."""
    user = make_user("吕山东", username="secretary")
    make_grant(user, tree.ours, "secretary")
    return user


@pytest.fixture
def deputy(tree):
    """郑月, who may also record for our branch: the second person."""
    user = make_user("郑月", username="deputy")
    make_grant(user, tree.ours, "secretary")
    return user


@pytest.fixture
def neighbour(tree):
    """The secretary next door: must see nothing of ours."""
    user = make_user("袁书记", username="neighbour")
    make_grant(user, tree.neighbours, "secretary")
    return user


@pytest.fixture
def committee(tree):
    """山门镇党委."""
    user = make_user("彭海燕", username="committee")
    make_grant(user, tree.township, "committee")
    return user


@pytest.fixture
def department(tree):
    """县委组织部."""
    user = make_user("谭洁", username="department")
    make_grant(user, tree.county, "department")
    return user


@pytest.fixture
def reader(tree):
    """查阅, over the county: sees, does nothing."""
    user = make_user("查阅员", username="reader")
    make_grant(user, tree.county, "reader")
    return user


@pytest.fixture
def system_admin(tree):
    user = make_user("周丽敏", username="sysadmin", is_staff=True)
    make_grant(user, tree.county, "system_admin")
    return user


@pytest.fixture
def security_admin(tree):
    user = make_user("安全员", username="secadmin")
    make_grant(user, tree.county, "security_admin")
    return user


@pytest.fixture
def auditor(tree):
    user = make_user("审计员", username="auditor")
    make_grant(user, tree.county, "auditor")
    return user


@pytest.fixture
def member(tree):
    """刘明, a member of our branch with a login and no grant."""
    person = make_member(tree.ours, "刘明")
    person.user = make_user("刘明", username="member")
    person.save(update_fields=["user"])
    return person


@pytest.fixture
def outsider(db):
    """A login that belongs to nobody and nothing."""
    return make_user("外人", username="outsider")


def pytest_collection_finish(session):
    """What is loaded by now stays until the end: it need not be looked through again whenever a test leaves something behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture
def phone(live_server):
    """A browser of a phone's size, with nobody logged in."""
    with chromium() as driver:
        yield Phone(driver, live_server.url)
