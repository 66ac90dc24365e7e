"""Anything may be sent: no answer is a fault, and each has the status, type and shape the schema promises.

Short here, the same examples each time; FUZZ_EXAMPLES=200 looks further, with new ones.
"""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from knox.models import AuthToken
from schemathesis import GenerationMode, checks

from partyportal.core.models import Job, Notice
from points.models import Scheme

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", 0))
checks.load_all_checks()
CHECKS = checks.CHECKS.get_by_names(
    ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance"]
)


@pytest.fixture
def one_connection():
    """Requests through WSGI stay in the test's own transaction, as those of Django's test client do."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def real(world):
    """Names of rows that are there: without them nearly everything would be a 404 or an unknown branch."""
    job = Job.objects.create(kind="partyportal.core.tasks.resume_jobs", title="写入名册", created_by=world.department)
    notice = Notice.objects.create(user=world.department, key="k", title="补记 10 月支委会")
    person = world.people["ours"]
    return {
        "uid": {
            "members": person.uid,
            "education": world.meetings["ours"].uid,
            "points": world.awards["ours"].uid,
            "schemes": Scheme.objects.get().uid,
            "facts": person.facts.first().uid,
            "jobs": job.uid,
            "notices": notice.uid,
        },
        "code": world.tree.ours.code,
        "said": {
            "branch": world.tree.ours.code,
            "organisation": world.tree.ours.code,
            "member": str(person.uid),
            "item": "volunteer",
            "group": None,
        },
    }


def made_real(case, real) -> None:
    if "uid" in case.path_parameters:
        noun = next((noun for noun in ("schemes", *real["uid"]) if f"/{noun}/" in case.path), None)
        case.path_parameters["uid"] = str(real["uid"].get(noun, case.path_parameters["uid"]))
    if "code" in case.path_parameters:
        case.path_parameters["code"] = real["code"]
    if isinstance(case.body, dict):
        case.body |= {name: value for name, value in real["said"].items() if name in case.body}
    if "If-Match" in (case.headers or {}):
        case.headers["If-Match"] = '"1"'


def either(operation):
    """Requests as the schema asks for, and, where there is anything to get wrong, others."""
    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.query or operation.body:
        return good | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    return good


@pytest.mark.slow
def test_no_request_breaks_the_promise(world, real, one_connection):
    """As the department, which may do most: each change is taken back."""
    headers = {"Authorization": f"Token {AuthToken.objects.create(user=world.department)[1]}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/schema/?format=json", get_wsgi_application())
    tried, statuses = 0, set()
    for found in schema.get_all_operations():
        operation = found.ok()

        @settings(
            max_examples=EXAMPLES or 12, deadline=None, derandomize=not EXAMPLES, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(case=either(operation), known=st.booleans())
        def ask(case, known):
            if known:
                made_real(case, real)
            with transaction.atomic():
                response = case.call(headers=headers)
                transaction.set_rollback(True)
            statuses.add(response.status_code)
            case.validate_response(response, checks=CHECKS)

        ask()
        tried += 1
    assert tried >= 38
    assert {200, 400, 404} <= statuses
