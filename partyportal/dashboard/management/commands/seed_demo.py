"""`seed_demo [--size small|county]`: make the demo county; done once, it does nothing again."""

import time
from collections.abc import Callable
from random import Random
from typing import TypeVar

from django.core.management.base import BaseCommand
from django.db import connection, transaction
from django.utils import timezone

from assessments.services import recompute
from branches.models import Organisation
from partyportal.dashboard.demo import (
    aid,
    books,
    care,
    county,
    development,
    dues,
    duplicates,
    fund,
    honours,
    life,
    logins,
    meetings,
    mobility,
    offices,
    openness,
    outreach,
    people,
    planning,
    publicity,
    quality,
    questions,
    rosters,
    schemes,
    seals,
    stations,
    study,
    transfers,
    visits,
    votes,
)
from partyportal.dashboard.demo.doors import open_doors

T = TypeVar("T")


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
        self.step("封印", lambda: seals.seal(and_prove=size == "small"))
        self.stdout.write(f"演示县已生成：{figures}，用时 {time.perf_counter() - started:.1f} 秒。")

    def seed(self, size: str) -> str:
        random, today = Random(f"清源县 {size}"), timezone.localdate()
        plan = county.PLANS[size]
        root = self.step("党组织", lambda: county.found_county(plan, random))
        branches = list(Organisation.objects.branches().order_by("code"))
        self.step("党员", lambda: people.fill(branches, plan=plan, today=today, random=random))
        self.analyze()
        self.step("离开的党员", lambda: quality.let_some_go(today=today))
        self.step("网格与选派", lambda: outreach.send_and_share_out(branches, today=today, random=random))
        self.step("账号", lambda: open_doors(logins.LOGINS))
        self.step("发展党员", lambda: development.develop(today=today))
        self.step("组织关系转接", lambda: transfers.transfer_some(today=today, random=random))
        self.step("党费", lambda: dues.pay_a_year(root, plan=plan, today=today))
        self.step("学习", lambda: study.study_some(today=today))
        self.step("走访与结对", lambda: visits.visit_some(today=today))
        facts, entries = self.step("组织生活与积分", lambda: life.live_a_year(root, plan=plan, today=today))
        self.analyze()
        self.step("请核实", lambda: questions.ask_some(today=today))
        self.step("评比表彰", lambda: honours.honour_some(today=today))
        self.step("季度公示", lambda: publicity.publish_quarters(today=today))
        self.step("积分办法草稿", lambda: schemes.draft_next_year(root, today=today))
        self.step("应关怀的人", lambda: care.record_some(today=today, random=Random("关怀")))
        self.step("流动党员", lambda: mobility.go_away(root, today=today))
        self.step("届次与班子", lambda: offices.elect_and_mourn(today=today))
        self.step("表决", lambda: votes.vote_on_some(today=today))
        self.step("重复登记", lambda: duplicates.register_some_twice(today=today))
        self.step("会议的议题、请假、抽查", lambda: meetings.make_meetings_whole(today=today))
        self.step("年度计划与活动", lambda: planning.plan_some(root, today=today))
        self.step("名册核对", lambda: quality.look_rosters_through(today=today))
        self.step("公开与先锋", lambda: openness.open_up(today=today))
        self.step("服务阵地", lambda: stations.keep_stations(today=today))
        self.step("基金与经费", lambda: fund.keep_books(today=today))
        self.step("困难救助", lambda: aid.help_some(today=today))
        self.step("台账", lambda: books.make_one(today=today))
        self.step("名册导入", lambda: rosters.import_some(today=today))
        self.step("考核卡", lambda: recompute(year=today.year, today=today))  # last: they count what all the others have left
        return f"{len(branches)} 个支部、{plan.members} 名党员、{facts} 条记实、{entries} 笔积分"

    def step(self, name: str, work: Callable[[], T]) -> T:
        """Do the work and tell the seconds it took."""
        started = time.perf_counter()
        done = work()
        self.stderr.write(f"{name}：{time.perf_counter() - started:.1f} 秒")
        return done

    def analyze(self) -> None:
        """A bulk load leaves the planner without figures until autovacuum comes by; what follows in the same transaction too."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
