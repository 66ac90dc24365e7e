"""`restore DIR [--force] [--json]`: a whole state back, verified; exit 2 when the backup or the place refuses, 1 when the proof fails."""

import json
import sys
import time
from pathlib import Path

from django.core.management.base import BaseCommand

from partyportal.core.errors import DomainError
from partyportal.core.operating.restore import NotProven, restore


class Command(BaseCommand):
    help = "从备份恢复数据库和附件，核对密钥、各部分的校验值和账本。"
    requires_system_checks = []

    def add_arguments(self, parser):
        parser.add_argument("directory", metavar="DIR")
        parser.add_argument("--force", action="store_true", help="覆盖已有的数据")
        parser.add_argument("--json", action="store_true", dest="as_json", help="标准输出上只有一个 JSON 对象")

    def handle(self, *, directory, force, as_json, **options):
        began = time.perf_counter()
        try:
            done = restore(Path(directory), force=force, tell=self.stderr.write)
        except DomainError as refusal:
            self.stderr.write(refusal.message)
            sys.exit(2)
        except NotProven as failure:
            self.stderr.write(str(failure))
            sys.exit(1)
        seconds = round(time.perf_counter() - began, 1)
        if as_json:
            self.stdout.write(
                json.dumps({"made_at": done.made_at, "rows": done.rows, "files": done.files, "migrated": done.migrated, "seconds": seconds})
            )
            return
        self.stdout.write(
            f"已恢复 {done.made_at[:16].replace('T', ' ')}（UTC）的备份：{done.rows} 行，附件 {done.files} 个，账本核对一致，用时 {seconds} 秒。"
        )
        self.stdout.write("分了数据库角色的，再以所有者运行 app_privileges --role app，然后启动网站和任务进程。")
