"""Addresses of motions and votes."""

from django.urls import path

from education.motions.views import counting, motions, voting

app_name = "motions"
urlpatterns = [
    path("", motions.motions, name="motions"),
    path("new/", motions.motion_new, name="motion_new"),
    path("<uuid:uid>/", motions.motion, name="motion"),
    path("<uuid:uid>/open/", motions.motion_open, name="motion_open"),
    path("<uuid:uid>/void/", motions.motion_void, name="motion_void"),
    path("<uuid:uid>/opinion/", counting.opinion, name="opinion"),
    path("<uuid:uid>/opinion/<uuid:opinion>/files/<uuid:file>/", counting.opinion_file, name="opinion_file"),
    path("<uuid:uid>/ballots/", counting.ballots, name="ballots"),
    path("<uuid:uid>/count/", counting.count, name="count"),
    path("<uuid:uid>/vote/", voting.vote, name="vote"),
    path("<uuid:uid>/close/", voting.close, name="close"),
]
