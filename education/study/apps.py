from django.apps import AppConfig


class StudyConfig(AppConfig):
    name = "education.study"
    label = "study"
    verbose_name = "学习"
