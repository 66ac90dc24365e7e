"""The roof: settings, URLs, API and Celery. Empty, since the embedded servers' keepers import it too and need nothing of all that."""
