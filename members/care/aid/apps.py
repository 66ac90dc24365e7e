from django.apps import AppConfig


class AidConfig(AppConfig):
    name = "members.care.aid"
    label = "aid"
    verbose_name = "困难救助"
