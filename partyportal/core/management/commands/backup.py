"""`backup DIR [--json]`: the whole state, keys excluded, into a new folder."""

import json
import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand

from partyportal.core.errors import DomainError
from partyportal.core.operating import backup
from partyportal.core.seals.rows import title_of
from partyportal.core.seals.services import seal_ledgers


class Command(BaseCommand):
    help = "把数据库和附件备份到一个新目录。密钥不在其中，要另外保管。"
    requires_system_checks = []  # what is broken elsewhere must not keep it from running

    def add_arguments(self, parser):
        parser.add_argument("directory", metavar="DIR")
        parser.add_argument("--json", action="store_true", dest="as_json", help="标准输出上只有一个 JSON 对象")

    def handle(self, *, directory, as_json, **options):
        began = time.perf_counter()
        # What a backup holds is under a seal, so that whoever restores it can prove it. A fault does not keep the backup: it is evidence.
        sealed = seal_ledgers()
        for fault in sealed.faults:
            self.stderr.write(f"注意：{fault} 备份照做，请运行 verify_ledger。")
        for ledger in sealed.busy:
            self.stderr.write(f"注意：{title_of(ledger)}（{ledger}）正有人在写或锁着，最新的行没有封上，备份照做。")
        try:
            made = backup.make(Path(directory))
        except DomainError as refusal:
            self.stderr.write(refusal.message)
            sys.exit(2)
        seconds = round(time.perf_counter() - began, 1)
        if made.unknown_keys:
            self.stderr.write(f"注意：有数据用密钥 {'、'.join(made.unknown_keys)} 封存，FIELD_KEYS 里没有，恢复后打不开。请运行 doctor。")
        if as_json:
            figures = {
                "rows": made.rows,
                "tables": made.tables,
                "files": made.files,
                "bytes": made.bytes,
                "keys": made.keys,
                "seconds": seconds,
            }
            self.stdout.write(json.dumps({"directory": str(made.folder)} | figures, ensure_ascii=False))
            return
        self.stdout.write(
            f"已备份到 {made.folder}：{made.tables} 张表 {made.rows} 行，附件 {made.files} 个，共 {made.bytes / 1e6:.1f} MB，用时 {seconds} 秒。"
        )
        needed = [f"FIELD_KEYS {key}（{fingerprint or '不明'}）" for key, fingerprint in made.keys["FIELD_KEYS"].items()]
        needed += [f"{name}（{made.keys[name]}）" for name in ("INDEX_KEY", "SEAL_KEY")]
        self.stdout.write(f"恢复时要用的密钥（指纹）：{'、'.join(needed)}。密钥不在备份里，请另外保管。")
