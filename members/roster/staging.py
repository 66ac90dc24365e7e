"""Staging: checked rows go to the database by COPY, sealed on the way.

Everything a commit will need is put here once, in one pass over the file: what identifies is sealed, a new member's
uid and key are made, so that writing twenty thousand members is a handful of set-based statements and no Python.
"""

import json
import os
import re
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache, reduce
from io import BytesIO
from itertools import chain, islice, repeat
from operator import or_

import uuid_utils
from django.db import connection
from django.db.models import Q

from branches.models import Organisation
from members.models import ImportBatch, StagedRow
from members.roster.fields import VALUES
from members.roster.reading import Sheet
from members.rules.branch_names import BranchIndex
from members.rules.classes import member_class
from members.rules.identity import mask_id_number
from members.rules.roster import CheckedRow, Person, RosterCheck, repeated_numbers
from partyportal.core import crypto, pinyin
from partyportal.core.ahead import ahead

_ALWAYS = ("name", "pinyin", "initials", "id_masked", "member_class")  # empty, never NULL
_ABOUT = ("member_id", "uid", *_ALWAYS, "id_number", "id_tail_index", "wrapped_key", "sealed")
_COLUMNS = ("batch_id", '"row"', "outcome", "fields", "faults", "branch_id", "id_index", *_ABOUT, *VALUES)
_NOTHING = ("",) * len(_ABOUT)
# CSV between tabs: an empty field is NULL, a backslash is itself, and the quote is a sign no text holds.
_CSV = "(FORMAT csv, DELIMITER E'\\t', QUOTE E'\\x01', FORCE_NOT_NULL ({}))"
_BREAKS_CSV = re.compile(r"[\t\r\n\0\x01]")
_BUFFER = 1 << 26  # a part in one piece: for each the connection waits until the thread that makes the next lets go of the interpreter
_FLAGS = ("is_lost", "is_mobile")
_APART = ("id_number", *_FLAGS)
_QUOTED = tuple(("", "") if field in _APART else (f'"{field}":[null,"', '"]') for field in Person._fields)
_PARTS = (1000, 1500, 2000, 2500)  # rows put at once; the first few are smaller, so that the database does not wait long for its first
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False).encode


def sealed_changes(key: bytes, changes: dict[str, list]) -> bytes:
    """{field: [before, after]} under a person's own key, as `audit.record` seals it; days are texts."""
    return crypto.encrypt_with(key, _encode(changes).encode())


def written(lines: Iterable[str]) -> BytesIO:
    """Lines of tab-separated texts as `copy` takes them."""
    return BytesIO("".join([f"{line}\n" for line in lines]).encode())


def copy(table: str, columns: Iterable[str], lines: BytesIO, *, never_null: Iterable[str]) -> None:
    """COPY what is `written` into a table."""
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN {_CSV.format(', '.join(never_null))}"
    with connection.cursor() as cursor:
        cursor.cursor.copy_expert(statement, lines, _BUFFER)


@contextmanager
def apart() -> Iterator[None]:
    """Inside, the transaction stages in a table of its own, which hides the common one from it.

    Where nobody looks a batch through between reading and writing, its rows need no log, one index and no sweeping.
    """
    table = StagedRow._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TEMP TABLE {table} (LIKE {table} INCLUDING DEFAULTS INCLUDING IDENTITY) ON COMMIT DROP")
        cursor.execute(f'CREATE INDEX ON pg_temp.{table} ("row")')
        yield
        cursor.execute(f"DROP TABLE pg_temp.{table}")


def stage(batch: ImportBatch, sheet: Sheet, *, paths: list[str], today: date) -> Iterator[range]:
    """Read, check and put every row of a file where it can be compared; `paths` is where the importer may import.

    Goes through the file by parts and gives the rows of each when it is put: what is done with it then (a word of progress,
    or already the writing) is done while the next part is being checked.
    """
    within = reduce(or_, (Q(path__startswith=path) for path in paths), Q(pk=None))
    tree = {o.code: o for o in Organisation.objects.existing().filter(within).only("code", "name", "kind", "unit_type")}
    branches = BranchIndex((o.code, o.name, o.kind) for o in tree.values())
    check = RosterCheck(today=today, branches=branches, repeated=repeated_numbers(sheet.rows))
    copied = lines(batch, (check.check(row, raw) for row, raw in sheet.rows), held=held_members(), branches=tree)
    for rows, part in ahead(_parts(copied)):
        copy(StagedRow._meta.db_table, _COLUMNS, part, never_null=_ALWAYS)
        yield rows


