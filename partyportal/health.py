"""GET /healthz: whether database, broker, worker, beat and disk are well, within a second whatever hangs. Open to all; it tells nothing else."""

import shutil
import threading
import time
from pathlib import Path

import redis
from django.conf import settings
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from redis.backoff import NoBackoff
from redis.retry import Retry

from partyportal.celery import app
from partyportal.core.operating import pulse
from partyportal.core.schema import is_migrated

DEADLINE = 0.85  # of the second promised; the rest is for the answer's own way
WORKER_PATIENCE = 0.7
LEAST_ROOM = 100_000_000  # bytes; doctor warns long before


def broker() -> bool:
    with redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=DEADLINE, socket_connect_timeout=DEADLINE, retry=Retry(NoBackoff(), 0)
    ) as client:
        return client.ping()


def worker() -> bool:
    return bool(app.control.ping(limit=1, timeout=WORKER_PATIENCE))


class Beat:
    """Whether beat has rung lately. A web process that has just begun, or a cache that has just lost its memory, counts from now."""

    def __init__(self):
        self.since, self.knew = time.monotonic(), False

    def __call__(self) -> bool:
        heard, now = pulse.last_heard(), time.monotonic()
        if heard is not None:
            self.since = max(self.since, now - max(0.0, time.time() - heard))
        elif self.knew:
            self.since = now
        self.knew = heard is not None
        return now - self.since <= pulse.LATE


def disk() -> bool:
    """Room for uploads, and for the embedded servers where they run."""
    places = {next(place for place in [path, *path.parents] if place.exists()) for path in map(Path, (settings.MEDIA_ROOT, settings.HOME))}
    return min(shutil.disk_usage(place).free for place in places) >= LEAST_ROOM


TOLD = ("database", "redis", "worker")  # in every answer, as monitors outside know it; another part only while it fails
CHECKS = {"database": is_migrated, "redis": broker, "worker": worker, "beat": Beat(), "disk": disk}


class Check(threading.Thread):
    """One part being asked. A daemon: a part that never answers must not keep the web process from ending."""

    def __init__(self, part: str):
        super().__init__(name=f"healthz-{part}", daemon=True)
        self.part = part
        self.ok = False

    def run(self) -> None:
        try:
            self.ok = CHECKS[self.part]()
        except Exception:  # whatever is wrong with it, the part does not work; the caller is told so
            self.ok = False


_running: dict[str, Check] = {}
_lock = threading.Lock()


def asked(part: str) -> Check:
    """The check now under way, or a new one: however many ask, one thread at most waits on a part that hangs."""
    with _lock:
        check = _running.get(part)
        if check is None or not check.is_alive():
            check = _running[part] = Check(part)
            check.start()
        return check


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, else 503 naming those that do not."""
    give_up = time.monotonic() + DEADLINE
    checks = [asked(part) for part in CHECKS]
    for check in checks:
        check.join(max(0.0, give_up - time.monotonic()))
    answer = {check.part: "ok" if check.ok else "fail" for check in checks if check.part in TOLD or not check.ok}
    response = JsonResponse(answer, status=200 if all(check.ok for check in checks) else 503)
    response._has_been_logged = True  # Django logs each 5xx as an error; here the one who asks is told, every few seconds
    return response
