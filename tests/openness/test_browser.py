"""In a real browser: a branch writes a deed, the committee reviews it, a member reads it on the phone and asks, and is answered."""

from education.openness.models import Comment, Piece
from tests.browser import as_, browser_marks, complaints

pytestmark = browser_marks()


def test_a_deed_is_written_reviewed_read_and_asked_about(phone, tree, member, secretary, committee):
    as_(phone, secretary, "/education/open/pieces/new/?sort=exemplar")
    phone.tap("[name=title]").send_keys("雨夜巡河四十小时")
    phone.tap("[name=text]").send_keys("大家轮流守了两夜河堤。")
    phone.tap("#piece button.btn-primary")
    assert phone.shows("main", "草稿已存")
    phone.tap("#act-submit button.btn-primary")
    assert phone.shows("main", "已送审")
    piece = Piece.objects.get()

    as_(phone, committee, f"/education/open/pieces/{piece.uid}/")
    phone.tap("#act-publish button.btn-primary")
    assert phone.shows("main", "已公开")

    as_(phone, member.user, "/education/open/exemplars/")
    phone.tap(f"a[href*='{piece.uid}']")
    assert phone.shows("#text", "守了两夜河堤")
    phone.tap("#say [name=kind][value=question]")
    phone.tap("#say [name=text]").send_keys("今年修不修堤？")
    phone.tap("#say button[type=submit]")
    assert phone.shows("main", "审核以后公开") and phone.shows("#talk", "等审核")
    assert phone.driver.execute_script("return document.documentElement.scrollWidth") <= 360
    asked = Comment.objects.get()

    as_(phone, committee, f"/education/open/comments/{asked.uid}/")
    phone.tap("#act-pass button.btn-primary")
    assert phone.shows(".pp-message", "已公开")

    as_(phone, secretary, f"/education/open/comments/{asked.uid}/")
    phone.tap("#act-answer [name=note]").send_keys("十二月开工。")
    phone.tap("#act-answer button.btn-primary")
    assert phone.shows(".pp-message", "已答复")

    as_(phone, member.user, f"/education/open/pieces/{piece.uid}/")
    assert phone.shows("#talk", "十二月开工")
    assert not complaints(phone.driver)
