"""PostgreSQL: reachable, of a known version, migrated, its triggers in place, the product's role without power over the ledger."""

import re
import time
from collections.abc import Iterator

from django.conf import settings
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import RunSQL

from partyportal.core.operating.doctor.findings import Finding, fault, note, ok

OLDEST, NEWEST = 15, 18
TOLERATED_SKEW = 5.0  # seconds
_CREATED = re.compile(
    r"CREATE\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+)?TRIGGER\s+\"?(\w+)\"?\s.*?\sON\s+\"?(\w+)\"?", re.IGNORECASE | re.DOTALL
)
_DROPPED = re.compile(r"DROP\s+TRIGGER\s+(?:IF\s+EXISTS\s+)?\"?(\w+)\"?\s+ON\s+\"?(\w+)\"?", re.IGNORECASE)


def reachable() -> list[Finding]:
    """Whether it answers, and as which version."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT current_setting('server_version_num')::int, current_setting('server_version'), current_setting('server_encoding')"
            )
            number, version, encoding = cursor.fetchone()
    except Error as error:
        first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        return [fault("数据库", f"连不上：{first}", "检查 DATABASE_URL，确认 PostgreSQL 已启动、口令正确、防火墙放行。")]
    found = []
    if not OLDEST <= number // 10000 <= NEWEST:
        found.append(
            fault(
                "数据库",
                f"PostgreSQL {version} 不在支持的 {OLDEST} 至 {NEWEST} 之内",
                f"换用 {OLDEST} 至 {NEWEST} 版：先备份，再恢复到新版。",
            )
        )
    if encoding != "UTF8":
        found.append(fault("数据库", f"字符集是 {encoding}", "建库时用 ENCODING 'UTF8' TEMPLATE template0。"))
    return found or [ok("数据库", f"PostgreSQL {version.split()[0]}" + ("，内置" if settings.EMBEDDED else ""))]


def migrated() -> list[Finding]:
    """Whether every migration of the code stands, and none that the code does not know."""
    executor = MigrationExecutor(connection)
    # Against the whole plan: Django's own stops at an applied leaf, and would not see a gap before it.
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True)
    missing = [step for step in plan if (step[0].app_label, step[0].name) not in executor.loader.applied_migrations]
    unknown = set(executor.loader.applied_migrations) - set(executor.loader.disk_migrations)
    replaced = {name for migration in executor.loader.disk_migrations.values() for name in migration.replaces}
    found = []
    if missing:
        names = "、".join(f"{migration.app_label}.{migration.name}" for migration, _ in missing[:3])
        found.append(
            fault(
                "迁移",
                f"还有 {len(missing)} 个没有执行（{names}{' 等' if len(missing) > 3 else ''}）",
                "以表的所有者运行 manage.py migrate，再运行 app_privileges --role app。",
            )
        )
    if unknown - replaced:
        app, name = min(unknown - replaced)
        found.append(fault("迁移", f"数据库比程序新：程序里没有 {app}.{name}", "换上与数据库相同或更新的程序版本。"))
    return found or [ok("迁移", f"{len(executor.loader.applied_migrations)} 个全部执行")]


def expected_triggers() -> set[tuple[str, str]]:
    """(trigger, table) as the migrations leave them: what they say they create, less what they later drop."""
    loader = MigrationExecutor(connection).loader
    expected: set[tuple[str, str]] = set()
    for migration, _ in MigrationExecutor(None).migration_plan(loader.graph.leaf_nodes(), clean_start=True):
        for operation in migration.operations:
            if not isinstance(operation, RunSQL) or not isinstance(operation.sql, str):
                continue
            # In the text's own order: a migration may drop a trigger and create it anew.
            statements = [(match.start(), expected.add, match.groups()) for match in _CREATED.finditer(operation.sql)]
            statements += [(match.start(), expected.discard, match.groups()) for match in _DROPPED.finditer(operation.sql)]
            for _, act, pair in sorted(statements, key=lambda statement: statement[0]):
                act(pair)
    return expected


def append_only_tables() -> list[str]:
    """The ledgers: tables whose rows a trigger of that name keeps from any change."""
    return sorted(table for name, table in expected_triggers() if name == "append_only")


def triggers() -> Iterator[Finding]:
    """Each trigger of the migrations is there and fires."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT t.tgname, c.relname, t.tgenabled FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
            WHERE NOT t.tgisinternal AND c.relnamespace = current_schema()::regnamespace
            """
        )
        standing = {(name, table): enabled for name, table, enabled in cursor}
        cursor.execute("SHOW session_replication_role")
        replica = cursor.fetchone()[0] != "origin"
    expected = expected_triggers()
    missing = sorted(expected - standing.keys())
    disabled = sorted(pair for pair in expected & standing.keys() if standing[pair] not in "OA")
    for name, table in missing:
        yield fault(
            "触发器", f"{table} 上缺少 {name}", "数据可能已被绕过规则改动：先运行 verify_ledger，再从备份恢复，或按迁移文件重建触发器。"
        )
    for name, table in disabled:
        yield fault(
            "触发器", f"{table} 上的 {name} 被停用", f"以所有者执行 ALTER TABLE {table} ENABLE TRIGGER {name}，再运行 verify_ledger。"
        )
    if replica:
        yield fault("触发器", "会话以副本身份运行，触发器都不生效", "去掉角色或数据库上的 session_replication_role 设置。")
    if not (missing or disabled or replica):
        yield ok("触发器", f"{len(expected)} 个都在，且已启用")


def roles() -> Iterator[Finding]:
    """The product's login is no superuser, owns no ledger, and may only read and add there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper, rolcreaterole, rolreplication FROM pg_roles WHERE rolname = current_user")
        role, *powers = cursor.fetchone()
        cursor.execute(
            """
            SELECT c.relname, pg_get_userbyid(c.relowner) = current_user,
                   has_table_privilege(c.oid, 'UPDATE'), has_table_privilege(c.oid, 'DELETE'), has_table_privilege(c.oid, 'TRUNCATE'),
                   has_table_privilege(c.oid, 'SELECT') AND has_table_privilege(c.oid, 'INSERT')
            FROM pg_class c WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%s) ORDER BY 1
            """,
            [append_only_tables()],
        )
        ledgers = cursor.fetchall()
    if settings.EMBEDDED:
        yield note("数据库角色", f"内置数据库以 {role} 登录，可以改动一切，只供试用")
        return
    mend = "网站和任务进程用 app 角色登录；以 owner 运行 app_privileges --role app。doctor 也用网站的 DATABASE_URL 运行。"
    before = [finding for finding in _powers(role, powers, ledgers, mend) if finding]
    yield from before
    if not before:
        yield ok("数据库角色", f"{role} 对 {'、'.join(table for table, *_ in ledgers)} 只能查询和新增")


