from django.urls import path

from members.outreach.views import areas, cadres, dispatches, overview

app_name = "outreach"
urlpatterns = [
    path("", overview.outreach, name="outreach"),
    path("export/", overview.export, name="export"),
    path("dispatches/new/", dispatches.dispatch_new, name="dispatch_new"),
    path("dispatches/<uuid:uid>/", dispatches.dispatch, name="dispatch"),
    path("dispatches/<uuid:uid>/end/", dispatches.dispatch_end, name="dispatch_end"),
    path("visits/<uuid:uid>/void/", dispatches.visit_void, name="visit_void"),
    path("areas/new/", areas.area_new, name="area_new"),
    path("areas/<uuid:uid>/", areas.area, name="area"),
    path("areas/<uuid:uid>/part/", areas.area_part, name="area_part"),
    path("areas/<uuid:uid>/close/", areas.area_close, name="area_close"),
    path("cadres/new/", cadres.cultivation_new, name="cultivation_new"),
    path("cadres/<uuid:uid>/", cadres.cultivation, name="cultivation"),
    path("cadres/<uuid:uid>/end/", cadres.cultivation_end, name="cultivation_end"),
    path("cards/new/", cadres.card_new, name="card_new"),
    path("cards/<uuid:uid>/", cadres.card, name="card"),
    path("cards/<uuid:uid>/end/", cadres.card_end, name="card_end"),
]
