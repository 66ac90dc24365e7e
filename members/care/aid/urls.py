"""Addresses of 困难救助."""

from django.urls import path

from members.care.aid.views import applications, bulk, cases, notices, overview, programmes

app_name = "aid"
urlpatterns = [
    path("", cases.cases, name="cases"),
    path("export/", cases.export, name="export"),
    path("mine/", applications.mine, name="mine"),
    path("apply/", applications.apply, name="apply"),
    path("from-list/", applications.from_list, name="from_list"),
    path("people/<uuid:uid>/", applications.person, name="person"),
    path("bulk/<slug:act>/", bulk.bulk, name="bulk"),
    path("overview/", overview.overview, name="overview"),
    path("disclosure/", overview.disclosure, name="disclosure"),
    path("notices/", notices.notices, name="notices"),
    path("programmes/", programmes.programmes, name="programmes"),
    path("programmes/new/", programmes.programme_new, name="programme_new"),
    path("programmes/<uuid:uid>/end/", programmes.programme_end, name="programme_end"),
    path("objections/<uuid:uid>/answer/", cases.objection_answer, name="objection_answer"),
    path("<uuid:uid>/", cases.case, name="case"),
    path("<uuid:uid>/reveal/", cases.reveal, name="reveal"),
    path("<uuid:uid>/objections/", cases.objection_new, name="objection_new"),
    path("<uuid:uid>/files/<uuid:file>/", cases.file, name="file"),
    path("<uuid:uid>/<slug:act>/", cases.act, name="act"),
]
