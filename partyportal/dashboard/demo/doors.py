"""Accounts and grants of the demo; each member login is tied to its member."""

from datetime import date

from django.contrib.auth.hashers import make_password

from branches.models import Grant, Organisation
from members.models import Member
from partyportal.core.models import User
from partyportal.dashboard.demo.logins import PASSWORD, Login


def open_doors(logins: tuple[Login, ...]) -> None:
    organisations = {o.code: o for o in Organisation.objects.filter(code__in={login.organisation for login in logins})}
    sealed = make_password(PASSWORD)  # one hash for all: hashing slowly ten times would cost the demo seconds
    for login in logins:
        user = User.objects.create(username=login.username, name=login.name, password=sealed, is_staff=login.role == "system_admin")
        organisation = organisations[login.organisation]
        if login.role:
            Grant.objects.create(user=user, organisation=organisation, role=login.role, start=date(2020, 1, 1), operator=True)
        if login.member:
            member = Member.objects.filter(branch=organisation, name=login.name).order_by("pk").first()
            Member.objects.filter(pk=member.pk).update(user=user)
