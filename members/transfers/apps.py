from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "members.transfers"
    label = "transfers"
    verbose_name = "组织关系转接"
