"""Addresses of 评比表彰."""

from django.urls import path

from points.honours.views import calls, honours, nominations, uses

app_name = "honours"
urlpatterns = [
    path("", calls.calls, name="calls"),
    path("new/", calls.new, name="new"),
    path("register/", honours.register, name="register"),
    path("register/<uuid:uid>/", honours.honour, name="honour"),
    path("wall/<str:code>/", honours.wall, name="wall"),
    path("members/<uuid:uid>/", honours.member, name="member"),
    path("nominations/<uuid:uid>/", nominations.nomination, name="nomination"),
    path("nominations/<uuid:uid>/<slug:act>/", nominations.act, name="nomination_act"),
    path("objections/<uuid:uid>/", nominations.objection, name="objection"),
    path("uses/", uses.uses, name="uses"),
    path("uses/talks/", uses.talks, name="talks"),
    path("uses/new/", uses.new, name="use_new"),
    path("uses/<uuid:uid>/void/", uses.void, name="use_void"),
    path("<uuid:uid>/", calls.call, name="call"),
    path("<uuid:uid>/nominate/", nominations.nominate, name="nominate"),
    path("<uuid:uid>/notice/", calls.notice, name="notice"),
    path("<uuid:uid>/<slug:act>/", calls.act, name="act"),
]
