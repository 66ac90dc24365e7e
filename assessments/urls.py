from django.urls import path

from assessments import views

app_name = "assessments"
urlpatterns = [
    path("", views.cards, name="cards"),
    path("indicators/", views.indicators, name="indicators"),
    path("<uuid:uid>/", views.card, name="card"),
    path("<uuid:uid>/<slug:code>/", views.evidence, name="evidence"),
]
