from django.apps import AppConfig


class HonoursConfig(AppConfig):
    name = "points.honours"
    label = "honours"
    verbose_name = "评比表彰"
