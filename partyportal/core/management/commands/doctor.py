"""`doctor [--json]`: whether this place is fit to run, and what to mend; exit 1 when something must be."""

import json
import sys

from django.core.management.base import BaseCommand

from partyportal.core.operating.doctor import State, examine


class Command(BaseCommand):
    help = "检查设置、数据库、权限、触发器、密钥、Redis、任务进程、磁盘，并说明怎样处理。"
    requires_system_checks = []  # they are among what is examined

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", dest="as_json", help="标准输出上只有一个 JSON 对象")

    def handle(self, *, as_json, **options):
        found = []
        for finding in examine():
            found.append(finding)
            if not as_json:
                self.stdout.write(str(finding))
                self.stdout.flush()
        faults = sum(finding.state is State.FAULT for finding in found)
        if as_json:
            self.stdout.write(json.dumps({"faults": faults, "findings": [finding.as_json() for finding in found]}, ensure_ascii=False))
        else:
            self.stdout.write(f"有 {faults} 处要处理。" if faults else "没有要处理的。")
        sys.exit(1 if faults else 0)
