"""The pages of what is open to the people, as those who write, review and read them see them. Days are today's."""

from datetime import date
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook
from rest_framework.test import APIClient

from education.openness import duties
from education.openness.models import Piece, Topic
from education.openness.parameters import WITHOUT_LOGIN
from education.openness.services import pieces as services
from education.openness.services import pledges
from partyportal.core.parameters import set_value
from tests.budgets import fits_budget
from tests.factories import make_grant, make_member, make_user

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
WORDS = {"title": "清淤三公里", "text": "王建国带着大家清淤三公里。", "reach": "branch"}


def text_of(client, name, *args, **query):
    answer = client.get(reverse(name, args=args), query)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def act(client, piece, name, **data):
    return client.post(reverse("openness:piece_act", args=[piece.uid, name]), data)


def a_piece(organisation, by, reviewer, **more):
    """A published one of 党务公开."""
    said = {"sort": "disclosure", "reach": "branch", "title": "换届结果", "text": "选出三名委员。"} | more
    piece = services.draft(organisation, by=by, today=TODAY, **said)
    services.submit(piece, by=by, today=TODAY)
    return services.publish(piece, by=reviewer, today=TODAY)


def test_an_exemplar_is_written_agreed_to_reviewed_and_read(client, tree, member, secretary, committee, neighbour):
    make_member(tree.ours, "王建国")
    client.force_login(secretary)
    new = f"{reverse('openness:piece_new')}?sort=exemplar"
    refused = client.post(new, WORDS | {"title": "", "member": member.uid})
    assert refused.status_code == 422 and "清淤三公里" in refused.content.decode()
    photo = SimpleUploadedFile("刘明.png", PNG, "image/png")
    assert client.post(new, WORDS | {"member": member.uid, "files": [photo], "video_url": "https://v.example.cn/1"}).status_code == 302
    piece = Piece.objects.get()
    shown = text_of(client, "openness:piece", piece.uid)
    assert "王某" in shown and "等刘明同意" in shown, "a hint, and what it waits for"
    assert act(client, piece, "submit").status_code == 422

    client.force_login(member.user)
    assert act(client, piece, "consent").status_code == 302
    client.force_login(secretary)
    assert act(client, piece, "submit").status_code == 302
    assert "没有在写" not in text_of(client, "openness:exemplars", tab="work")

    client.force_login(committee)
    (duty,) = [one for one in duties.due(committee, TODAY) if one.key.startswith("openness.review")]
    assert duty.url == reverse("openness:piece", args=[piece.uid])
    assert act(client, piece, "send-back", note="").status_code == 422
    assert act(client, piece, "publish").status_code == 302
    assert not duties.due(committee, TODAY), "the fact clears it"

    client.force_login(member.user)
    assert "清淤三公里" in text_of(client, "openness:exemplars")
    shown = text_of(client, "openness:piece", piece.uid)
    assert "https://v.example.cn/1" in shown and "经过" in shown
    file = Piece.objects.get().edition.files.get()
    assert client.get(reverse("openness:piece_file", args=[piece.uid, file.uid])).content == PNG
    client.force_login(neighbour)
    assert "清淤" not in text_of(client, "openness:exemplars")
    assert client.get(reverse("openness:piece_file", args=[piece.uid, file.uid])).status_code == 404


def test_a_reader_reads_the_edition_while_it_is_corrected_and_nothing_of_the_way(client, tree, secretary, deputy, member):
    piece = a_piece(tree.ours, secretary, deputy)
    client.force_login(secretary)
    assert act(client, piece, "correct", note="人数写错").url == reverse("openness:piece_edit", args=[piece.uid])
    edit = reverse("openness:piece_edit", args=[piece.uid])
    assert client.post(edit, {"title": "换届结果", "text": "选出五名委员。", "reach": "branch"}).status_code == 302
    client.force_login(member.user)
    shown = text_of(client, "openness:piece", piece.uid)
    assert "三名" in shown and "五名" not in shown and "经过" not in shown
    client.force_login(secretary)
    assert act(client, piece, "submit").status_code == 302
    client.force_login(deputy)
    assert act(client, piece, "publish").status_code == 302
    client.force_login(member.user)
    shown = text_of(client, "openness:piece", piece.uid)
    assert "五名" in shown and "人数写错" in shown


def test_the_range_is_who_reads_it(client, tree, committee, department, member, neighbour, system_admin):
    far = make_member(tree.far, "石柳人")
    far.user = make_user("石柳人", username="far")
    far.save(update_fields=["user"])
    told = a_piece(tree.township, committee, department, reach="township", title="乡镇的事")
    for user, status in ((member.user, 200), (neighbour, 200), (far.user, 404), (department, 200), (system_admin, 200)):
        client.force_login(user)
        assert client.get(reverse("openness:piece", args=[told.uid])).status_code == status, user


