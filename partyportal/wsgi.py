"""The WSGI door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partyportal.settings")
os.environ["PARTYPORTAL_WEB"] = "true"  # settings: DATABASE_PATIENCE
application = get_wsgi_application()
