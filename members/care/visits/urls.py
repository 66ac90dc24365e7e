from django.urls import path

from members.care.visits.views import birthdays, occasions, outings, pairs, visits

app_name = "visits"
urlpatterns = [
    path("", visits.due_list, name="visits"),
    path("export/", visits.dues_export, name="dues_export"),
    path("dues/<uuid:uid>/waive/", visits.waive, name="waive"),
    path("record/", outings.record, name="record"),
    path("log/", outings.log, name="log"),
    path("log/export/", outings.log_export, name="log_export"),
    path("log/<uuid:uid>/", outings.visit, name="visit"),
    path("log/<uuid:uid>/reveal/", outings.reveal, name="reveal"),
    path("log/<uuid:uid>/void/", outings.visit_void, name="visit_void"),
    path("pairs/", pairs.pair_list, name="pairs"),
    path("pairs/export/", pairs.pairs_export, name="pairs_export"),
    path("pairs/new/", pairs.pair_new, name="pair_new"),
    path("pairs/<uuid:uid>/", pairs.pair, name="pair"),
    path("pairs/<uuid:uid>/contact/", pairs.pair_contact, name="pair_contact"),
    path("pairs/<uuid:uid>/end/", pairs.pair_end, name="pair_end"),
    path("birthdays/", birthdays.birthday_list, name="birthdays"),
    path("birthdays/export/", birthdays.birthdays_export, name="birthdays_export"),
    path("birthdays/of/<uuid:uid>/", birthdays.birthday_card, name="birthday_card"),
    path("birthdays/of/<uuid:uid>/keep/", birthdays.birthday_keep, name="birthday_keep"),
    path("birthdays/<uuid:uid>/void/", birthdays.birthday_void, name="birthday_void"),
    path("mine/", pairs.mine, name="mine"),
    path("occasions/", occasions.occasion_list, name="occasions"),
    path("occasions/new/", occasions.occasion_new, name="occasion_new"),
    path("occasions/<uuid:uid>/", occasions.occasion, name="occasion"),
    path("occasions/<uuid:uid>/day/", occasions.occasion_day, name="occasion_day"),
    path("occasions/<uuid:uid>/open/", occasions.round_open, name="round_open"),
    path("rounds/<uuid:uid>/refresh/", occasions.round_refresh, name="round_refresh"),
]
