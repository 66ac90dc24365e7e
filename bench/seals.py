"""What it costs to seal a county-year of a million entries at once, and to prove it again: the worst night, that of the first sealing."""

from bench.scratch import scratch_database
from bench.settle import load, settle_year, timed
from partyportal.core.seals.services import seal_ledgers
from partyportal.core.seals.verify import verify


def run() -> list[dict]:
    """The rows of `make bench` about seals."""
    with scratch_database("partyportal_bench_seals"):
        load()
        _, entries = settle_year()
        sealing, rows = timed(lambda: (seal_ledgers().rows,))
        proving, report = timed(lambda: (verify(),))
    whole = rows >= entries and report.fault is None and report.unsealed == 0
    print(f"{rows} rows sealed in {sealing:.1f} s, verified in {proving:.1f} s; {report.fault or 'no fault'}")
    return [
        {"name": "seal_1m_s", "value": round(sealing, 1), "unit": "s", "target": "<= 30", "ok": whole and sealing <= 30},
        {"name": "verify_1m_s", "value": round(proving, 1), "unit": "s", "target": "<= 30", "ok": whole and proving <= 30},
    ]
