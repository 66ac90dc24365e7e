"""Coming in, the first password, 大字."""

import pytest
from django.test import Client
from django.urls import reverse

from partyportal.core.models import AuditEntry, User
from tests.factories import make_user

PASSWORD = "Correct-9horse"


def log_in(client, username, password=PASSWORD, **data):
    return client.post(reverse("core:login"), {"username": username, "password": password} | data)


def test_a_user_name_opens_the_door_and_leaves_an_audit_row(client, secretary):
    response = log_in(client, "secretary")
    assert response["Location"] == reverse("dashboard:home")
    assert AuditEntry.objects.get(code="core.user.entered").actor == secretary


def test_a_family_phone_opens_the_account_whose_password_it_is(client, db):
    father = make_user("潘大山", username="father", phone="15400000001", password="Father-9horse")
    make_user("潘小山", username="son", phone="15400000001", password="Son-only-9horse")
    log_in(client, "15400000001", "Father-9horse")
    assert int(client.session["_auth_user_id"]) == father.pk


def test_two_of_a_family_with_one_password_log_in_by_name(client, db):
    make_user("潘大山", username="father", phone="15400000001")
    make_user("潘小山", username="son", phone="15400000001")
    response = log_in(client, "15400000001")
    assert response.status_code == 200
    assert "用各自的用户名登录" in response.content.decode()


def test_a_wrong_password_keeps_the_name_typed(client, secretary):
    response = log_in(client, "secretary", "wrong")
    assert 'value="secretary"' in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_a_disabled_account_stays_out(client, secretary):
    User.objects.update(is_active=False)
    assert "_auth_user_id" not in log_in(client, "secretary").client.session


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)", "x", "core:login"])
def test_next_never_leads_out_of_the_portal(client, secretary, target):
    assert log_in(client, "secretary", next=target)["Location"] == reverse("dashboard:home")
    assert client.get(reverse("core:login"), {"next": target})["Location"] == reverse("dashboard:home")


def test_next_leads_to_the_page_asked_for(client, secretary):
    assert log_in(client, "secretary", next="/members/")["Location"] == "/members/"


def test_five_wrong_passwords_close_the_door(client, secretary, settings):
    settings.AXES_ENABLED = True
    for _ in range(5):
        response = log_in(client, "secretary", "wrong")
    assert response.status_code == 429
    assert log_in(client, "secretary").status_code == 429


def test_leaving_is_a_post(client, secretary):
    client.force_login(secretary)
    assert client.get(reverse("core:logout")).status_code == 405
    client.post(reverse("core:logout"))
    assert "_auth_user_id" not in client.session


def test_an_initial_password_opens_only_its_own_page(client, secretary):
    User.objects.filter(pk=secretary.pk).update(must_change_password=True)
    client.force_login(secretary)
    assert client.get(reverse("dashboard:home"))["Location"] == reverse("core:password")
    assert client.get(reverse("core:password")).status_code == 200


def test_the_new_password_frees_the_account_and_ends_other_sessions(client, secretary):
    User.objects.filter(pk=secretary.pk).update(must_change_password=True)
    other = Client()
    other.force_login(secretary)
    client.force_login(secretary)
    new = {"old_password": PASSWORD, "new_password1": "Brand-new-7", "new_password2": "Brand-new-7"}
    assert client.post(reverse("core:password"), new)["Location"] == reverse("dashboard:home")
    secretary.refresh_from_db()
    assert (secretary.must_change_password, secretary.check_password("Brand-new-7")) == (False, True)
    assert client.get(reverse("core:jobs")).status_code == 200
    assert other.get(reverse("core:jobs")).status_code == 302
    assert AuditEntry.objects.filter(code="core.user.password_changed", target_uid=secretary.uid).exists()


@pytest.mark.parametrize(
    ("new", "said"),
    [
        (PASSWORD, "新密码要与原来的不同"),
        ("short-1", "8"),
        ("8412097653", "数字"),
    ],
)
def test_a_poor_new_password_is_refused_with_the_reason(client, secretary, new, said):
    client.force_login(secretary)
    response = client.post(reverse("core:password"), {"old_password": PASSWORD, "new_password1": new, "new_password2": new})
    assert said in response.content.decode()
    secretary.refresh_from_db()
    assert secretary.check_password(PASSWORD)


def test_large_text_is_kept_with_the_account(client, secretary):
    client.force_login(secretary)
    response = client.post(reverse("core:large_text"), {"large": "1", "next": reverse("core:jobs")})
    assert response["Location"] == reverse("core:jobs")
    assert 'class="pp-large"' in client.get(reverse("core:jobs")).content.decode()
    client.post(reverse("core:large_text"), {"large": "0"})
    assert 'class="pp-large"' not in client.get(reverse("core:jobs")).content.decode()


def test_large_text_before_logging_in_is_a_cookie(client, db):
    client.post(reverse("core:large_text"), {"large": "1", "next": reverse("core:login")})
    assert 'class="pp-large"' in client.get(reverse("core:login")).content.decode()
