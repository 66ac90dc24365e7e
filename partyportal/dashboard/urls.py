from django.urls import path

from partyportal.dashboard import views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("duties/", views.duties, name="duties"),
    path("search/", views.search, name="search"),
    path("cockpit/", views.cockpit, name="cockpit"),
    path("cockpit/attention/", views.attention, name="attention"),
    path("cockpit/export/", views.export, name="export"),
]
