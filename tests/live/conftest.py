import tempfile
from pathlib import Path

import pytest
from django.conf import settings

from partyportal.celery import app
from tests.live.processes import Process, RedisServer, start_worker, wait_until


@pytest.fixture
def folder():
    """A short path: sockets must stay under 107 bytes."""
    with tempfile.TemporaryDirectory(prefix="pp-live-") as place:
        yield Path(place)


@pytest.fixture
def redis_server(folder):
    server = RedisServer(folder)
    server.start()
    yield server
    server.stop()


def _ring_at(url: str, *, eager: bool) -> None:
    """Point this process's bells elsewhere; the pools are remade at the next ring."""
    app.conf.update(task_always_eager=eager, broker_url=url, broker_read_url=url, broker_write_url=url)
    app._pool = None
    app.amqp._producer_pool = None


@pytest.fixture
def broker(redis_server):
    """This process rings real bells: the app's broker is the test's own Redis."""
    _ring_at(f"redis+socket://{redis_server.socket}", eager=False)
    yield redis_server
    _ring_at(settings.CELERY_BROKER_URL, eager=True)


@pytest.fixture
def worker(transactional_db, broker, folder, tmp_path):
    """A real worker with beat. `worker.start()` starts another after a kill. Its log outlives the test, where pytest keeps its folders."""

    class Worker:
        process: Process | None = None

        def start(self) -> None:
            self.process = start_worker(broker.url, folder, log=tmp_path / "worker.log")
            wait_until(lambda: app.control.ping(timeout=0.5, limit=1), seconds=120, what="the worker answering")

        def back(self) -> None:
            """Wait until it has found its broker again; one that gave up is started anew, as its supervisor would."""

            def answers():
                if not self.process.is_alive:
                    self.process = start_worker(broker.url, folder, log=tmp_path / "worker.log")
                return app.control.ping(timeout=0.5, limit=1)

            wait_until(answers, seconds=120, what="the worker answering again")

        def kill(self) -> None:
            self.process.kill()

    one = Worker()
    one.start()
    yield one
    one.kill()
