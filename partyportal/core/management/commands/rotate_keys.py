"""`rotate_keys [--index]`: put what is sealed under the newest key, or look-up values under a new INDEX_KEY. One JSON object on stdout."""

import json
import sys
import time

from django.core.management.base import BaseCommand

from partyportal.core.errors import DomainError
from partyportal.core.operating import rotation


class Command(BaseCommand):
    help = "把所有封存的值换到 FIELD_KEYS 的第一把密钥之下（网站可照常运行）；--index 按新的 INDEX_KEY 重算检索值（先停网站）。"
    requires_system_checks = []  # what is broken elsewhere must not keep it from running

    def add_arguments(self, parser):
        parser.add_argument("--index", action="store_true", help="按现在的 INDEX_KEY 重算所有检索值，在一个事务里")

    def handle(self, *, index, **options):
        began = time.perf_counter()
        try:
            done = rotation.reindex() if index else rotation.reseal(tell=self.stderr.write)
        except DomainError as refusal:
            self.stderr.write(refusal.message)
            sys.exit(2)
        told = {"key": done.key, "done": done.done, "remaining": done.remaining, "unreadable": done.unreadable, "cleared": done.cleared}
        self.stdout.write(json.dumps(told | {"seconds": round(time.perf_counter() - began, 2)}, ensure_ascii=False))
        for column, count in done.unreadable.items():
            self.stderr.write(f"{column} 有 {count} 个值打不开：缺少封存它们的密钥，运行 doctor 看是哪一把。")
        if done.remaining:
            self.stderr.write(f"还有 {done.remaining} 个值在旧密钥之下：有进程还没有换上新的 FIELD_KEYS。重启网站和任务进程，再运行一次。")
        sys.exit(1 if done.unreadable or done.remaining else 0)
