"""The product's settings, and the few lines a test run needs otherwise."""

from partyportal.settings import *  # noqa: F403
from partyportal.settings import DATABASES, REST_FRAMEWORK

for database in DATABASES.values():
    database["ENGINE"] = "tests.backend"
    database["CONN_MAX_AGE"] = 0
    # A commit need not wait for the disk: no test takes this server down and asks what it kept (those that do have a home of their own).
    database["OPTIONS"] = database["OPTIONS"] | {"options": database["OPTIONS"]["options"] + " -c synchronous_commit=off"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
JOB_HEARTBEAT = False
JOB_FAULTS_RAISE = True
AXES_ENABLED = False
WHITENOISE_AUTOREFRESH = True
REST_FRAMEWORK = REST_FRAMEWORK | {"DEFAULT_THROTTLE_CLASSES": []}
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
