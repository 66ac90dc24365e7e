"""Changes: once for each key, over the version they were made from, by whom the verb allows."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from education.models import Meeting
from members.models import Affiliation, Fact, Member
from partyportal.api.urls import router
from partyportal.core.models import AuditEntry, IdempotencyKey, Job, Notice
from partyportal.core.rest import idempotency
from points.models import Award
from tests.api.test_problems import problem_of
from tests.factories import id_number, make_member

KEY = {"Idempotency-Key": "3f1c"}


def newcomer(**fields) -> dict:
    return {
        "name": "郝琴",
        "id_number": id_number(date(1990, 5, 5), "2"),
        "branch": "001003001",
        "reason": "moved",
        "start": "2026-11-01",
        "category": "full",
        "joined_on": "2012-07-01",
        "full_on": "2013-07-01",
        "post": "教师",
        "mobile_phone": "15800001234",
    } | fields


def register(client, body, **headers):
    return client.post("/api/v1/members/", body, format="json", headers=headers)


# ── Members ─────────────────────────────────────────────────────────────────
def test_a_member_is_registered_under_the_pages_rules(as_, secretary):
    answer = register(as_(secretary), newcomer())
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert answer["ETag"] == '"1"' and answer["Location"].endswith(f"/api/v1/members/{told['uid']}/")
    assert told["sex"] == "2" and told["birth_on"] == "1990-05-05" and told["phone_masked"] == "158****1234" and "id_number" not in told
    assert Affiliation.objects.get(member__uid=told["uid"]).organisation.code == "001003001"
    again = problem_of(register(as_(secretary), newcomer(id_number=Member.objects.get(uid=told["uid"]).id_number)), 400)
    assert "id_number" in again["errors"]
    assert "id_number" in problem_of(register(as_(secretary), newcomer(id_number="110101199001011234")), 400)["errors"]


def test_only_where_the_verb_holds(as_, secretary, neighbour, reader, member):
    assert "branch" in problem_of(register(as_(neighbour), newcomer()), 400)["errors"]
    problem_of(register(as_(reader), newcomer()), 403)
    path = f"/api/v1/members/{member.uid}/"
    for who, status in ((neighbour, 404), (reader, 403), (member, 403), (secretary, 200)):
        answer = as_(who).patch(path, {"post": "村医"}, format="json", headers={"If-Match": '"1"'})
        assert answer.status_code == status, who


def test_what_is_not_said_stays(as_, secretary, tree):
    person = make_member(tree.ours, "潘山洋", address="高家杨村 36 号", mobile_phone="18900009777", education="61")
    path, client = f"/api/v1/members/{person.uid}/", as_(secretary)
    told = client.patch(path, {"post": "村医"}, format="json", headers={"If-Match": '"1"'}).json()
    person.refresh_from_db()
    assert (person.post, person.address, person.mobile_phone, person.education) == ("村医", "高家杨村 36 号", "18900009777", "61")
    assert told["version"] == 2
    client.patch(path, {"mobile_phone": ""}, format="json", headers={"If-Match": '"2"'})
    person.refresh_from_db()
    assert person.mobile_phone == "" and person.version == 3


def test_an_older_version_is_refused(as_, secretary, deputy, member):
    path = f"/api/v1/members/{member.uid}/"
    read = as_(secretary).get(path)["ETag"]
    assert as_(deputy).patch(path, {"post": "村医"}, format="json", headers={"If-Match": read}).status_code == 200
    told = problem_of(as_(secretary).patch(path, {"post": "教师"}, format="json", headers={"If-Match": read}), 409)
    assert "被别人改过" in told["detail"]
    assert Member.objects.get(pk=member.pk).post == "村医"
    problem_of(as_(secretary).patch(path, {"post": "教师"}, format="json"), 428)
    problem_of(as_(secretary).patch(path, {"post": "教师"}, format="json", headers={"If-Match": "*"}), 428)
    problem_of(as_(secretary).patch(path, {"post": "教师"}, format="json", headers={"If-Match": "3"}), 400)


def test_an_etag_that_a_compressing_proxy_made_weak_is_the_same_version(as_, secretary, member):
    path = f"/api/v1/members/{member.uid}/"
    read = as_(secretary).get(path)["ETag"]
    assert as_(secretary).patch(path, {"post": "村医"}, format="json", headers={"If-Match": f"W/{read}"}).status_code == 200
    problem_of(as_(secretary).patch(path, {"post": "教师"}, format="json", headers={"If-Match": f"W/{read}"}), 409)


def test_a_whole_number_is_told_with_an_audit_row_and_never_kept(as_, secretary, reader, member):
    path = f"/api/v1/members/{member.uid}/reveal/"
    problem_of(as_(reader).post(path, {"what": "id_number"}, format="json"), 403)
    answer = as_(secretary).post(path, {"what": "id_number"}, format="json", headers=KEY)
    assert answer.json() == {"value": member.id_number} and answer["Cache-Control"] == "no-store"
    assert as_(secretary).post(path, {"what": "phone"}, format="json").json() == {"value": member.mobile_phone}
    assert list(AuditEntry.objects.order_by("id").values_list("code", flat=True))[-2:] == [
        "members.id_number.revealed",
        "members.phone.revealed",
    ]
    assert not IdempotencyKey.objects.exists()


# ── Once ────────────────────────────────────────────────────────────────────
def test_sent_again_it_is_made_once_and_answered_alike(as_, secretary):
    body = newcomer()
    first, second = (register(as_(secretary), body, **KEY) for _ in range(2))
    assert first.status_code == second.status_code == 201 and first.json() == second.json()
    assert (second["ETag"], second["Location"]) == (first["ETag"], first["Location"])
    assert "Idempotent-Replayed" not in first and second["Idempotent-Replayed"] == "true"
    assert Member.objects.count() == 1


def test_another_body_under_the_key_is_refused(as_, secretary, deputy):
    register(as_(secretary), newcomer(), **KEY)
    problem_of(register(as_(secretary), newcomer(name="戴鹏"), **KEY), 422)
    assert register(as_(deputy), newcomer(name="戴鹏"), **KEY).status_code == 201, "a key is its user's own"


def test_a_refusal_leaves_the_key_free(as_, secretary):
    problem_of(register(as_(secretary), newcomer(id_number="1"), **KEY), 400)
    assert not IdempotencyKey.objects.exists()
    assert register(as_(secretary), newcomer(), **KEY).status_code == 201


def test_answers_are_forgotten_after_a_day(as_, secretary):
    register(as_(secretary), newcomer(), **KEY)
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=23))
    assert idempotency.sweep() == 0
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert idempotency.sweep() == 1


def test_a_key_is_printable_and_short(as_, secretary):
    problem_of(register(as_(secretary), newcomer(), **{"Idempotency-Key": "x" * 101}), 400)
    problem_of(register(as_(secretary), newcomer(), **{"Idempotency-Key": ""}), 400)


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_made(secretary, monkeypatch):
    """The second finds the key's lock taken while the first is still at work; asked again, it gets the first's answer."""
    from members.api import people

    inside, go_on, real = threading.Event(), threading.Event(), people.services.register

    def slow(**fields):
        inside.set()
        go_on.wait(60)
        return real(**fields)

    monkeypatch.setattr(people.services, "register", slow)
    body, answers = newcomer(), {}

    def send(name):
        client = APIClient(raise_request_exception=False)
        client.force_login(secretary)
        answers[name] = register(client, body, **KEY)
        connection.close()

    first = threading.Thread(target=send, args=["first"])
    first.start()
    assert inside.wait(60)
    second = threading.Thread(target=send, args=["second"])
    second.start()
    second.join(60)
    go_on.set()
    first.join(60)
    problem_of(answers["second"], 409)
    assert answers["first"].status_code == 201 and Member.objects.count() == 1
    send("third")
    assert answers["third"].json() == answers["first"].json() and Member.objects.count() == 1


def test_every_change_takes_a_key():
    """An action that changes something and cannot be sent twice is a fault waiting."""
    # The first's answer is never kept; the second's body is not to leave even its digest (ADR 26).
    unkeyed = {"members.api.people.MemberViewSet.reveal", "education.motions.api.MotionViewSet.vote"}
    for _, viewset, _ in router.registry:
        names = [name for name in ("create", "partial_update", "destroy") if hasattr(viewset, name)]
        names += [action.__name__ for action in viewset.get_extra_actions() if "post" in action.mapping]
        for name in names:
            where = f"{viewset.__module__}.{viewset.__name__}.{name}"
            assert where in unkeyed or getattr(getattr(viewset, name), "is_change", False), where


# ── Meetings ────────────────────────────────────────────────────────────────
@pytest.fixture
def people(tree):
    return [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]


def meeting(**fields) -> dict:
    return {"organisation": "001003001", "kind": "theme_day", "held_on": "2026-11-20", "topic": "冬季防火", "study_hours": "2"} | fields


def record(client, body, **headers):
    return client.post("/api/v1/education/meetings/", body, format="json", headers=headers)


def test_a_meeting_is_recorded_confirmed_returned_and_corrected(as_, secretary, committee, people, rules):
    client, absent = as_(secretary), people[0]
    answer = record(
        client, meeting(host=str(people[1].uid), roll=[{"member": str(absent.uid), "state": "leave", "reason": "ill", "note": ""}])
    )
    assert answer.status_code == 201, answer.content
    told = answer.json()
    assert (told["state"], told["expected"], told["present"], told["host"]["name"]) == ("draft", 3, 2, "戴鹏")
    path = f"/api/v1/education/meetings/{told['uid']}/"
    problem_of(client.post(f"{path}confirm/"), 428)
    confirmed = client.post(f"{path}confirm/", headers={"If-Match": answer["ETag"]})
    assert confirmed.json()["state"] == "confirmed"
    assert Fact.objects.standing().filter(kind="meeting.theme_day").count() == 2
    # The committee sends it back, the branch corrects it, and the ledger's facts follow.
    problem_of(as_(committee).post(f"{path}return/", {"reason": "少一人"}, format="json", headers={"If-Match": '"9"'}), 409)
    returned = as_(committee).post(f"{path}return/", {"reason": "少一人"}, format="json", headers={"If-Match": confirmed["ETag"]})
    assert returned.json()["state"] == "returned" and returned.json()["return_reason"] == "少一人"
    assert not Fact.objects.standing().filter(kind="meeting.theme_day").exists()
    changed = client.patch(path, {"roll": [], "confirm": True}, format="json", headers={"If-Match": returned["ETag"]})
    assert (changed.json()["present"], changed.json()["state"], changed.json()["topic"]) == (3, "confirmed", "冬季防火")
    assert Fact.objects.standing().filter(kind="meeting.theme_day").count() == 3
    problem_of(client.patch(path, {"topic": "别的"}, format="json", headers={"If-Match": returned["ETag"]}), 409)


def test_a_topic_alone_leaves_the_roll(as_, secretary, people):
    client = as_(secretary)
    answer = record(client, meeting(roll=[{"member": str(people[0].uid), "state": "absent", "reason": "unexplained"}]))
    path = f"/api/v1/education/meetings/{answer.json()['uid']}/"
    told = client.patch(path, {"topic": "秋季防火"}, format="json", headers={"If-Match": answer["ETag"]}).json()
    assert told["topic"] == "秋季防火" and told["present"] == 2
    assert [row["state"] for row in told["attendances"] if row["member"]["uid"] == str(people[0].uid)] == ["absent"]


def test_a_meeting_is_refused_for_what_the_page_refuses(as_, secretary, neighbour, reader, people, tree):
    stranger, client = make_member(tree.neighbours, "袁强明"), as_(secretary)
    assert "held_on" in problem_of(record(client, meeting(held_on="2026-12-01")), 400)["errors"]
    assert "roll" in problem_of(record(client, meeting(roll=[{"member": str(stranger.uid), "state": "present"}])), 400)["errors"]
    assert "roll" in problem_of(record(client, meeting(roll=[{"member": str(people[0].uid), "state": "leave"}])), 400)["errors"]
    assert "group" in problem_of(record(client, meeting(kind="group")), 400)["errors"]
    assert "organisation" in problem_of(record(as_(neighbour), meeting()), 400)["errors"]
    problem_of(record(as_(reader), meeting()), 403)
    assert record(client, meeting()).status_code == 201
    assert "held_on" in problem_of(record(client, meeting()), 400)["errors"]
    assert Meeting.objects.count() == 1


def test_why_somebody_stayed_away_is_not_told_to_all(as_, secretary, member, people):
    roll = [{"member": str(people[0].uid), "state": "leave", "reason": "ill", "note": "住院"}]
    uid = record(as_(secretary), meeting(roll=roll, confirm=True)).json()["uid"]
    for who, note in ((secretary, "住院"), (member, "")):
        rows = as_(who).get(f"/api/v1/education/meetings/{uid}/").json()["attendances"]
        assert next(row for row in rows if row["state"] == "leave")["note"] == note


# ── Awards, reminders, jobs ─────────────────────────────────────────────────
def test_a_deed_is_filed_by_one_and_decided_by_another(as_, secretary, deputy, neighbour, member, rules):
    deed = {"member": str(member.uid), "item": "volunteer", "day": "2026-11-02", "units": "3", "title": "清扫街道", "evidence": "照片"}

    def post(client, path, body, **headers):
        return client.post(f"/api/v1/points/awards/{path}", body, format="json", headers=headers)

    assert "member" in problem_of(post(as_(neighbour), "", deed), 400)["errors"]
    problem_of(post(as_(member), "", deed | {"member": str(uuid4())}), 403)
    assert "item" in problem_of(post(as_(member), "", deed | {"item": "late"}), 400)["errors"], "nobody reports a deduction of their own"
    assert "item" in problem_of(post(as_(secretary), "", deed | {"item": "nothing"}), 400)["errors"]
    answer = post(as_(secretary), "", deed, **KEY)
    assert answer.status_code == 201, answer.content
    decide = f"{answer.json()['uid']}/decide/"
    assert "另一个人" in problem_of(post(as_(secretary), decide, {"decision": "confirm"}), 400)["detail"]
    problem_of(post(as_(neighbour), decide, {"decision": "confirm"}), 404)
    problem_of(post(as_(member), decide, {"decision": "confirm"}), 403)
    assert "reason" in problem_of(post(as_(deputy), decide, {"decision": "refuse"}), 400)["errors"]
    assert post(as_(deputy), decide, {"decision": "confirm"}).json()["state"] == "confirmed"
    assert Fact.objects.standing().get(kind="manual.volunteer").units == 3
    assert Award.objects.get().decided_by == deputy


def test_ones_own_reminders_and_jobs_alone(as_, secretary, neighbour):
    notice = Notice.objects.create(user=secretary, key="k", title="补记 10 月支委会")
    job = Job.objects.create(kind="partyportal.core.tasks.resume_jobs", title="写入名册", created_by=secretary)
    for path in (f"notices/{notice.uid}/", f"jobs/{job.uid}/"):
        assert as_(neighbour).get(f"/api/v1/{path}").status_code == 404
        assert as_(secretary).get(f"/api/v1/{path}").status_code == 200
    assert as_(secretary).get("/api/v1/notices/?unread=true").json()["count"] == 1
    assert as_(secretary).post(f"/api/v1/notices/{notice.uid}/read/").json()["read_at"]
    assert as_(secretary).get("/api/v1/notices/?unread=true").json()["count"] == 0
    assert as_(neighbour).post(f"/api/v1/jobs/{job.uid}/cancel/").status_code == 404
    assert as_(secretary).post(f"/api/v1/jobs/{job.uid}/cancel/").json()["state"] == "cancelled"
