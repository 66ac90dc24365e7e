"""import_roster FILE [--organisation CODE] [--on DATE] [--commit] [--json]: a dry run unless told to write."""

import json
import sys
from datetime import date
from pathlib import Path

from django.core.management.base import BaseCommand
from django.utils import timezone

from branches.models import Organisation
from members.services.imports import Answer, write_file
from partyportal.core.errors import DomainError


class Command(BaseCommand):
    help = "导入党员名册；不加 --commit 只核对、不写入。"

    def add_arguments(self, parser):
        parser.add_argument("file")
        parser.add_argument("--organisation", metavar="CODE", help="只在这个党组织之内算缺失；不写是全县")
        parser.add_argument("--on", metavar="DATE", help="换了支部的人从这天起算在新支部，写成 2026-11-01；不写是今天")
        parser.add_argument("--commit", action="store_true", help="写入没有错的行")
        parser.add_argument("--json", action="store_true", dest="as_json", help="标准输出上只有一个 JSON 对象")

    def handle(self, *args, file, organisation, on, commit, as_json, **options):
        today = timezone.localdate()
        try:
            answer = write_file(
                _content(file),
                Path(file).name,
                organisation=_organisation(organisation),
                day=_day(on, today=today),
                commit=commit,
                today=today,
            )
        except DomainError as refusal:
            self.stderr.write(refusal.message)
            sys.exit(2)
        self._tell(answer, as_json=as_json)
        sys.exit(1 if answer.batch.refused else 0)

    def _tell(self, answer: Answer, *, as_json: bool) -> None:
        for note in answer.batch.notes:
            self.stderr.write(note)
        if as_json:
            self.stdout.write(json.dumps(answer.as_json(), ensure_ascii=False))
            return
        for fault in answer.errors:
            self.stdout.write(f"第 {fault['row']} 行 {fault['column']}：{fault['message']}")
        batch = answer.batch
        self.stdout.write(
            f"{batch.rows} 人：新增 {batch.new}，变更 {batch.changed}，移动 {batch.moved}，未变 {batch.unchanged}，拒收 {batch.refused}；"
            f"名册有而文件没有的 {batch.missing}。{'已写入' if answer.committed else '只是核对，没有写入'}，用时 {answer.seconds:.2f} 秒。"
        )


def _content(file: str) -> bytes:
    try:
        return Path(file).read_bytes()
    except FileNotFoundError:
        raise DomainError(f"文件打不开：没有这个文件（{file}）。") from None
    except OSError as fault:
        raise DomainError(f"文件打不开：{file}（{fault.strerror}）。") from None


def _organisation(code: str | None) -> Organisation | None:
    if code is None:
        return None
    found = Organisation.objects.filter(code=code).first()
    if found is None:
        raise DomainError(f"没有代码为 {code} 的党组织。")
    return found


def _day(said: str | None, *, today: date) -> date:
    if said is None:
        return today
    try:
        day = date.fromisoformat(said)
    except ValueError:
        raise DomainError(f"日期 {said} 不对，写成 2026-11-01 这样。") from None
    if day > today:
        raise DomainError(f"日期 {said} 还没有到。")
    return day
