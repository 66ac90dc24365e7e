"""Addresses of 请核实."""

from django.urls import path

from education.signals import views

app_name = "signals"
urlpatterns = [
    path("", views.questions, name="questions"),
    path("look/", views.look, name="look"),
    path("<uuid:uid>/", views.question, name="question"),
    path("<uuid:uid>/<slug:act>/", views.question_act, name="question_act"),
]
