"""`replay_points --year Y [--quarter Q] --on DATE [--organisation CODE]`: a past period as it stood on a day, against today."""

import json
from datetime import date

from django.core.management.base import BaseCommand, CommandError

from branches.models import Organisation
from points.selectors.replays import replay_of
from points.settlement.grades import GradePeriod


class Command(BaseCommand):
    help = "回放积分：某一天的账、按那天所知重算、现在，各是多少。只读，不记账。"

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, required=True, help="年度")
        parser.add_argument("--quarter", type=int, choices=[1, 2, 3, 4], help="季度；不写是全年")
        parser.add_argument("--on", type=date.fromisoformat, required=True, metavar="DATE", help="哪一天的账，如 2026-09-30")
        parser.add_argument("--organisation", metavar="CODE", help="哪个党组织；不写是全县")

    def handle(self, *, year, quarter, on, organisation, **options):
        asked = Organisation.objects.filter(code=organisation) if organisation else Organisation.objects.filter(parent=None)
        found = asked.first()
        if found is None:
            raise CommandError(f"没有代码为 {organisation} 的党组织。", returncode=2)
        rows = replay_of(found, GradePeriod(year, quarter), on=on)
        told = [
            {"target": r.target, "stood": str(r.stood), "recomputed": str(r.recomputed), "now": str(r.now), "changed": r.changed}
            for r in rows
        ]
        self.stdout.write(json.dumps({"on": on.isoformat(), "changed": sum(r.changed for r in rows), "rows": told}, ensure_ascii=False))
