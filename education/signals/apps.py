from django.apps import AppConfig


class SignalsConfig(AppConfig):
    name = "education.signals"
    label = "signals"
    verbose_name = "请核实"
