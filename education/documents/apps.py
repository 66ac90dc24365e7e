from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "education.documents"
    label = "documents"
    verbose_name = "台账"
