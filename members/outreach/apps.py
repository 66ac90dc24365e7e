from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "members.outreach"
    label = "outreach"
    verbose_name = "服务网络"
