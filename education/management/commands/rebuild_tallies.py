"""`rebuild_tallies [--check]`: refill the counts of meetings by month, or say whether they agree with the meetings."""

import sys

from django.core.management.base import BaseCommand

from education.services import rebuild_tallies


class Command(BaseCommand):
    help = "由会议记录重建会议计数；--check 只核对，不一致时以 1 退出。"

    def add_arguments(self, parser):
        parser.add_argument("--check", action="store_true", help="只核对，不写")

    def handle(self, *, check, **options):
        wrong = rebuild_tallies(check=check)
        if check and wrong:
            self.stderr.write(f"会议计数有 {wrong} 行与会议记录不一致，运行 rebuild_tallies 重建。")
            sys.exit(1)
        self.stdout.write("会议计数与会议记录一致。" if not wrong else f"已重建，原来有 {wrong} 行不一致。")
