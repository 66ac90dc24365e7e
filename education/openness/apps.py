from django.apps import AppConfig


class OpennessConfig(AppConfig):
    name = "education.openness"
    label = "openness"
    verbose_name = "公开与先锋"
