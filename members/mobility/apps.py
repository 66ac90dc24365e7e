from django.apps import AppConfig


class MobilityConfig(AppConfig):
    name = "members.mobility"
    label = "mobility"
    verbose_name = "流动党员"
