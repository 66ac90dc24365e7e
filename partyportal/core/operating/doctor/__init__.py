"""`doctor`: look at every part of a running place, and say of each fault how it is mended."""

from collections.abc import Iterator

from partyportal.core.operating.doctor import database, keys, ledgers, place, servers
from partyportal.core.operating.doctor.findings import Finding, State

__all__ = ["Finding", "State", "examine"]


def examine() -> Iterator[Finding]:
    """Part by part, each looked at alone: one that is down does not hide the others."""
    parts = [
        ("设置", place.settings_are_safe),
        ("目录与磁盘", place.folders),
        ("页面资源", place.assets),
        ("文档字体", place.document_fonts),
    ]
    reachable = database.reachable()
    yield from reachable
    if all(finding.state is not State.FAULT for finding in reachable):
        migrated = database.migrated()
        yield from migrated
        parts += [("数据库角色", database.roles)]
        if all(finding.state is not State.FAULT for finding in migrated):
            parts += [("触发器", database.triggers), ("密钥", keys.keys), ("检索值", keys.look_ups), ("备份", place.last_backup)]
            parts += [("账本", ledgers.ledgers)]
        parts += [("时钟", database.clock)]
    parts += [("Redis", servers.redis), ("任务进程", servers.worker), ("定时进程", servers.beat)]
    for part, look in parts:
        try:
            yield from look()
        except Exception as fault:  # a check that cannot be made is a finding, not the end of the others
            # The kind of fault alone: its text may quote a row.
            yield Finding(part, State.FAULT, f"没法检查（{type(fault).__name__}）", "先处理其他各项，再运行一次 doctor。")
