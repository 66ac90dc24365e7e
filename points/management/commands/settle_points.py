"""`settle_points --year Y [--organisation CODE]`: make a year's ledger agree with its facts."""

import json

from django.core.management.base import BaseCommand, CommandError

from branches.models import Organisation
from points.services import Scope, settle


class Command(BaseCommand):
    help = "结算一年的积分，只记差额；再跑一次不会多记。"

    def add_arguments(self, parser):
        parser.add_argument("--year", type=int, required=True, help="年度")
        parser.add_argument("--organisation", metavar="CODE", help="只结算这个党组织及其下级；不写是全县")

    def handle(self, *, year, organisation, **options):
        scope = Scope(year)
        if organisation:
            found = Organisation.objects.filter(code=organisation).first()
            if found is None:
                raise CommandError(f"没有代码为 {organisation} 的党组织。", returncode=2)
            scope = Scope.under(found, year)
        done = settle(scope)
        self.stdout.write(json.dumps({"facts": done.facts, "entries": done.entries, "seconds": round(done.seconds, 3)}))
