"""Acts that change much at once, each driven on a phone by those who do them: a branch's dues, a 换届, a death and what follows, a roster."""

from datetime import date, timedelta

from django.utils import timezone
from selenium.webdriver.support.select import Select

from members.dues.models import PaidMonth
from members.models import ImportBatch, Member, Office
from tests.browser import browser_marks, complaints
from tests.dues.makers import assess
from tests.factories import make_grant, make_member, make_user
from tests.members.test_import_roster import row, sheet

PASSWORD = "Correct-9horse"
pytestmark = browser_marks(databases=["default", "progress"])


def say(phone, selector: str, words: str) -> None:
    """Type over what stands in a field."""
    field = phone.wait(selector)
    if field.get_attribute("type") == "date":
        phone.driver.execute_script("arguments[0].value = arguments[1]", field, words)
        return
    field.clear()
    field.send_keys(words)


def test_a_whole_branch_pays_and_a_second_person_confirms(phone, tree, secretary, deputy):
    today = timezone.localdate()
    people = [make_member(tree.ours, name) for name in ("程勇庆", "戴鹏", "龚莉娜")]
    assess(*people, start=today.replace(day=1), today=today)
    phone.log_in("secretary", PASSWORD)
    phone.driver.get(f"{phone.url}/dues/?organisation={tree.ours.code}")
    assert phone.shows("main", "没交的都勾好了")
    phone.tap(f"input[name=chosen][value='{people[1].uid}']")  # 戴鹏 has not paid this time
    phone.tap("button[form=collect]")
    assert phone.shows(".pp-message", "已记 2 人，等另一个人核对")
    assert PaidMonth.objects.count() == 2 and not PaidMonth.objects.filter(member=people[1]).exists()

    phone.log_in("deputy", PASSWORD)
    phone.driver.get(f"{phone.url}/dues/confirm/?organisation={tree.ours.code}")
    phone.tap("button[form=confirm]")
    assert phone.shows(".pp-message", "核对")
    assert not complaints(phone.driver)


def test_a_committee_enters_an_election(phone, tree, committee):
    old, new, other = (make_member(tree.ours, name) for name in ("吕山东", "汪辉世", "郑月"))
    Office.objects.create(member=old, organisation=tree.ours, position="secretary", start=date(2023, 3, 1))
    phone.log_in("committee", PASSWORD)
    phone.driver.get(f"{phone.url}/members/offices/terms/new/?organisation={tree.ours.code}")
    say(phone, "[name=basis]", "山委〔2026〕9号")
    say(phone, "[name=entitled]", "3")
    say(phone, "[name=present]", "3")
    for key, person in (("secretary-0", new), ("deputy-0", other)):
        Select(phone.wait(f"[name='{key}-member']")).select_by_value(str(person.uid))
        say(phone, f"[name='{key}-votes']", "1")
    phone.tap("button[form=term]")
    assert phone.shows("main", "没有登记"), "one vote of three is no majority: refused, and what was typed is kept"
    assert phone.wait("[name=basis]").get_attribute("value") == "山委〔2026〕9号"
    for key in ("secretary-0", "deputy-0"):
        say(phone, f"[name='{key}-votes']", "3")
    phone.tap("button[form=term]")
    assert phone.shows(".pp-message", "届已登记")
    assert phone.shows("main", "汪辉世")
    assert Office.objects.get(member=old).end_reason == "term_over"
    assert set(Office.objects.open().values_list("member__name", "position")) == {("汪辉世", "secretary"), ("郑月", "deputy")}


def test_a_death_is_looked_at_first_then_recorded_and_the_visit_written_down(phone, tree, secretary):
    person = make_member(tree.ours, "程勇庆", user=make_user("程勇庆", username="old"))
    make_grant(person.user, tree.township, "reader")
    Office.objects.create(member=person, organisation=tree.ours, position="publicity", start=date(2024, 1, 1))
    died = timezone.localdate() - timedelta(days=2)
    phone.log_in("secretary", PASSWORD)
    phone.driver.get(f"{phone.url}/care/death/{person.uid}/")
    say(phone, "[name=died_on]", died.isoformat())
    phone.tap("main form[method=get] button")
    assert phone.shows("main", "由安全管理员终止") and phone.shows("main", "立刻停用")
    assert Member.objects.get(pk=person.pk).left_on is None, "looking changes nothing"
    phone.tap("form.pp-inline button")
    assert phone.shows("h1", "程勇庆去世慰问")
    person.refresh_from_db()
    assert person.left_on == died + timedelta(days=1) and not Office.objects.open().exists()
    phone.driver.get(phone.url + "/")
    assert phone.shows("main", "程勇庆"), "what is owed now stands on the branch's home"


def test_a_roster_is_chosen_from_written_and_taken_back(phone, tree, committee, tmp_path):
    held = make_member(tree.ours, "程勇庆", post="农民", mobile_phone="15111117101")
    file = tmp_path / "山门镇名册.xlsx"
    changed = row(name="程勇庆", id_number=held.id_number, post="教师", mobile_phone="15422222260")
    file.write_bytes(sheet(changed, row(name="莫萍")))
    phone.log_in("committee", PASSWORD)
    phone.driver.get(f"{phone.url}/members/imports/new/")
    phone.wait("[name=file]").send_keys(str(file))
    phone.tap("main form button[type=submit]")
    assert phone.shows("main", "现在只是预览，没有写入")
    batch = ImportBatch.objects.get()
    phone.driver.get(f"{phone.url}/members/imports/{batch.uid}/?tab=changed")
    phone.tap("label:has(input[name^='post-'][value=old])")
    assert phone.shows("#decision", "写入 2 人")
    phone.tap("#decision button[form=choices]")
    assert phone.shows("h1", "已写入的名册")
    held.refresh_from_db()
    assert (held.post, held.mobile_phone) == ("农民", "15422222260"), "the reviewer kept the post"

    phone.driver.get(f"{phone.url}/members/imports/{batch.uid}/undo/")
    phone.tap("form.pp-inline button")
    assert phone.shows("h1", "已撤销的名册")
    held.refresh_from_db()
    assert held.mobile_phone == "15111117101" and not Member.objects.filter(name="莫萍").exists()
    assert not complaints(phone.driver)
