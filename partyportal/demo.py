"""`make demo`: prepares the demo county, then watches a web server, a worker and beat until Ctrl-C, and leaves no process behind."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from partyportal import embedded
from partyportal.embedded.parents import end_with_parent

HOST = "127.0.0.1"  # everybody knows the logins: the demo is for this machine alone
FAREWELL = 2.5  # seconds a child has to end by itself; what its tasks leave undone is taken up at the next start
PULSE = 0.1
PREPARING = 5_720_260_301  # the advisory lock of whoever prepares a database: demos of one home started at once take turns


class Stopped(Exception):
    """Ctrl-C or another request to end."""


class DemoFault(Exception):
    """The demo cannot run; the text says why."""


class Demo:
    """The children of a demo, each the head of its own process group."""

    def __init__(self, port: int):
        self.port = port
        self.door: socket.socket | None = None
        self.stopping = False
        self.children: dict[str, subprocess.Popen] = {}
        self.deaths: list[float] = []
        # With a foreign database the settings are as strict as in production; the demo still makes its own keys.
        self.environment = {
            "DEMO_KEYS": "1",
            "ALLOWED_HOSTS": f"{HOST},localhost",
            "PYTHONWARNINGS": "ignore:You're running the worker with superuser",  # Celery's; our own affair in a demo
        } | os.environ
        self.services = {
            "web": [
                "gunicorn", "partyportal.wsgi", "--workers", "2", "--threads", "4", "--timeout", "120", "--limit-request-line", "8190",
                "--graceful-timeout", "2", "--preload", "--no-control-socket", "--log-level", "warning",
            ],
            "worker": [
                "celery", "--app", "partyportal", "--quiet", "worker", "--concurrency", "2", "--loglevel", "warning",
                "--without-gossip", "--without-mingle", "--without-heartbeat",
            ],
            # Not inside the worker: there nobody would miss it when it is killed. A second demo of the home keeps a schedule of its own.
            "beat": [
                "celery", "--app", "partyportal", "--quiet", "beat", "--schedule", str(embedded.home() / f"beat-{port}"),
                "--loglevel", "warning",
            ],
        }  # fmt: skip

    def run(self) -> None:
        """Until stopped. Signals only set a flag, so that no child is ever started and not remembered."""
        for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(ending, self._stop)
        began = time.monotonic()
        try:
            listen(self.port).close()  # a taken port is said before anything is started, and so is a full disk
            if not {"DATABASE_URL", "REDIS_URL"} <= {name for name, value in os.environ.items() if value}:
                embedded.require_room()
            self._hold()
            logins = self._prepare()
            self._open()
            self._start("web")
            self._start("worker")
            self._wait_until_healthy()
            self._start("beat")  # last: nobody waits for its first minute, and until here two cores have enough to do
            took = time.monotonic() - began
            print(f"\n  http://{HOST}:{self.port}/   就绪，用时 {took:.1f} 秒。按 Ctrl-C 结束。\n\n{logins}", flush=True)
            while True:
                self._pause(1)
                self._look_round()
                self._hold()
        except Stopped:
            print("\n正在结束……", flush=True)
        finally:
            self._end_children()
            embedded.leave()

    def _stop(self, *_) -> None:
        self.stopping = True

    def _pause(self, seconds: float) -> None:
        give_up = time.monotonic() + seconds
        while not self.stopping and time.monotonic() < give_up:
            time.sleep(PULSE)
        if self.stopping:
            raise Stopped

    def _hold(self) -> None:
        """Hold the embedded servers while the demo runs; asked again, this brings back what was killed."""
        if not os.environ.get("DATABASE_URL"):
            embedded.database_url(meanwhile=self._look_round)
        if not os.environ.get("REDIS_URL"):
            embedded.redis_url(meanwhile=self._look_round)

    def _look_round(self) -> None:
        """Ctrl-C, or a child that has ended."""
        self._pause(0)
        self._revive()

    def _prepare(self) -> str:
        """Migrate and seed in a child; returns what it says on stdout: the logins."""
        with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
            child = self._spawn("prepare", ["partyportal.demo", "prepare"], stdout=said)
            while child.poll() is None:
                self._pause(PULSE)
            del self.children["prepare"]
            if child.returncode:
                raise DemoFault("准备演示数据失败，原因见上。")
            said.seek(0)
            return said.read()

    def _open(self) -> None:
        """The door is ours and handed to whichever web server runs: who knocks while one is killed waits for the next."""
        self.door = listen(self.port)
        self.services["web"] += ["--bind", f"fd://{self.door.fileno()}"]

    def _start(self, name: str) -> None:
        self._spawn(name, self.services[name])

    def _spawn(self, name: str, module_and_words: list[str], stdout=None) -> subprocess.Popen:
        self.children[name] = child = subprocess.Popen(
            [sys.executable, "-m", *module_and_words],
            cwd=embedded.CHECKOUT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=stdout,
            pass_fds=[self.door.fileno()] if name == "web" else [],
            start_new_session=True,  # Ctrl-C reaches it through us alone, and its whole group can be ended
            preexec_fn=end_with_parent(signal.SIGTERM),
        )
        return child

    def _wait_until_healthy(self) -> None:
        give_up = time.monotonic() + 120
        while missing := unhealthy(self.port):
            self._revive()
            if time.monotonic() > give_up:
                raise DemoFault(f"服务没有就绪：{missing}。")
            self._pause(PULSE)

    def _revive(self) -> None:
        """Start again what has ended; what fails by itself again and again is broken, what is killed from outside is not."""
        for name, child in list(self.children.items()):
            if child.poll() is None:
                continue
            self.deaths = [moment for moment in self.deaths if moment > time.monotonic() - 60]
            self.deaths += [time.monotonic()] if child.returncode not in (0, -signal.SIGKILL, -signal.SIGTERM) else []
            if len(self.deaths) > 3:
                raise DemoFault(f"{name} 反复退出，原因见上。")
            print(f"{name} 已退出（{child.returncode}），重新启动。", flush=True)
            end_group(child)
            self._start(name)

    def _end_children(self) -> None:
        for child in self.children.values():
            with contextlib.suppress(ProcessLookupError):
                child.terminate()
        give_up = time.monotonic() + FAREWELL
        for child in self.children.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(max(0.0, give_up - time.monotonic()))
            end_group(child)


def end_group(child: subprocess.Popen) -> None:
    """End whatever is left of a child's process group: a worker's pool may outlive the worker."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def listen(port: int) -> socket.socket:
    """A socket that takes connections there, or the sentence why not."""
    try:
        return socket.create_server((HOST, port), backlog=128)
    except OSError as error:
        raise DemoFault(f"端口 {port} 不能使用（{os.strerror(error.errno)}）。请换一个：PORT={port + 1} make demo") from error


