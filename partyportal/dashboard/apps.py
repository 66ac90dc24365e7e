from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "partyportal.dashboard"
    label = "dashboard"
    verbose_name = "首页与概况"
