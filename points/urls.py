"""Addresses of points."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from points.views import accounts, awards, drafts, grades, letters, replays, schemes, seals, simulations


class PartConverter(StringConverter):
    """A part of a scheme."""

    regex = "category|item|multiplier|threshold"


register_converter(PartConverter, "part")

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
    path("schemes/<uuid:uid>/simulation/", simulations.simulation, name="simulation"),
    path("schemes/<uuid:uid>/simulation/run/", simulations.simulate, name="simulate"),
    path("schemes/<uuid:uid>/simulation/consent/", simulations.consent, name="simulation_consent"),
    path("schemes/<uuid:uid>/simulation/<uuid:member>/", simulations.simulated_member, name="simulated_member"),
    path("schemes/", schemes.schemes, name="schemes"),
    path("schemes/new/", drafts.scheme_new, name="scheme_new"),
    path("schemes/<uuid:uid>/", schemes.scheme, name="scheme"),
    path("schemes/<uuid:uid>/head/", drafts.scheme_head, name="scheme_head"),
    path("schemes/<uuid:uid>/delete/", drafts.scheme_delete, name="scheme_delete"),
    path("schemes/<uuid:uid>/publish/", schemes.scheme_publish, name="scheme_publish"),
    path("schemes/<uuid:uid>/consent/", schemes.scheme_consent, name="scheme_consent"),
    path("schemes/<uuid:uid>/<part:part>/new/", drafts.part_new, name="scheme_part_new"),
    path("schemes/<uuid:uid>/<part:part>/<str:key>/", drafts.part, name="scheme_part"),
    path("schemes/<uuid:uid>/<part:part>/<str:key>/remove/", drafts.part_remove, name="scheme_part_remove"),
]
