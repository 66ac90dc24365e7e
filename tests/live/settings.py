"""What a worker process of the tests runs with: the product's own ways, the tests' backend and no sealed password cost."""

from tests.settings import *  # noqa: F403

CELERY_TASK_ALWAYS_EAGER = False
JOB_HEARTBEAT = True
JOB_FAULTS_RAISE = False
JOB_LEASE = 4

# These are killed, and their servers with them: what they commit is on the disk.
for database in DATABASES.values():  # noqa: F405
    database["OPTIONS"]["options"] += " -c synchronous_commit=on"