def test_without_login_only_what_the_county_opened(client, tree, department, committee, secretary, deputy):
    second = make_user("县里第二人", username="second")
    make_grant(second, tree.county, "department")
    county = a_piece(tree.county, department, second, reach="county", title="全县的事")
    ours = a_piece(tree.ours, secretary, deputy)
    wall, one = reverse("openness:disclosures"), reverse("openness:piece", args=[county.uid])
    assert client.get(wall).status_code == client.get(one).status_code == 302
    set_value(WITHOUT_LOGIN, value=1, start=TODAY, by=department)
    shown = client.get(wall).content.decode()
    assert "全县的事" in shown and "换届结果" not in shown
    assert client.get(one).status_code == 200
    assert client.get(reverse("openness:piece", args=[ours.uid])).status_code == 302
    assert client.get(reverse("openness:exemplars")).status_code == 302


def test_the_catalogue_reminds_and_the_overview_says_who_is_late(client, tree, secretary, deputy, committee, catalogue):
    Topic.objects.update(start=None)
    Topic.objects.filter(code="meetings").update(start=date(2020, 1, 1), often="month", days=1)
    (duty,) = [one for one in duties.due(secretary, TODAY) if one.key.startswith("openness.disclose")]
    client.force_login(secretary)
    assert client.get(duty.url).status_code == 200
    client.force_login(committee)
    shown = text_of(client, "openness:catalogue")
    assert "高家杨村" in shown and "有逾期" in shown
    a_piece(tree.ours, secretary, deputy, topic=Topic.objects.get(code="meetings"))
    assert not duties.due(secretary, TODAY)
    taken = client.get(reverse("openness:catalogue"), {"format": "xlsx", "show": "late"})
    rows = list(load_workbook(BytesIO(b"".join(taken.streaming_content))).active.iter_rows(values_only=True))
    assert [row[0] for row in rows[1:]] == [tree.neighbours.code]


def test_the_wall_is_taken_along(client, tree, secretary, deputy):
    a_piece(tree.ours, secretary, deputy)
    client.force_login(secretary)
    taken = client.get(reverse("openness:disclosures"), {"format": "xlsx"})
    rows = list(load_workbook(BytesIO(b"".join(taken.streaming_content))).active.iter_rows(values_only=True))
    assert [row[1] for row in rows[1:]] == ["换届结果"]
    assert "没有题目里" in text_of(client, "openness:disclosures", q="没有的")


@pytest.mark.parametrize("many", [1, 50])
def test_pages_cost_the_same_at_one_and_at_fifty(client, tree, secretary, deputy, committee, catalogue, many):
    Topic.objects.update(start=None)
    Topic.objects.filter(code="meetings").update(start=date(2020, 1, 1))
    made = [a_piece(tree.ours, secretary, deputy, title=f"第 {n} 件") for n in range(many)]
    for n in range(many):
        piece = services.draft(tree.ours, sort="exemplar", title=f"集体 {n}", text="做了好事", reach="branch", by=secretary, today=TODAY)
        services.submit(piece, by=secretary, today=TODAY)
    client.force_login(secretary)
    asked = {"disclosures": [], "exemplars": [], "catalogue": [], "piece": [made[0].uid]}
    for name, args in asked.items():
        with fits_budget(f"openness:{name}"):
            assert client.get(reverse(f"openness:{name}", args=args)).status_code == 200
    with fits_budget("openness:duties"):
        assert len(duties.due(committee, TODAY)) == many


def test_the_api_reads_what_stands_and_takes_a_word_once(tree, secretary, deputy, member, neighbour):
    piece = a_piece(tree.ours, secretary, deputy)
    pledged = pledges.confirm(pledges.pledge(member, year=TODAY.year, text="帮工", by=member.user, today=TODAY), by=secretary, today=TODAY)
    client = APIClient()
    client.force_login(member.user)
    (told,) = client.get("/api/v1/openness/items/").json()["results"]
    assert (told["title"], told["edition"], told["reach"]) == ("换届结果", 1, "branch")
    assert client.get("/api/v1/openness/exemplars/").json()["count"] == 0
    assert client.get(f"/api/v1/openness/pledges/{pledged.uid}/").json()["deeds"] == []
    said = {"piece": str(piece.uid), "kind": "question", "text": "谁当选？"}
    first, again = (client.post("/api/v1/openness/comments/", said, format="json", headers={"Idempotency-Key": "q1"}) for _ in range(2))
    assert first.status_code == again.status_code == 201 and first.json()["uid"] == again.json()["uid"]
    assert first.json()["state"] == "held" and first.json()["is_own"]
    assert client.post("/api/v1/openness/comments/", said, format="json").status_code == 400
    client.force_login(neighbour)
    for name in ("items", "exemplars", "pledges", "comments"):
        assert client.get(f"/api/v1/openness/{name}/").json()["count"] == 0
    assert client.post("/api/v1/openness/comments/", said, format="json").status_code == 400
