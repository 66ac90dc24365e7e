from django.urls import path

from education import views

app_name = "education"
urlpatterns = [
    path("", views.meetings, name="meetings"),
    path("record/", views.record, name="record"),
    path("sw.js", views.worker, name="worker"),
    path("compliance/", views.compliance, name="compliance"),
    path("hours/", views.hours, name="hours"),
    path("<uuid:uid>/", views.meeting, name="meeting"),
    path("<uuid:uid>/edit/", views.meeting_edit, name="meeting_edit"),
    path("<uuid:uid>/confirm/", views.meeting_confirm, name="meeting_confirm"),
    path("<uuid:uid>/return/", views.meeting_return, name="meeting_return"),
    path("<uuid:uid>/void/", views.meeting_void, name="meeting_void"),
]
