"""Addresses of 季度公示."""

from django.urls import path

from points.publicity.views import objections, sheets

app_name = "publicity"
urlpatterns = [
    path("", sheets.publications, name="publications"),
    path("mine/", sheets.mine, name="mine"),
    path("mine/<uuid:fact>/", objections.object_to_fact, name="object_to_fact"),
    path("new/", sheets.publication_new, name="publication_new"),
    path("objections/", objections.objections, name="objections"),
    path("objections/<uuid:uid>/", objections.objection, name="objection"),
    path("objections/<uuid:uid>/files/<uuid:file>/", objections.objection_file, name="objection_file"),
    path("objections/<uuid:uid>/<slug:act>/", objections.objection_act, name="objection_act"),
    path("<uuid:uid>/", sheets.publication, name="publication"),
    path("<uuid:uid>/print/", sheets.publication_print, name="publication_print"),
    path("<uuid:uid>/close/", sheets.publication_close, name="publication_close"),
    path("<uuid:uid>/object/", objections.objection_new, name="objection_new"),
]
