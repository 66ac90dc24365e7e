from django.apps import AppConfig


class EducationConfig(AppConfig):
    name = "education"
    verbose_name = "组织生活与教育"
