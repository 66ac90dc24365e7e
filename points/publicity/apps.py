from django.apps import AppConfig


class PublicityConfig(AppConfig):
    name = "points.publicity"
    label = "publicity"
    verbose_name = "积分公示"
