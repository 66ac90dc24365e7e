from django.urls import path

from members.views import roster

app_name = "members"
urlpatterns = [
    path("", roster.roster, name="roster"),
]
