"""`seed_demo [--size small|county]`: make the demo county; done once, it does nothing again."""

import time
from random import Random

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from branches.models import Organisation
from partyportal.dashboard.demo import (
    county,
    development,
    dues,
    duplicates,
    honours,
    life,
    logins,
    mobility,
    offices,
    outreach,
    people,
    quality,
    rosters,
    transfers,
)
from partyportal.dashboard.demo.doors import open_doors


class Command(BaseCommand):
    help = "生成演示县（虚构）：已有党组织时什么也不做。"

    def add_arguments(self, parser):
        parser.add_argument(
            "--size", choices=sorted(county.PLANS), default="small", help="small 约 60 个支部 1,200 人；county 40,000 人 100 万条记实"
        )

    def handle(self, *, size, **options):
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(hashtext('seed_demo'))")  # two starts at once make one county
            if Organisation.objects.exists():
                self.stdout.write("已有数据，不再生成演示县。")
                return
            started = time.perf_counter()
            figures = self.seed(size)
        self.analyze()
        self.stdout.write(f"演示县已生成：{figures}，用时 {time.perf_counter() - started:.1f} 秒。")

    def seed(self, size: str) -> str:
        random, today = Random(f"清源县 {size}"), timezone.localdate()
        plan = county.PLANS[size]
        root = county.found_county(plan, random)
        branches = list(Organisation.objects.branches().order_by("code"))
        people.fill(branches, count=plan.members, today=today, random=random)
        quality.let_some_go(today=today)
        outreach.send_and_share_out(branches, today=today, random=random)
        open_doors(logins.LOGINS)
        development.develop(today=today)
        transfers.transfer_some(today=today, random=random)
        dues.pay_a_year(root, today=today)
        facts, entries = life.live_a_year(root, today=today)
        honours.honour_some(today=today)
        mobility.go_away(root, today=today)
        offices.elect_and_mourn(today=today)
        duplicates.register_some_twice(today=today)
        quality.look_rosters_through(today=today)
        rosters.import_some(today=today)
        return f"{len(branches)} 个支部、{plan.members} 名党员、{facts} 条记实、{entries} 笔积分"

    def analyze(self) -> None:
        """A bulk load leaves the planner without figures until autovacuum comes by."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
