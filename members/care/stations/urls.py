from django.urls import path

from members.care.stations.views import bookings, displays, places, requests, standards, times

app_name = "stations"
urlpatterns = [
    path("", places.stations, name="stations"),
    path("new/", places.station_new, name="station_new"),
    path("standards/", standards.overview, name="standards"),
    path("standards/<slug:code>/", standards.standard, name="standard"),
    path("requests/", requests.requests, name="requests"),
    path("requests/<uuid:uid>/", requests.request, name="request"),
    path("requests/<uuid:uid>/whole/", requests.request_reveal, name="request_reveal"),
    path("requests/<uuid:uid>/<slug:act>/", requests.request_act, name="request_act"),
    path("bookings/<uuid:uid>/", bookings.booking, name="booking"),
    path("bookings/<uuid:uid>/<slug:act>/", bookings.booking_act, name="booking_act"),
    path("checks/<uuid:uid>/", standards.check, name="check"),
    path("checks/<uuid:uid>/<slug:act>/", standards.check_act, name="check_act"),
    path("missing/<uuid:uid>/", standards.mend, name="mend"),
    path("rooms/<uuid:uid>/close/", places.room_close, name="room_close"),
    path("duty/<uuid:uid>/end/", times.duty_end, name="duty_end"),
    path("exceptions/<uuid:uid>/drop/", times.exception_drop, name="exception_drop"),
    path("displays/<uuid:uid>/down/", displays.display_down, name="display_down"),
    path("displays/photos/<uuid:uid>/", displays.display_photo, name="display_photo"),
    path("<uuid:uid>/", places.station, name="station"),
    path("<uuid:uid>/edit/", places.station_edit, name="station_edit"),
    path("<uuid:uid>/close/", places.station_close, name="station_close"),
    path("<uuid:uid>/rooms/new/", places.room_new, name="room_new"),
    path("<uuid:uid>/hours/", times.hours, name="hours"),
    path("<uuid:uid>/exceptions/", times.exception_new, name="exception_new"),
    path("<uuid:uid>/duty/", times.roster, name="roster"),
    path("<uuid:uid>/bookings/", bookings.bookings, name="bookings"),
    path("<uuid:uid>/bookings/new/", bookings.booking_new, name="booking_new"),
    path("<uuid:uid>/check/", standards.check_new, name="check_new"),
    path("<uuid:uid>/displays/new/", displays.display_new, name="display_new"),
    path("<uuid:uid>/requests/new/", requests.request_new, name="request_new"),
    path("<uuid:uid>/requests/ask/", requests.request_ask, name="request_ask"),
]
