"""`seal_ledgers [--json]`: bind what every ledger has gained into the chain; exit 1 if a row is not what was written, or somebody is still writing."""

import json
import sys

from django.core.management.base import BaseCommand

from partyportal.core.seals.rows import title_of
from partyportal.core.seals.services import seal_ledgers


class Command(BaseCommand):
    help = "封账：把各账本新增的行封进印链。定时任务每几分钟做一次，手工做在升级和备份之前。"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
        parser.add_argument("--patience", type=float, default=30.0, metavar="秒", help="等正在记账的事务多久（默认 30）")

    def handle(self, *, patience, **options):
        done = seal_ledgers(patience=patience)
        if options["json"]:
            self.stdout.write(self.said(done))
        else:
            for seal in done.seals:
                self.stdout.write(f"第 {seal.number} 封：{title_of(seal.ledger)} {seal.rows} 行。封印 {seal.printed_head}")
            if not done.seals:
                self.stdout.write("没有新增的行。")
        for fault in done.faults:
            self.stderr.write(f"{fault} 没有封。")
        for ledger in done.busy:
            self.stderr.write(f"{title_of(ledger)}正在记账，这次没有封，过一会儿再运行。")
        if done.faults or done.busy:
            sys.exit(1)

    @staticmethod
    def said(done) -> str:
        return json.dumps(
            {
                "seals": [{"number": seal.number, "ledger": seal.ledger, "rows": seal.rows, "head": seal.head} for seal in done.seals],
                "busy": done.busy,
                "faults": [str(fault) for fault in done.faults],
            },
            ensure_ascii=False,
        )
