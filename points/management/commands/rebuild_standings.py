"""`rebuild_standings [--check]`: drop and refill the projections, or say whether they agree with the entries."""

import sys

from django.core.management.base import BaseCommand

from points.settlement.check import projection_drift, rebuild_projections


class Command(BaseCommand):
    help = "由积分流水重建台账；--check 只核对，不一致时指出第一处并以 1 退出。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只核对，不写")

    def handle(self, *, check, **options):
        drift = projection_drift()
        if check:
            if drift:
                self.stderr.write(str(drift))
                sys.exit(1)
            self.stdout.write("台账与流水一致。")
            return
        if drift:
            self.stderr.write(f"重建前不一致：{drift}")
        self.stdout.write(f"已由流水重建 {rebuild_projections()} 行台账。")
