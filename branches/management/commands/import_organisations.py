"""import_organisations FILE [--commit] [--json]: the tree from a spreadsheet; a dry run unless told to write."""

import json
import sys
import time

from django.core.management.base import BaseCommand
from django.utils import timezone

from branches.services.imports import import_organisations, read_sheet
from partyportal.core.errors import DomainError


class Command(BaseCommand):
    help = "导入党组织表；不加 --commit 只核对、不写入。"

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--commit", action="store_true", help="写入没有错的行")
        parser.add_argument("--json", action="store_true", dest="as_json", help="标准输出上只有一个 JSON 对象")

    def handle(self, *args, file, commit, as_json, **options):
        begun = time.perf_counter()
        try:
            answer = import_organisations(read_sheet(file), commit=commit, today=timezone.localdate(), by=None)
        except DomainError as refusal:
            self.stderr.write(refusal.message)
            sys.exit(2)
        answer.seconds = round(time.perf_counter() - begun, 3)
        self._tell(answer, as_json=as_json, committed=commit)
        sys.exit(1 if answer.refused else 0)

    def _tell(self, answer, *, as_json: bool, committed: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False))
            return
        for fault in answer.errors:
            self.stdout.write(f"第 {fault.row} 行 {fault.column}：{fault.message}")
        self.stdout.write(
            f"{answer.rows} 个党组织：新增 {answer.new}，变更 {answer.changed}，移动 {answer.moved}，未变 {answer.unchanged}，拒收 {answer.refused}；"
            f"文件里没有的 {answer.missing}。{'已写入' if committed else '只是核对，没有写入'}，用时 {answer.seconds} 秒。"
        )
