"""`export_ledger FILE [--ledger TABLE …]`: the ledgers and their seals for the stand-alone verifier; prints the head to be written down."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from partyportal.core.errors import DomainError
from partyportal.core.seals import rules
from partyportal.core.seals.export import export_ledgers
from partyportal.core.seals.rows import title_of


class Command(BaseCommand):
    help = "封账并导出账本，供 bin/verify_ledger_export.py 在任何一台电脑上核对；打印要抄在纸上的封印。"

    def add_arguments(self, parser):
        parser.add_argument("file", help="写到哪个文件（zip）")
        parser.add_argument("--ledger", action="append", default=[], metavar="账表", help="只要这一个账本，可重复；不写为全部")

    def handle(self, *, file, ledger, **options):
        try:
            made = export_ledgers(Path(file).expanduser().absolute(), by=None, only=ledger)
        except DomainError as refusal:
            self.stderr.write(str(refusal))
            sys.exit(2)
        for table, rows in made.rows.items():
            self.stdout.write(f"{title_of(table)}（{table}）{rows} 行")
        self.stdout.write(f"封到第 {made.number} 封，封印：\n  {rules.printed(made.head)}")
        self.stdout.write(f"核对：python3 bin/verify_ledger_export.py {made.file} --head {made.head}")
