from django.apps import AppConfig


class FundConfig(AppConfig):
    name = "members.care.fund"
    label = "fund"
    verbose_name = "基金与经费"
