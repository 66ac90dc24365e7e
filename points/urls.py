"""Addresses of points."""

from django.urls import path

from points.views import accounts, awards

app_name = "points"
urlpatterns = [
    path("", accounts.overview, name="overview"),
    path("mine/", accounts.mine, name="mine"),
    path("members/<uuid:uid>/", accounts.member, name="member"),
    path("entries/", accounts.entries, name="entries"),
    path("awards/", awards.awards, name="awards"),
    path("awards/confirm/", awards.awards_confirm, name="awards_confirm"),
    path("mine/report/", awards.report, name="report"),
    path("awards/new/", awards.award_new, name="award_new"),
    path("awards/<uuid:uid>/", awards.award, name="award"),
    path("awards/<uuid:uid>/decide/", awards.award_decide, name="award_decide"),
    path("awards/<uuid:uid>/revoke/", awards.award_revoke, name="award_revoke"),
    path("awards/<uuid:uid>/files/<uuid:file>/", awards.award_file, name="award_file"),
    path("schemes/", accounts.schemes, name="schemes"),
    path("schemes/<uuid:uid>/", accounts.scheme, name="scheme"),
]
