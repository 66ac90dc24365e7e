"""What a worker process of the tests runs with: the product's own ways, the tests' backend and no sealed password cost."""

from tests.settings import *  # noqa: F403

CELERY_TASK_ALWAYS_EAGER = False
JOB_HEARTBEAT = True
JOB_FAULTS_RAISE = False
JOB_LEASE = 4
