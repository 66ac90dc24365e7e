"""The real parts together: a Celery worker with beat in its own process, a Redis of the test's own, and kills."""
