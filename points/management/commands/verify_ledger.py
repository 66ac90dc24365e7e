"""`verify_ledger`: check entries against facts and projections against entries; exit 1 naming the first row that disagrees."""

import sys

from django.core.management.base import BaseCommand

from points.settlement.check import ledger_drift, projection_drift


class Command(BaseCommand):
    help = "核对积分：流水对记实，台账对流水。不一致时指出第一处并以 1 退出。"

    def handle(self, **options):
        drift = ledger_drift() or projection_drift()
        if drift:
            self.stderr.write(str(drift))
            sys.exit(1)
        self.stdout.write("流水与记实一致，台账与流水一致。")
