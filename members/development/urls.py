from django.urls import path

from members.development.views import acts, cases

app_name = "development"
urlpatterns = [
    path("", cases.cases, name="cases"),
    path("new/", cases.new, name="new"),
    path("analysis/", cases.analysis, name="analysis"),
    path("rules/", cases.rules, name="rules"),
    path("member/<uuid:uid>/", cases.member, name="member"),
    path("<uuid:uid>/", cases.case, name="case"),
    path("<uuid:uid>/edit/", cases.edit, name="edit"),
    path("<uuid:uid>/step/<slug:code>/", acts.step, name="step"),
    path("<uuid:uid>/materials/", acts.materials, name="materials"),
    path("<uuid:uid>/inspection/", acts.inspection, name="inspection"),
    path("<uuid:uid>/publicity/", acts.publicity, name="publicity"),
    path("<uuid:uid>/contacts/", acts.contacts, name="contacts"),
    path("<uuid:uid>/move/", acts.move, name="move"),
    path("<uuid:uid>/stop/", acts.stop, name="stop"),
    path("<uuid:uid>/void/", acts.void, name="void"),
    path("<uuid:uid>/postpone/", acts.postpone, name="postpone"),
]
