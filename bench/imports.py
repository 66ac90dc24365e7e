"""The roster import against a stock django-import-export ModelResource: the same file, the same database, one run.

The stock side is what an ordinary Django developer writes: a model with the form's fields, a foreign key looked up by
name, a dry run, then the import. Ours reads, checks, compares and writes, with encryption, pinyin, audit and the batch
record on. Ours takes seconds and the stock side minutes, so ours is measured several times before and after it, and the
median counts: else a busy second on the machine would weigh as much as the whole of the other side.
"""

import gc
import random
import re
import subprocess
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from django.db import connection, connections, models
from import_export import fields, resources, widgets

from bench.scratch import scratch_database
from branches.models import Organisation
from branches.services.imports import import_organisations
from members.models import Member
from members.rules.roster import HEADINGS
from members.services.imports import write_file
from partyportal.core.sheets import write_xlsx

ROWS, PEAK_ROWS, BRANCHES, TODAY = 20_000, 100_000, 1_000, date(2026, 11, 1)
RATIO, PEAK, ROUNDS = 40, 400, 3
_WEIGHTS, _SIGNS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2), "10X98765432"
_SURNAMES, _GIVEN = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高罗", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英志国红建文"


class StockBranch(models.Model):
    name = models.CharField(max_length=120, unique=True)

    class Meta:
        app_label = "members"  # a model needs an app; its table lives in the scratch database alone


class StockMember(models.Model):
    name = models.CharField(max_length=60)
    sex = models.CharField(max_length=4)
    ethnicity = models.CharField(max_length=20)
    id_number = models.CharField(max_length=18, unique=True)
    birth_on = models.DateField()
    education = models.CharField(max_length=20, blank=True)
    category = models.CharField(max_length=12)
    branch = models.ForeignKey(StockBranch, models.PROTECT)
    joined_on = models.DateField()
    full_on = models.DateField(null=True)
    post = models.CharField(max_length=80, blank=True)
    mobile_phone = models.CharField(max_length=20, blank=True, db_index=True)
    landline = models.CharField(max_length=24, blank=True)
    address = models.CharField(max_length=200, blank=True)
    standing = models.CharField(max_length=10)
    is_lost = models.CharField(max_length=2)
    lost_on = models.DateField(null=True)
    is_mobile = models.CharField(max_length=2)
    destination = models.CharField(max_length=120, blank=True)

    class Meta:
        app_label = "members"  # a model needs an app; its table lives in the scratch database alone


_FIELDS = [field.name for field in StockMember._meta.fields if field.name != "id"]
_WIDGETS = {"branch": widgets.ForeignKeyWidget(StockBranch, "name")} | dict.fromkeys(
    ("birth_on", "joined_on", "full_on", "lost_on"), widgets.DateWidget()
)
_TEXT = widgets.CharWidget(coerce_to_string=True, allow_blank=True)


class StockResource(resources.ModelResource):
    locals().update(
        {
            name: fields.Field(attribute=name, column_name=heading, widget=_WIDGETS.get(name, _TEXT))
            for name, heading in zip(_FIELDS, HEADINGS, strict=True)
        }
    )

    class Meta:
        model = StockMember
        import_id_fields = ["id_number"]
        fields = _FIELDS
        skip_unchanged = report_skipped = use_transactions = True


def run() -> list[dict]:
    with tempfile.TemporaryDirectory() as folder, scratch_database("bench_imports"):
        _tree()
        file, large = Path(folder, "roster.xlsx"), Path(folder, "large.xlsx")
        _roster(file, ROWS)
        rounds = [_ours(file) for _ in range(ROUNDS)]
        stock, stock_again = _stock(file)
        rounds += [_ours(file) for _ in range(ROUNDS)]
        ours, again = (median(side) for side in zip(*rounds, strict=True))
        _empty()
        _roster(large, PEAK_ROWS)
        peak = _peak(large)
    print(f"import of {ROWS}: ours {ours:.2f} s, stock {stock:.1f} s; again: ours {again:.2f} s, stock {stock_again:.1f} s")
    return [
        _row("import_20k_vs_stock", round(stock / ours, 1), "×", f">= {RATIO}", stock / ours >= RATIO),
        _row("reimport_20k_vs_stock", round(stock_again / again, 1), "×", f">= {RATIO}", stock_again / again >= RATIO),
        _row("import_100k_peak_mb", round(peak), "MB", f"< {PEAK}", peak < PEAK),
    ]


def _row(name: str, value: float, unit: str, target: str, ok: bool) -> dict:
    return {"name": name, "value": value, "unit": unit, "target": target, "ok": ok}


