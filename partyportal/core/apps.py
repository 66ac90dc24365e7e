from django.apps import AppConfig

from partyportal.core.sentences import speak_plainly

speak_plainly()  # here, not in ready(): fields are made when forms are imported, which models may do


class CoreConfig(AppConfig):
    name = "partyportal.core"
    label = "core"
    verbose_name = "账号与系统"

    def ready(self):
        from partyportal.core import checks  # noqa: F401  registers the system checks
