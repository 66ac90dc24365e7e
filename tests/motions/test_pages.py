"""Pages and API of votes: what is offered to whom, what is refused at its field, and what no page keeps."""

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from education.motions import services
from education.motions.duties import due, due_for
from education.motions.models import Count, Motion, SealedBallot, Voted
from partyportal.core.models import IdempotencyKey
from tests.budgets import fits_budget
from tests.factories import make_grant
from tests.motions.conftest import DAY, TODAY, moved, opened


def as_(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def words(response) -> str:
    return response.content.decode()


def address(name, motion=None):
    return reverse(f"motions:{name}", args=[motion.uid] if motion else [])


def test_a_secretary_adds_a_motion_to_the_meeting_opens_it_and_enters_hands(assembly, branch, secretary):
    client = as_(secretary)
    assert "加一件表决" in words(client.get(reverse("education:meeting", args=[assembly.uid])))
    new = f"{address('motion_new')}?meeting={assembly.uid}"
    answer = client.post(new, {"kind": "decision", "method": "hands", "title": " "})
    assert answer.status_code == 422 and "写上表决什么" in words(answer)
    assert client.post(new, {"kind": "decision", "method": "hands", "title": "修通村公路"}).status_code == 302
    motion = Motion.objects.get()
    shown = words(client.get(address("motion", motion)))
    assert "够半数以上（5 人），可以表决" in shown and "留党察看期间没有表决权" in shown
    assert client.post(address("motion_open", motion), {"version": motion.version}).status_code == 302
    answer = client.post(address("count", motion), {"in_favour": "9", "against": "0", "abstained": "0"})
    assert answer.status_code == 422 and "要等于到会有表决权的 10 人" in words(answer) and 'value="9"' in words(answer)
    assert client.post(address("count", motion), {"in_favour": "8", "against": "1", "abstained": "1"}).status_code == 302
    assert "赞成 8 票" in words(client.get(reverse("education:meeting", args=[assembly.uid]))), "part of the meeting's sheet"


def test_a_waiting_vote_is_the_first_thing_at_home_until_it_is_cast(assembly, branch, secretary, online):
    """Of a plain member and of one with a post alike; cast or closed, it waits no more."""
    motion = opened(assembly, secretary, method="online")
    client, home = as_(branch.voters[0].user), reverse("dashboard:home")
    shown = client.get(home)
    assert [duty.url for duty in shown.context["duties"]] == [address("vote", motion)] and "等你办的事" in words(shown)
    services.cast(motion, choices={0: "for"}, by=branch.voters[0].user)
    assert client.get(home)["Location"] == reverse("points:mine")
    holder = branch.voters[1].user
    make_grant(holder, branch.organisation, "secretary")
    assert address("vote", motion) in {duty.url for duty in as_(holder).get(home).context["duties"]}
    services.close_urn(motion, by=secretary, today=TODAY)
    assert address("vote", motion) not in {duty.url for duty in as_(holder).get(home).context["duties"]}
    assert as_(branch.voters[2].user).get(home)["Location"] == reverse("points:mine")


def test_an_election_on_paper_by_its_pages(assembly, branch, secretary):
    client = as_(secretary)
    chosen = {"candidates": [str(person.uid) for person in branch.voters[3:5]], "seats": "1"}
    said = {"kind": "election", "method": "paper", "title": "选举组织委员"}
    client.post(f"{address('motion_new')}?meeting={assembly.uid}", said | chosen)
    motion = Motion.objects.get()
    watchers = {"teller": str(branch.voters[1].uid), "counter": str(branch.voters[1].uid), "version": motion.version}
    assert "监票人和计票人要是两个人" in words(client.post(address("motion_open", motion), watchers))
    watchers["counter"] = str(branch.voters[2].uid)
    assert client.post(address("motion_open", motion), watchers)["Location"] == address("ballots", motion)
    papers = words(client.get(address("ballots", motion)))
    assert papers.count('class="pp-ballot"') == 10 and "赞成和另选最多 1 人" in papers
    figures = {"issued": 10, "returned": 10, "invalid": 0, "in_favour_0": 7, "against_0": 2, "abstained_0": 1}
    figures |= {"in_favour_1": 3, "against_1": 7, "abstained_1": 0}
    teller, counter = as_(branch.voters[1].user), as_(branch.voters[2].user)
    assert "监票人" in words(teller.get(address("count", motion)))
    teller.post(address("count", motion), figures)
    assert 'value="7"' not in words(counter.get(address("count", motion))), "apart: what the other found is not shown"
    counter.post(address("count", motion), figures | {"in_favour_0": 6, "against_0": 3})
    assert "第 2 次点票" in words(teller.get(address("count", motion)))
    teller.post(address("count", motion), figures)
    counter.post(address("count", motion), figures)
    motion.refresh_from_db()
    assert motion.result.outcome == "elected" and Count.objects.count() == 4
    assert "当选" in words(as_(branch.voters[5].user).get(address("motion", motion)))


def test_an_opinion_is_taken_with_its_paper_and_a_renamed_program_is_not(assembly, branch, secretary):
    client, motion = as_(secretary), moved(assembly, secretary, kind="development", method="paper")
    said = {"member": str(branch.voters[4].uid), "choice": "for", "received_on": DAY.isoformat()}
    answer = client.post(address("opinion", motion), said | {"files": SimpleUploadedFile("意见.png", b"MZ program")})
    assert answer.status_code == 422 and "只收照片" in words(answer) and not motion.opinions.exists()
    paper = SimpleUploadedFile("意见.png", b"\x89PNG\r\n\x1a\n1")
    assert client.post(address("opinion", motion), said | {"files": paper}).status_code == 302
    assert motion.opinions.get().files.count() == 1


def test_a_member_votes_on_one_screen_once(assembly, branch, secretary, online):
    motion = opened(assembly, secretary, method="online")
    client = as_(branch.voters[3].user)
    assert address("vote", motion) in words(client.get(address("motions")))
    shown = client.get(address("vote", motion))
    assert "checked" not in words(shown) and "no-store" in shown["Cache-Control"]
    assert client.post(address("vote", motion), {}).status_code == 422
    answer = client.post(address("vote", motion), {"choice_0": "against"}, follow=True)
    assert "已投票" in words(answer) and not any(word in str(dict(client.session)) for word in ("against", "反对"))
    answer = client.post(address("vote", motion), {"choice_0": "for"})
    assert answer.status_code == 422 and "一人一票" in words(answer)
    assert address("vote", motion) not in words(client.get(address("motions")))
    assert Voted.objects.count() == SealedBallot.objects.count() == 1
    as_(secretary).post(address("close", motion))
    motion.refresh_from_db()
    assert motion.state == "decided" and motion.result.returned == 1


def test_a_vote_by_one_who_may_not_is_refused_with_the_reason(assembly, branch, secretary, online, outsider):
    motion = opened(assembly, secretary, method="online")
    branch.probationary.user = outsider
    branch.probationary.save(update_fields=["user"])
    answer = as_(outsider).post(address("vote", motion), {"choice_0": "for"})
    assert answer.status_code == 422 and "预备党员没有表决权" in words(answer)
    assert "没有表决权" in words(as_(outsider).get(address("vote", motion)))
    assert SealedBallot.objects.count() == 0


def test_the_api_votes_once_and_keeps_no_key(assembly, branch, secretary, online):
    motion = opened(assembly, secretary, method="online")
    client, path = APIClient(), f"/api/v1/education/motions/{motion.uid}/"
    client.force_login(branch.voters[3].user)
    body = {"choices": {"0": "for"}}
    assert client.post(f"{path}vote/", body, format="json", headers={"Idempotency-Key": "k"}).status_code == 400
    assert client.post(f"{path}vote/", {"choices": {"9": "for"}}, format="json").status_code >= 400
    assert client.post(f"{path}vote/", body, format="json").status_code == 204
    again = client.post(f"{path}vote/", body, format="json")
    assert again.status_code >= 400 and "一人一票" in again.content.decode()
    assert IdempotencyKey.objects.count() == 0 and Voted.objects.count() == 1
    told = client.get(path).json()
    assert (told["entitled"], told["present"], told["roll"]) == (10, 10, []), "a member reads the figures, not the roll"
    client.force_login(secretary)
    assert len(client.get(path).json()["roll"]) == 13
    assert [row["uid"] for row in client.get("/api/v1/education/motions/").json()["results"]] == [str(motion.uid)]


def test_what_is_due_follows_the_vote(assembly, branch, secretary, online, tree):
    motion = moved(assembly, secretary)
    assert [one.act for one in due(secretary, TODAY)] == ["去表决"]
    services.open_vote(motion, by=secretary, today=TODAY)
    assert [one.act for one in due_for([tree.ours], TODAY)] == ["录入"]
    services.count_hands(motion, in_favour=10, against=0, abstained=0, by=secretary, today=TODAY)
    assert due(secretary, TODAY) == []
    urn = opened(assembly, secretary, method="online", title="选树先进")
    assert [one.act for one in due(branch.voters[3].user, TODAY)] == ["去投票"]
    services.cast(urn, choices={0: "for"}, by=branch.voters[3].user)
    assert due(branch.voters[3].user, TODAY) == []


def test_the_list_costs_the_same_at_one_and_at_fifty(assembly, secretary):
    client = as_(secretary)

    def add(number):
        motion = opened(assembly, secretary, title=f"第 {number} 件")
        services.count_hands(motion, in_favour=10, against=0, abstained=0, by=secretary, today=TODAY)

    add(0)
    client.get(address("motions"))
    with fits_budget("motions:motions"):
        client.get(address("motions"))
    for number in range(1, 6):
        add(number)
    with fits_budget("motions:motions"):
        answer = client.get(address("motions"))
    assert words(answer).count("赞成 10") == 6
    assert client.get(f"{address('motions')}?format=xlsx").status_code == 200
    assert "符合" in words(client.get(f"{address('motions')}?kind=election")) or "还没有这样的表决" in words(
        client.get(f"{address('motions')}?kind=election")
    )


def test_a_void_vote_is_taken_out_by_its_page_and_voted_again(assembly, secretary, committee):
    motion = opened(assembly, secretary)
    services.count_hands(motion, in_favour=2, against=8, abstained=0, by=secretary, today=TODAY)
    motion.refresh_from_db()
    said = {"reason": "名单错了", "version": motion.version}
    answer = as_(secretary).post(address("motion_void", motion), said)
    assert answer.status_code == 422 and "由上级党委作废" in words(answer)
    assert as_(committee).post(address("motion_void", motion), said).status_code == 302
    shown = words(as_(secretary).get(address("motion", motion)))
    assert "again=" in shown and "名单错了" in shown
