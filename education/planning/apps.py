from django.apps import AppConfig


class PlanningConfig(AppConfig):
    name = "education.planning"
    label = "planning"
    verbose_name = "年度计划与活动"
