from django.urls import path

from education import views

app_name = "education"
urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("record/", views.record, name="record"),
    path("sw.js", views.worker, name="worker"),
    path("compliance/", views.compliance, name="compliance"),
    path("misses/", views.miss, name="miss"),
    path("requirements/", views.requirements, name="requirements"),
    path("hours/", views.hours, name="hours"),
    path("sign-in/", views.sign_in, name="sign_in"),
    path("leaves/", views.leaves, name="leaves"),
    path("leaves/new/", views.leave_new, name="leave_new"),
    path("leaves/<uuid:uid>/", views.leave, name="leave"),
    path("exclusions/", views.exclusions, name="exclusions"),
    path("exclusions/new/", views.exclusion_new, name="exclusion_new"),
    path("exclusions/<uuid:uid>/", views.exclusion, name="exclusion"),
    path("checks/", views.checks, name="checks"),
    path("checks/new/", views.check_new, name="check_new"),
    path("checks/<uuid:uid>/", views.check, name="check"),
    path("files/<uuid:uid>/", views.meeting_file, name="meeting_file"),
    path("files/<uuid:uid>/remove/", views.meeting_file_remove, name="meeting_file_remove"),
    path("<uuid:uid>/", views.meeting, name="meeting"),
    path("<uuid:uid>/agenda/", views.meeting_agenda, name="meeting_agenda"),
    path("<uuid:uid>/minutes/", views.meeting_minutes, name="meeting_minutes"),
    path("<uuid:uid>/approve/", views.meeting_approve, name="meeting_approve"),
    path("<uuid:uid>/files/", views.meeting_files, name="meeting_files"),
    path("<uuid:uid>/edit/", views.meeting_edit, name="meeting_edit"),
    path("<uuid:uid>/confirm/", views.meeting_confirm, name="meeting_confirm"),
    path("<uuid:uid>/return/", views.meeting_return, name="meeting_return"),
    path("<uuid:uid>/void/", views.meeting_void, name="meeting_void"),
]
