"""Redis, the worker and beat."""

import time
from collections.abc import Iterator

import celery
from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry

from partyportal.core.operating import pulse
from partyportal.core.operating.doctor.findings import Finding, fault, note, ok

QUEUE = "celery"
LONG_QUEUE = 1000
WORKER_PATIENCE = 2.0

START = "试用时 make demo 会启动它"


def _client() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))


def redis() -> Iterator[Finding]:
    """It answers, keeps what is queued, and the queue is not growing without end."""
    try:
        with _client() as client:
            version = client.info("server")["redis_version"]
            memory = client.info("memory")
            waiting = client.llen(QUEUE)
    except (RedisError, OSError) as error:
        yield fault("Redis", f"连不上（{type(error).__name__}）", "检查 REDIS_URL，确认 Redis 已启动、口令正确。数据不会丢，积分会迟到。")
        return
    policy = memory.get("maxmemory_policy", "noeviction")
    if memory.get("maxmemory", 0) and policy != "noeviction":
        yield fault("Redis", f"内存满时会丢任务（maxmemory-policy {policy}）", "设 maxmemory-policy noeviction。")
    if waiting > LONG_QUEUE:
        yield fault("Redis", f"{waiting} 个任务在排队", "查看任务进程是否在运行；任务多时增加 worker 的并发数。")
    else:
        yield ok("Redis", f"{version}，{waiting} 个任务在排队")


def worker() -> Iterator[Finding]:
    """At least one takes tasks."""
    try:
        answers = celery.current_app.control.ping(timeout=WORKER_PATIENCE)
    except Exception as error:  # whatever the broker raises: it is the broker's own finding
        yield fault("任务进程", f"问不到（{type(error).__name__}）", "先让 Redis 恢复。")
        return
    if answers:
        yield ok("任务进程", f"{len(answers)} 个在运行")
    elif settings.EMBEDDED:
        yield note("任务进程", f"没有在运行；{START}")
    else:
        yield fault("任务进程", "没有应答", "启动 worker：docker compose up -d worker，并查看 docker compose logs worker。")


def beat() -> Iterator[Finding]:
    """Its last tick."""
    heard = pulse.last_heard()
    age = None if heard is None else time.time() - heard
    if age is not None and age <= pulse.LATE:
        yield ok("定时进程", f"{age:.0f} 秒前响过")
    elif settings.EMBEDDED:
        yield note("定时进程", f"没有在运行；{START}" if heard is None else f"上次响是 {age / 60:.0f} 分钟前")
    else:
        said = "没有听到过" if heard is None else f"上次响是 {age / 60:.0f} 分钟前"
        yield fault("定时进程", said, "启动 beat（只能有一个）：docker compose up -d beat，并查看 docker compose logs beat。")