def _powers(role: str, powers: list[bool], ledgers: list[tuple], mend: str) -> Iterator[Finding]:
    if any(powers):
        yield fault("数据库角色", f"{role} 有超级用户、建角色或复制的权力", mend)
    for table, owns, *may, may_use in ledgers:
        verbs = [word for word, has in zip(("UPDATE", "DELETE", "TRUNCATE"), may, strict=True) if has]
        if owns or verbs:
            yield fault("数据库角色", f"{role} {'是' if owns else '能对'} {table} {'的所有者' if owns else '、'.join(verbs)}", mend)
        if not may_use:
            yield fault("数据库角色", f"{role} 不能查询或新增 {table}", "以 owner 运行 app_privileges --role app。")


def clock() -> Iterator[Finding]:
    """Database and this machine agree on the moment, and days are those of the county."""
    with connection.cursor() as cursor:
        before = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())::float8")
        there = cursor.fetchone()[0]
        here = (before + time.time()) / 2
    skew = abs(there - here)
    if skew > TOLERATED_SKEW:
        yield fault("时钟", f"本机与数据库相差 {skew:.0f} 秒", "两台机器都开启时间同步（chrony 或 systemd-timesyncd）。")
    if settings.TIME_ZONE != "Asia/Shanghai" or not settings.USE_TZ:
        yield fault("时钟", f"时区是 {settings.TIME_ZONE}", "把 TIME_ZONE 改回 Asia/Shanghai：期限和公示都按北京时间的日子算。")
    elif skew <= TOLERATED_SKEW:
        yield ok("时钟", f"与数据库相差 {skew:.2f} 秒，按 {settings.TIME_ZONE} 记日")
