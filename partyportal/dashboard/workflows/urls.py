"""Addresses of acts across apps, each in the namespace of the app whose rows it is about."""

from django.urls import path

from partyportal.dashboard.workflows import views

of_members = [
    path("duplicates/<uuid:kept>/<uuid:gone>/", views.merge, name="merge"),
    path("duplicates/merged/<uuid:uid>/reverse/", views.merge_reverse, name="merge_reverse"),
]