def _tree() -> None:
    rows = [("001", "中共清源县委员会", "县委", "")]
    rows += [(f"001{n:04d}", f"中共清源县第{n}村支部委员会", "党支部", "001") for n in range(1, BRANCHES + 1)]
    keys = ("code", "name", "kind", "parent")
    cells = [dict(zip(keys, row, strict=True)) | {"founded_on": "1990-07-01", "unit_type": "村"} for row in rows]
    import_organisations(enumerate(cells, 2), commit=True, today=TODAY, by=None)
    with connection.schema_editor() as schema:
        schema.create_model(StockBranch)
        schema.create_model(StockMember)
    names = Organisation.objects.branches().values_list("name", flat=True)
    StockBranch.objects.bulk_create(StockBranch(name=name) for name in names)


def _ours(file: Path) -> tuple[float, float]:
    """Seconds of an import into an empty roster, and of the same file again."""
    _empty()
    taken = []
    for kind in ("new", "unchanged"):
        _at_rest()
        begun = time.perf_counter()
        answer = write_file(file.read_bytes(), file.name, organisation=None, day=TODAY, commit=True, today=TODAY)
        taken.append(time.perf_counter() - begun)
        assert getattr(answer.batch, kind) == ROWS, kind
    return tuple(taken)


def _stock(file: Path) -> tuple[float, float]:
    import tablib

    taken = []
    for _ in range(2):
        _at_rest()
        begun = time.perf_counter()
        dataset = tablib.Dataset().load(file.read_bytes(), format="xlsx")
        preview = StockResource().import_data(dataset, dry_run=True)
        assert not preview.has_errors(), preview.row_errors()[:1]
        StockResource().import_data(dataset, dry_run=False, raise_errors=True)
        taken.append(time.perf_counter() - begun)
    assert StockMember.objects.count() == ROWS
    return tuple(taken)


def _empty() -> None:
    """No member, as at the beginning. Triggers do not fire for a replica; the database is the benchmark's own."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("TRUNCATE members_member, members_importbatch, core_auditentry, core_personkey CASCADE")
        cursor.execute("SET session_replication_role = origin")


def _at_rest() -> None:
    """Nothing left over from before: no pages to write out, no garbage. Either side of the ratio begins so."""
    gc.collect()
    with connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def _peak(file: Path) -> float:
    """Megabytes at the highest of a process that does nothing but import the file."""
    program = "import sys, django; django.setup(); from bench.imports import alone; alone(*sys.argv[1:])"
    child = [sys.executable, "-c", program, str(file), connection.settings_dict["NAME"]]
    told = subprocess.run(child, check=True, capture_output=True, text=True)
    assert Member.objects.count() == PEAK_ROWS
    return float(told.stdout)


def _roster(file: Path, rows: int) -> None:
    """A roster of the national form, deterministic; its numbers are of an unassigned area."""
    chance = random.Random(rows)
    with write_xlsx(HEADINGS, (_person(n, chance) for n in range(rows)), sheet="党员花名册", text_columns=HEADINGS) as made:
        file.write_bytes(made.read())


def _person(n: int, chance: random.Random) -> tuple:
    born = date(1950, 1, 1) + timedelta(days=n * 7919 % 16000)
    joined = born.replace(day=1) + timedelta(days=365 * 20 + chance.randrange(3000))
    body = f"6299{n // 16000:02d}{born:%Y%m%d}{chance.randrange(1000):03d}"
    number = body + _SIGNS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]
    away = chance.random() < 0.05
    return (
        chance.choice(_SURNAMES) + chance.choice(_GIVEN) + chance.choice(_GIVEN),
        "男" if int(number[16]) % 2 else "女",
        "汉族",
        number,
        born.isoformat(),
        chance.choice(("研究生", "大学本科", "大学专科", "高中", "初中")),
        "正式党员",
        f"中共清源县第{chance.randrange(BRANCHES) + 1}村支部委员会",
        joined.isoformat(),
        (joined + timedelta(days=366)).isoformat(),
        chance.choice(("农民", "公务员", "专业技术人员", "离退休人员")),
        f"154{chance.randrange(10**8):08d}",
        "",
        f"甘肃省清源县建设路{chance.randrange(1, 999)}号",
        "正常",
        "否",
        "",
        "是" if away else "否",
        "浙江省杭州市萧山区" if away else "",
    )


def alone(file: str, database: str) -> None:
    """What the measured process does: import, and say its highest memory in megabytes."""
    for alias in connections:
        connections[alias].settings_dict["NAME"] = database
    write_file(Path(file).read_bytes(), "large.xlsx", organisation=None, day=TODAY, commit=True, today=TODAY)
    # Not ru_maxrss: that outlives exec, so a child would answer for the parent it was forked from.
    print(int(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1]) / 1024)
