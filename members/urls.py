from django.urls import path

from members.views import accounts, people, roster

app_name = "members"
urlpatterns = [
    path("", roster.roster, name="roster"),
    path("export/", roster.export, name="export"),
    path("new/", people.new, name="new"),
    path("slips/", accounts.slips, name="slips"),
    path("<uuid:uid>/", people.member, name="member"),
    path("<uuid:uid>/edit/", people.edit, name="edit"),
    path("<uuid:uid>/reveal/", people.reveal, name="reveal"),
]