def _parts(lines: Iterator[tuple[int, str]]) -> Iterator[tuple[range, BytesIO]]:
    sizes = chain(_PARTS, repeat(_PARTS[-1]))
    while part := list(islice(lines, next(sizes))):
        yield range(part[0][0], part[-1][0] + 1), written(line for _, line in part)


def held_members() -> dict[bytes, tuple[int, uuid.UUID]]:
    """Whoever is held, by the look-up value of the number: one query, some 250 bytes a member. That of a merged file leads to the one kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT m.id_index, k.id, k.uid FROM members_member m JOIN members_member k ON k.id = coalesce(m.merged_into_id, m.id)"
        )
        return {bytes(index): (pk, uid) for index, pk, uid in cursor}


class _Texts(dict):
    """A cell as COPY wants it, by its value: nothing is NULL, days and flags come again and again.

    No text of a checked row breaks a line, but the database's peace hangs on it; one that might is not kept.
    """

    def __missing__(self, value: object) -> str:
        if value.__class__ is date:
            said = self[value] = value.isoformat()
            return said
        return _BREAKS_CSV.sub(" ", str(value))


def lines(batch: ImportBatch, rows: Iterable[CheckedRow], *, held: dict, branches: dict[str, Organisation]) -> Iterator[tuple[int, str]]:
    """The number and the COPY line of every checked row. Only a new member's is sealed and sounded: of a held one all that is known."""
    look, batch_id, new = crypto.looker(purpose="id_number"), str(batch.pk), _NewMembers(branches)
    said = _Texts({None: "", True: "t", False: "f"})
    pks = {code: str(branch.pk) for code, branch in branches.items()} | {None: ""}
    for number, person, faults in rows:
        texts = [value if value.__class__ is str and value.isprintable() else said[value] for value in person]
        name, id_number = texts[0], texts[3]
        values = "\t".join((*texts[1:3], *texts[4:7], *texts[8:]))
        index = look(id_number) if id_number else None
        told, about = "", _NOTHING
        if faults:
            outcome, told = "refused", said[_encode([fault._asdict() for fault in faults])]
            about = ("", "", name, "", "", mask_id_number(id_number), *_NOTHING[6:])
        elif index in held:
            outcome = "unchanged"  # until the comparison has said otherwise
            member, uid = held[index]
            about = (str(member), str(uid), name, *_NOTHING[3:])
        else:
            outcome, about = "new", new.columns(person, id_number, texts)
        branch, known = pks[person.branch], "\\x" + index.hex() if index else ""
        yield number, "\t".join((batch_id, str(number), outcome, "{}", told, branch, known, *about, values))


class _NewMembers:
    """What only a new member's line has: uid, sounds, look-ups, and what is sealed. Twenty thousand of them are the import's time."""

    def __init__(self, branches: dict[str, Organisation]):
        self._units = {code: branch.unit_type for code, branch in branches.items()}
        self._seal, self._seal_with = crypto.sealer(), crypto.person_sealer()
        self._tail = cache(crypto.looker(purpose="id_tail"))  # eleven thousand there are, whatever the file

    def columns(self, person: Person, id_number: str, texts: list[str]) -> tuple[str, ...]:
        uid, key = uuid_utils.uuid7(), os.urandom(32)
        sounds, letters = pinyin.person(person.name)
        one_class = member_class(is_mobile=person.is_mobile is True, post=texts[10], unit_type=self._units[person.branch])
        return (
            "",
            str(uid),
            texts[0],
            sounds,
            letters,
            mask_id_number(id_number),
            one_class,
            "\\x" + self._seal(id_number.encode()).hex(),
            "\\x" + self._tail(id_number[-4:]).hex(),
            "\\x" + self._seal(key, uid.bytes).hex(),
            "\\x" + self._seal_with(key, _opening(person, texts).encode()).hex(),
        )


def _opening(person: Person, texts: list[str]) -> str:
    """What a new member begins with, as changes from nothing; the number itself is sealed on the member alone.

    Put together by hand where no sign needs escaping: the encoder would take a third of a new line's time.
    """
    together = "".join(texts)
    if together.isprintable() and '"' not in together and "\\" not in together:
        said = [head + text + tail for (head, tail), text in zip(_QUOTED, texts, strict=True) if text and head]
        for field in _FLAGS:
            if (flag := getattr(person, field)) is not None:
                said.append(f'"{field}":[null,{"true" if flag else "false"}]')
        return "{" + ",".join(said) + "}"
    changes = {field: [None, text] for field, text in zip(Person._fields, texts, strict=True) if text and field not in _APART}
    return _encode(changes | {field: [None, getattr(person, field)] for field in _FLAGS if getattr(person, field) is not None})
