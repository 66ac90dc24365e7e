"""The WSGI door for gunicorn."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partyportal.settings")
os.environ.setdefault("DATABASE_PATIENCE", "15")
application = get_wsgi_application()
