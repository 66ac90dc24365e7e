from django.apps import AppConfig


class MotionsConfig(AppConfig):
    name = "education.motions"
    label = "motions"
    verbose_name = "议题与表决"
