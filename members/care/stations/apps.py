from django.apps import AppConfig


class StationsConfig(AppConfig):
    name = "members.care.stations"
    label = "stations"
    verbose_name = "服务阵地"
