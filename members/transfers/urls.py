from django.urls import path

from members.transfers import views

app_name = "transfers"
urlpatterns = [
    path("", views.transfers, name="transfers"),
    path("apply/", views.apply, name="apply"),
    path("arrive/", views.arrive, name="arrive"),
    path("branches/", views.branches, name="branches"),
    path("verify/", views.verify, name="verify"),
    path("<uuid:uid>/", views.transfer, name="transfer"),
    path("<uuid:uid>/letter/", views.letter, name="letter"),
    path("<uuid:uid>/<slug:act>/", views.act, name="act"),
]
