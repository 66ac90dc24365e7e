"""The ledgers as one file for whoever wants to prove them without this portal: rows, seals and blocks, exactly the bytes that were hashed.

A zip of `ledgers/TABLE.jsonl` (a row a line, in the order of id), `seals.jsonl` (a seal a line; its SHA-256 is the seal's head), `macs.txt`,
`blocks.jsonl` (which rows a block holds and a mark of each, to name the one that disagrees) and `manifest.json` (what the file is).
"""

import io
import json
import os
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from partyportal.core import audit
from partyportal.core.errors import DomainError
from partyportal.core.models import User
from partyportal.core.seals.models import LedgerSeal, SealBlock
from partyportal.core.seals.rows import columns_of, ledgers, line_of, title_of
from partyportal.core.seals.services import seal_ledgers
from partyportal.core.seals.verify import one_moment

PATIENCE = 30.0  # seconds an export waits for whoever is writing
# COPY in CSV with marks that JSON never holds as they are: each line comes out as it is.
RAW = "FORMAT csv, DELIMITER E'\\x02', QUOTE E'\\x01', NULL ''"


@dataclass(frozen=True)
class Exported:
    """What was written."""

    file: Path
    head: str
    number: int
    rows: dict[str, int]


def export_ledgers(file: Path, *, by: User | None, only: Iterable[str] = (), tell: Callable[..., None] = lambda **_: None) -> Exported:
    """Seal, then write every row under a seal to `file`, which appears whole or not at all."""
    wanted = _wanted(only)
    sealed = seal_ledgers(patience=PATIENCE)
    if sealed.faults:
        raise DomainError(f"账本有不符之处，没有导出：{sealed.faults[0]}")
    draft = file.with_name(f".{file.name}.{os.getpid()}.partial")
    try:
        with one_moment(), zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as box:
            made = _write(box, LedgerSeal.objects.order_by("number"), wanted, tell)
        draft.rename(file)
    except OSError as error:
        raise DomainError(f"文件没有写成：{error.strerror or error}（{file}）。换一个能写的目录。") from error
    finally:
        draft.unlink(missing_ok=True)
    audit.record("core.ledger.exported", by=by, head=made["head"], number=made["number"], rows=sum(made["rows"].values()))
    return Exported(file, **made)


def _wanted(only: Iterable[str]) -> list[str]:
    known = ledgers()
    if unknown := sorted(set(only) - set(known)):
        raise DomainError(f"没有账本 {'、'.join(unknown)}。可以导出的有 {'、'.join(known)}。")
    return [ledger for ledger in known if ledger in set(only)] if only else known


def _write(box: zipfile.ZipFile, seals: QuerySet, wanted: list[str], tell: Callable[..., None]) -> dict:
    chain = list(seals)
    if not chain:
        raise DomainError("账本还是空的，没有可导出的。")
    held = {ledger: [seal for seal in chain if seal.ledger == ledger] for ledger in wanted}
    total, done = sum(seal.rows for part in held.values() for seal in part), 0
    for ledger, part in held.items():
        with box.open(f"ledgers/{ledger}.jsonl", "w", force_zip64=True) as out:
            for seal in part:
                _copy_rows(seal, out)
                done += seal.rows
                tell(done=done, total=total, step=f"导出{title_of(ledger)}")
    with box.open("blocks.jsonl", "w", force_zip64=True) as out:
        blocks = SealBlock.objects.filter(seal__ledger__in=wanted).order_by("seal__number", "position")
        rows = blocks.values_list("seal__number", "position", "ids", "marks", "rows_digest")
        for number, position, ids, marks, digest in rows.iterator(chunk_size=200):
            said = {"seal": number, "block": position, "ids": ids, "marks": bytes(marks).hex(), "rows_digest": bytes(digest).hex()}
            out.write(json.dumps(said).encode() + b"\n")
    box.writestr("seals.jsonl", "".join(seal.link.text + "\n" for seal in chain))
    box.writestr("macs.txt", "".join(f"{seal.number} {seal.key} {seal.mac}\n" for seal in chain))
    rows = {ledger: sum(seal.rows for seal in part) for ledger, part in held.items()}
    made = {"head": chain[-1].head, "number": chain[-1].number, "rows": rows}
    said = made | {"format": 1, "made_at": timezone.now().isoformat(), "titles": {ledger: title_of(ledger) for ledger in wanted}}
    box.writestr("manifest.json", json.dumps(said, ensure_ascii=False, indent=1))
    return made


def _copy_rows(seal: LedgerSeal, out: io.BufferedIOBase) -> None:
    """The rows of one seal, over the columns it sealed, straight from COPY."""
    line = line_of(columns_of(seal.ledger), seal.columns)
    table = connection.ops.quote_name(seal.ledger)
    with connection.cursor() as cursor:
        cursor.copy_expert(
            f"COPY (SELECT {line} FROM {table} WHERE id > {seal.after_id:d} AND id <= {seal.last_id:d} ORDER BY id) TO STDOUT ({RAW})", out
        )