def unhealthy(port: int) -> str:
    """The parts that do not answer yet; empty when all do."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/healthz", timeout=3):
            return ""
    except urllib.error.HTTPError as error:
        with contextlib.suppress(ValueError):
            return "、".join(part for part, word in json.load(error).items() if word != "ok")
        return f"web（{error.code}）"
    except OSError:
        return "web"


def prepare() -> None:
    """Bring the database up to date, fill it once, say the logins; in a process of its own, Django being heavy for a supervisor."""
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import call_command
    from django.db import OperationalError, connections

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partyportal.settings")
    try:
        django.setup()
    except ImproperlyConfigured as fault:
        raise DemoFault(str(fault)) from fault
    require_servers()
    with connections["progress"].cursor() as cursor:  # apart from the work's own connection: held until this process ends
        cursor.execute("SELECT pg_advisory_lock(%s)", [PREPARING])
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except OperationalError as fault:
        raise DemoFault(f"数据库没有升级成：{first_line(fault)}。") from fault
    require_known_schema()
    Path(settings.STATIC_ROOT).mkdir(parents=True, exist_ok=True)  # whitenoise warns of a missing folder
    if not settings.WHITENOISE_USE_FINDERS:
        call_command("collectstatic", interactive=False, verbosity=0)
    call_command("seed_demo", size=os.environ.get("DEMO") or "small", stdout=sys.stderr)
    print(logins())


def require_servers() -> None:
    """Addresses that lead nowhere are said at once, in a sentence."""
    from django.conf import settings
    from django.db import OperationalError, connection
    from redis import Redis, RedisError

    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise DemoFault(f"连不上数据库：{first_line(error)}。请检查 DATABASE_URL，或去掉它，用内置的数据库。") from error
    try:
        with Redis.from_url(settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=5) as broker:
            broker.ping()
    except (RedisError, OSError, ValueError) as error:
        raise DemoFault(f"连不上 Redis：{first_line(error)}。请检查 REDIS_URL，或去掉它，用内置的 Redis。") from error


def require_known_schema() -> None:
    """A database that a newer version has migrated is not for this one: pages would fail one by one."""
    from partyportal.core.operating.doctor import State
    from partyportal.core.operating.doctor.database import migrated

    for finding in migrated():
        if finding.state is State.FAULT:
            raise DemoFault(f"{finding.said}。{finding.mend}")


def first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]


def logins() -> str:
    """The demo's logins that this database has: a foreign one may hold a real county."""
    from partyportal.core.models import User
    from partyportal.dashboard.demo.logins import LOGINS, PASSWORD

    known = set(User.objects.filter(username__in=[login.username for login in LOGINS]).values_list("username", flat=True))
    lines = [f"  {login.username:<12}{login.name}  {login.does}" for login in LOGINS if login.username in known]
    return "\n".join([f"  登录名（密码都是 {PASSWORD}）", *lines]) if lines else ""


def main() -> int:
    port = os.environ.get("PORT") or "8000"
    try:
        if sys.argv[1:] == ["prepare"]:
            prepare()
            return 0
        if not port.isdecimal() or not 0 < int(port) < 65536:
            raise DemoFault(f"PORT={port} 不是端口号。")
        Demo(int(port)).run()
    except (DemoFault, embedded.EmbeddedFault) as fault:
        print(f"\n{fault}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
