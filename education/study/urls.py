"""Addresses of study."""

from django.urls import path

from education.study.views import courses, lessons, papers, sessions, standing

app_name = "study"
urlpatterns = [
    path("", courses.courses, name="courses"),
    path("new/", courses.course_new, name="course_new"),
    path("hours/", standing.table, name="table"),
    path("transcript/", standing.transcript, name="transcript"),
    path("sessions/", sessions.sessions, name="sessions"),
    path("sessions/new/", sessions.training_new, name="training_new"),
    path("sessions/<uuid:uid>/", sessions.session, name="session"),
    path("sessions/<uuid:uid>/confirm/", sessions.session_confirm, name="session_confirm"),
    path("sessions/<uuid:uid>/void/", sessions.session_void, name="session_void"),
    path("sites/", sessions.sites, name="sites"),
    path("sites/<uuid:uid>/record/", sessions.site_record, name="site_record"),
    path("sites/<uuid:uid>/close/", sessions.site_close, name="site_close"),
    path("lessons/<uuid:uid>/", lessons.lesson, name="lesson"),
    path("lessons/<uuid:uid>/position/", lessons.lesson_position, name="lesson_position"),
    path("lessons/<uuid:uid>/file/", lessons.lesson_file, name="lesson_file"),
    path("lessons/<uuid:uid>/remove/", lessons.lesson_remove, name="lesson_remove"),
    path("attempts/<uuid:uid>/", papers.attempt, name="attempt"),
    path("questions/<uuid:uid>/retire/", papers.question_retire, name="question_retire"),
    path("assignments/<uuid:uid>/end/", courses.assignment_end, name="assignment_end"),
    path("<uuid:uid>/", courses.course, name="course"),
    path("<uuid:uid>/open/", courses.course_open, name="course_open"),
    path("<uuid:uid>/close/", courses.course_close, name="course_close"),
    path("<uuid:uid>/assign/", courses.assign, name="assign"),
    path("<uuid:uid>/lessons/", lessons.lesson_new, name="lesson_new"),
    path("<uuid:uid>/learners/", courses.learners, name="learners"),
    path("<uuid:uid>/withdraw/", courses.withdraw, name="withdraw"),
    path("<uuid:uid>/bank/", papers.bank, name="bank"),
    path("<uuid:uid>/paper/", papers.paper, name="paper"),
    path("<uuid:uid>/test/", papers.attempt_new, name="attempt_new"),
]
