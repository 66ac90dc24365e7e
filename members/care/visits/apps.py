from django.apps import AppConfig


class VisitsConfig(AppConfig):
    name = "members.care.visits"
    label = "visits"
    verbose_name = "走访帮扶"
