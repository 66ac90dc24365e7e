from django.urls import path

from education.planning import views

app_name = "planning"
urlpatterns = [
    path("", views.plan, name="plan"),
    path("make/", views.plan_make, name="plan_make"),
    path("entries/new/", views.entry_new, name="entry_new"),
    path("entries/<uuid:uid>/", views.entry, name="entry"),
    path("talks/", views.talks, name="talks"),
    path("talks/new/", views.talk_new, name="talk_new"),
    path("talks/<uuid:uid>/void/", views.talk_void, name="talk_void"),
    path("campaigns/", views.campaigns, name="campaigns"),
    path("campaigns/new/", views.campaign_new, name="campaign_new"),
    path("campaigns/<uuid:uid>/", views.campaign, name="campaign"),
    path("campaigns/<uuid:uid>/act/", views.campaign_act, name="campaign_act"),
    path("campaigns/<uuid:uid>/files/<uuid:file>/", views.campaign_file, name="campaign_file"),
    path("templates/", views.templates, name="templates"),
]
