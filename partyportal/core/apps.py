from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "partyportal.core"
    label = "core"
    verbose_name = "公共部分"

    def ready(self):
        from partyportal.core import checks  # noqa: F401  registers the system checks
