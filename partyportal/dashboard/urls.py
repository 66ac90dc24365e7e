from django.urls import path

from partyportal.dashboard import sources, views

app_name = "dashboard"
urlpatterns = [
    path("", views.home, name="home"),
    path("duties/", views.duties, name="duties"),
    path("search/", views.search, name="search"),
    path("facts/<uuid:uid>/source/", sources.fact_source, name="fact_source"),
    path("cockpit/", views.cockpit, name="cockpit"),
    path("reports/", views.reports, name="reports"),
    path("cockpit/attention/", views.attention, name="attention"),
    path("cockpit/export/", views.export, name="export"),
    path("cockpit/export/<uuid:uid>/", views.exported, name="exported"),
    path("cockpit/export/<uuid:uid>/file/", views.export_file, name="export_file"),
]
