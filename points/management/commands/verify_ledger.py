"""`verify_ledger [--head HEAD] [--json]`: prove seals, entries and projections; exit 1 naming the first row that disagrees."""

import json
import re
import sys

from django.core.management.base import BaseCommand, CommandError

from partyportal.core.models import LedgerSeal
from partyportal.core.seals.rules import printed
from points.services.verification import check_ledgers

LEAST = 32  # digits of a head read off paper


class Command(BaseCommand):
    help = "核验账本：重算每一封，未封的行对底联，积分流水对记实，台账对流水。不一致时指出第一处并以 1 退出。"

    def add_arguments(self, parser):
        parser.add_argument("--head", help="纸上的封印：另外证明印链里有它")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *, head, **options):
        known = self.seal_of(head) if head else None
        outcome = check_ledgers()
        fault = outcome.fault or ("纸上的封印不在印链里：账本被整个重做过，或封印抄错了。" if head and not known else "")
        report = outcome.report
        if options["json"]:
            said = {"sound": not fault, "fault": fault, "seals": report.number, "head": report.head, "rows": report.rows}
            said |= {"unsealed": report.unsealed, "seconds": round(outcome.seconds, 2)}
            self.stdout.write(json.dumps(said, ensure_ascii=False))
        if fault:
            self.stderr.write(fault)
            sys.exit(1)
        if not options["json"]:
            self.stdout.write(f"{report.number} 封 {report.rows} 行与封印相符，未封的 {report.unsealed} 行与底联相符。")
            self.stdout.write("流水与记实一致，台账与流水一致。")
            if known:
                self.stdout.write(f"纸上的封印是第 {known.number} 封。")
            if report.head:
                self.stdout.write(f"现在的封印 {printed(report.head)}")

    @staticmethod
    def seal_of(head: str) -> LedgerSeal | None:
        digits = re.sub(r"[\s-]", "", head).lower()
        if not re.fullmatch(rf"[0-9a-f]{{{LEAST},64}}", digits):
            raise CommandError(f"封印是 64 位的 0-9 a-f，至少输入前 {LEAST} 位。")
        return LedgerSeal.objects.filter(head__startswith=digits).first()
