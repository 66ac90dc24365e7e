from django.apps import AppConfig


class CareConfig(AppConfig):
    name = "members.care"
    label = "care"
    verbose_name = "关怀帮扶"
