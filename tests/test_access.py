"""Every address asked by everybody: the answer is the table's (access_table.py), and nobody reads of whom they must not see."""

import io
import zipfile
from contextlib import contextmanager
from itertools import groupby
from operator import itemgetter
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import get_resolver, reverse

from branches.access import ALL_VERBS, VERBS, Role, can
from tests.access_table import BLIND, ELSEWHERE, REVEALING, ROLES, TABLE, TARGETS
from tests.factories import make_member


def rows():
    for line in TABLE.strip().splitlines():
        if line.strip() and not line.startswith("#"):
            method, name, target, *answers = line.split()
            yield method, name, target, answers


@pytest.fixture
def world(request, tree):
    """The whole cast, and one of ours whose name, number and branch must not get about."""
    cast = {role: request.getfixturevalue(role) for role in ROLES if role != "anonymous"}
    person = make_member(tree.ours, "潘山洋", mobile_phone="18900009777", address="高家杨村 36 号")
    make_member(tree.neighbours, "袁强明")
    return SimpleNamespace(tree=tree, person=person, **cast)


def test_every_address_answers_everybody_as_the_table_says(world):
    """Each role logs in once and each target is made once; every cell starts from that world, for what a POST did is taken back."""
    wrong = []
    sessions = {role: log_in(world, role) for role in ROLES}
    for target, lines in groupby(sorted(rows(), key=itemgetter(2)), key=itemgetter(2)):
        with taken_back():
            asked = TARGETS[target](world)
            for method, name, _, answers in lines:
                for role, expected in zip(ROLES, answers, strict=True):
                    with taken_back():
                        faults = faults_of(world, sessions[role], role, method, name, target, asked, expected)
                    wrong += [f"{method} {name} {target} as {role}: {fault}" for fault in faults]
    assert not wrong, f"{len(wrong)} cells\n" + "\n".join(wrong)


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def faults_of(world, session, role, method, name, target, asked, expected) -> list[str]:
    try:
        response = send(session, method, name, asked)
        found = [f"{answer_of(response)}, not {expected}"] if answer_of(response) != expected else []
        return found + leaks(world, role, name, target, text_of(response))
    except Exception as fault:
        return [f"{type(fault).__name__}: {str(fault)[:200]}"]


def ask(world, role, method, name, target):
    """The response to one role."""
    return send(log_in(world, role), method, name, TARGETS[target](world))


def log_in(world, role) -> str:
    """The key of a role's session, empty for who has none; for a member of the cast who is a member, of their login."""
    if role == "anonymous":
        return ""
    client, holder = Client(), getattr(world, role)
    client.force_login(getattr(holder, "user", holder))
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def send(session: str, method: str, name: str, asked):
    """A browser with nothing but that session asks."""
    client = Client()
    if session:
        client.cookies[settings.SESSION_COOKIE_NAME] = session
    url = reverse(name, args=asked.args)
    if method == "GET":
        return client.get(url, asked.query)
    for value in asked.data.values():
        if hasattr(value, "seek"):
            value.seek(0)  # the last one to send it has read it
    return client.post(url, asked.data, query_params=asked.query)


def answer_of(response) -> str:
    if response.status_code == 302 and response["Location"].split("?")[0] == resolve_url(settings.LOGIN_URL):
        return "in"
    return str(response.status_code)


def leaks(world, role, name, target, text) -> list[str]:
    """What an answer tells that it must not: of our person to whom they are hidden, a whole number to anybody who has not asked for it."""
    person, found = world.person, []
    if (name, target) not in REVEALING:
        found += ["a whole ID number"] if person.id_number in text else []
        found += ["a whole phone number"] if person.mobile_phone in text else []
    if role in BLIND:
        # What somebody typed comes back to them in its own field, and an address in its own form.
        told = text.replace(f'value="{person.name}"', "").replace(f"找人 {person.name}", "").replace(quote(person.name), "")
        found += ["the name of one of ours"] if person.name in told else []
        found += ["even a masked number"] if person.id_masked in text else []
        found += ["the name of our branch"] if role in {"anonymous", "outsider"} and "高家杨" in text else []
    return found


def text_of(response) -> str:
    """What a page or a sheet says."""
    content = b"".join(response.streaming_content) if response.streaming else response.content
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as sheet:
            content = b"\n".join(sheet.read(part) for part in sheet.namelist())
    return content.decode(errors="replace")


def every_name(resolver=None, spaces=()):
    """The full name of every address; one without a name is a fault of its own."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from every_name(pattern, (*spaces, pattern.namespace) if pattern.namespace else spaces)
        else:
            name = (*spaces, pattern.name or str(pattern.pattern))
            if name[0] not in ELSEWHERE:
                yield ":".join(name)


def test_every_address_is_in_the_table():
    missing = sorted(set(every_name()) - {name for _, name, _, _ in rows()})
    assert not missing, f"tests/access_table.py has no line for {missing}"


def test_every_line_of_the_table_has_its_address_and_target():
    known = set(every_name())
    assert not [name for _, name, _, _ in rows() if name not in known]
    assert not [target for _, _, target, _ in rows() if target not in TARGETS]


def test_the_back_office_opens_to_the_system_admin_alone(world):
    for role in ROLES[1:]:
        answer = answer_of(ask(world, role, "GET", "admin:index", "-"))
        assert answer == ("200" if role == "system_admin" else "302"), role


def test_the_back_office_shows_no_whole_number(world):
    client = Client()
    client.force_login(world.system_admin)
    for model, office in admin.site._registry.items():
        lists = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        response = client.get(lists)
        assert response.status_code in {200, 403}, lists
        assert response.status_code == 403 or "portal/admin" in text_of(response), f"{lists} is not on the portal's paper"
        assert not leaks(world, "system_admin", lists, "-", text_of(response)), lists
        if response.status_code == 200 and not office.has_change_permission(response.wsgi_request):
            assert client.get(reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_add")).status_code == 403


# ── The verbs behind the pages ──────────────────────────────────────────────
def test_the_three_administrators_share_no_verb_and_hold_none_of_the_partys():
    system, security, audit = (VERBS[role] for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR))
    assert not (system & security or system & audit or security & audit)
    posts = frozenset().union(*(VERBS[role] for role in (Role.READER, Role.SECRETARY, Role.COMMITTEE, Role.DEPARTMENT)))
    assert not posts & {"grant.manage", "account.manage", "audit.read", "setting.manage"}


def test_an_unknown_verb_is_a_mistake_told_at_once(department):
    with pytest.raises(ValueError, match="no role knows"):
        can(department, "member.fly")


def test_every_verb_of_the_code_is_known():
    """A verb asked for in a view but held by no role would refuse everybody in silence."""
    import re
    from pathlib import Path

    asked = set()
    for folder in ("branches", "members", "points", "education", "assessments", "partyportal"):
        for file in Path(settings.BASE_DIR, folder).rglob("*.py"):
            asked.update(re.findall(r'(?:require|can|where)\([^()]*(?:\([^()]*\))?[^()]*"([a-z]+\.[a-z_]+)"', file.read_text()))
    assert asked and asked <= ALL_VERBS


def test_the_search_box_is_shown_to_whom_the_search_answers(world):
    for role in ROLES[1:]:
        shown = 'action="/search/"' in text_of(ask(world, role, "GET", "core:more", "-"))
        assert shown is (answer_of(ask(world, role, "GET", "dashboard:search", "-")) == "200"), role
