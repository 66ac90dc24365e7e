"""台账 over the demo county: one branch's year in every form, and a whole county's by its job, stopped on the way and continued.

A county-year is made branch by branch, so the seconds a branch and the memory that does not grow tell of 3,300 what they tell of 63.
Those seconds are processor time of the worker, so a busy machine does not lie about them; one branch's year is by the clock, as it is waited for.
"""

import hashlib
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from unittest.mock import patch
from zipfile import ZipFile

from django.core.management import call_command
from django.db import connections
from django.utils import timezone

from bench.scratch import scratch_database
from branches.models import Organisation
from education.documents import services
from education.documents.models import Book, Piece
from education.documents.services.books import contents, make_in_job
from partyportal.core import jobs
from partyportal.core.models import Job, User

DATABASE, BRANCH = "partyportal_bench_books", "001006001"
YEAR_SECONDS, SECONDS_A_BRANCH, GROWTH = 10, 2, 64
LOOKED_EVERY = 0.2  # seconds


def run() -> list[dict]:
    """The rows of `make bench` about books."""
    with scratch_database(DATABASE), patch.object(jobs, "ring"):
        call_command("seed_demo", stdout=_Silent(), stderr=_Silent())
        secretary, department = (User.objects.get(username=name) for name in ("secretary", "department"))
        year, book = _made(_ask(Organisation.objects.get(code=BRANCH), secretary))
        meetings = len(book.pieces.first().records)
        county = _County(_ask(Organisation.objects.get(parent=None), department))
        county.make()
        print(f"{meetings} meetings: {year:.1f} s; {county.branches} branches: {county.seconds:.0f} s, {county.size / 1e6:.0f} MB of files")
        return [
            _row("books_branch_year_s", year, "s", YEAR_SECONDS),
            _row("books_county_branch_s", county.seconds / county.branches, "s", SECONDS_A_BRANCH),
            _row("books_county_growth_mb", county.growth, "MB", GROWTH),
            _row("books_county_unseen_steps", county.unseen, "branches", county.branches // 4),
            _row("books_county_broken", county.broken, "files", 0),
        ]


def _row(name: str, value: float, unit: str, most: float) -> dict:
    return {"name": name, "value": round(value, 2), "unit": unit, "target": f"<= {most}", "ok": value <= most}


def _ask(organisation: Organisation, by: User) -> Book:
    today = timezone.localdate()
    return services.ask(organisation=organisation, span=Book.Span.YEAR, start=today, form=Book.Form.ALL, by=by, today=today)


def _made(book: Book, clock: Callable[[], float] = time.perf_counter) -> tuple[float, Book]:
    """The seconds its job takes by a clock, and the book."""
    begun = clock()
    jobs.run(book.job_id, make_in_job)
    book.refresh_from_db()
    return clock() - begun, book


class _County:
    """A county's job: stopped after a third of its branches, continued, and looked at all the while as a page would."""

    def __init__(self, book: Book):
        self.book, self.seen, self.memory = book, set(), []
        self.seconds = self.broken = self.size = 0

    def make(self) -> None:
        with self._looked_at():
            first, _ = _made(self.book, time.process_time)
            kept = dict(self.book.pieces.values_list("pk", "digest"))
            assert Job.objects.get(pk=self.book.job_id).state == Job.State.CANCELLED, "it was to be stopped on the way"
            jobs.again(self.book.job)
            second, self.book = _made(self.book, time.process_time)
        self.seconds, self.size = first + second, self.book.size
        self.broken = self._broken(kept)

    def _broken(self, kept: dict[int, str]) -> int:
        """Files made again though they were there, and files of the zip that are not what its list says."""
        digests = dict(Piece.objects.filter(book=self.book).values_list("pk", "digest"))
        remade = sum(digests.get(pk) != digest for pk, digest in kept.items())
        with ZipFile(BytesIO(b"".join(contents(self.book)))) as box:
            told = dict(line.split("  ", 1)[::-1] for line in box.read("校验清单.txt").decode().splitlines())
            return remade + sum(hashlib.sha256(box.read(name)).hexdigest() != digest for name, digest in told.items())

    @contextmanager
    def _looked_at(self) -> Iterator[None]:
        over = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(over,), daemon=True)
        watcher.start()
        try:
            yield
        finally:
            over.set()
            watcher.join()

    def _watch(self, over: threading.Event) -> None:
        stopped = False
        try:
            while not over.wait(LOOKED_EVERY):
                job = Job.objects.get(pk=self.book.job_id)
                self.seen.add(job.done)
                self.memory.append(_resident_mb())
                if not stopped and job.total and job.done > job.total // 3:
                    jobs.cancel(job)
                    stopped = True
        finally:
            connections.close_all()

    @property
    def branches(self) -> int:
        return Piece.objects.filter(book=self.book).exclude(branch=None).values("branch").distinct().count()

    @property
    def growth(self) -> float:
        """How much more memory the last third took than the first took at most."""
        third = len(self.memory) // 3
        return max(self.memory[-third:]) - max(self.memory[:third])

    @property
    def unseen(self) -> int:
        """Branches whose turn the page would not have shown."""
        return max(0, self.branches - len(self.seen))


def _resident_mb() -> float:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


class _Silent:
    def write(self, *_) -> None:
        """Nothing is told."""

    def flush(self) -> None:
        """Nothing was kept."""
