"""Addresses of points."""

from django.urls import path

from points.views import accounts, awards, grades, letters, replays, seals, simulations

app_name = "points"
urlpatterns = [
    path("", accounts.overview, name="overview"),
    path("mine/", accounts.mine, name="mine"),
    path("members/<uuid:uid>/", accounts.member, name="member"),
    path("members/<uuid:uid>/replay/", replays.member_replay, name="member_replay"),
    path("replay/", replays.replay, name="replay"),
    path("members/<uuid:uid>/letter/", letters.letter, name="letter"),
    path("letters/", letters.letters, name="letters"),
    path("grades/", grades.grades, name="grades"),
    path("year-end/", grades.year_end, name="year_end"),
    path("entries/", accounts.entries, name="entries"),
    path("awards/", awards.awards, name="awards"),
    path("awards/confirm/", awards.awards_confirm, name="awards_confirm"),
    path("mine/report/", awards.report, name="report"),
    path("awards/new/", awards.award_new, name="award_new"),
    path("awards/<uuid:uid>/", awards.award, name="award"),
    path("awards/<uuid:uid>/decide/", awards.award_decide, name="award_decide"),
    path("awards/<uuid:uid>/revoke/", awards.award_revoke, name="award_revoke"),
    path("awards/<uuid:uid>/files/<uuid:file>/", awards.award_file, name="award_file"),
    path("seals/", seals.seals, name="seals"),
    path("seals/verify/", seals.verify, name="seals_verify"),
    path("seals/export/", seals.export, name="seals_export"),
    path("seals/export/<uuid:uid>/", seals.exported, name="seals_exported"),
    path("seals/print/", seals.sheet, name="seals_print"),
    path("schemes/", accounts.schemes, name="schemes"),
    path("schemes/<uuid:uid>/", accounts.scheme, name="scheme"),
    path("schemes/<uuid:uid>/simulation/", simulations.simulation, name="simulation"),
    path("schemes/<uuid:uid>/simulation/run/", simulations.simulate, name="simulate"),
    path("schemes/<uuid:uid>/simulation/consent/", simulations.consent, name="simulation_consent"),
    path("schemes/<uuid:uid>/simulation/<uuid:member>/", simulations.simulated_member, name="simulated_member"),
]
