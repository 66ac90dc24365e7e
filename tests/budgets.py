"""Query budgets: a page costs what `query_budgets.json` says, at one row and at fifty.

    with fits_budget("members:roster"):
        client.get(url)

A page that asks more fails, and so does one that asks less: the file then tells a lie. Run once with
UPDATE_BUDGETS=1 (and without `-n`) to write what was counted; two different counts under one name fail even then.
"""

import json
import os
from contextlib import contextmanager
from pathlib import Path

from django.db import connection
from django.test.utils import CaptureQueriesContext

FILE = Path(__file__).with_name("query_budgets.json")
_written: dict[str, int] = {}


@contextmanager
def fits_budget(name: str):
    """Count the block's queries and compare them with the budget of that name."""
    with CaptureQueriesContext(connection) as asked:
        yield
    count, statements = len(asked), "\n".join(f"{i}. {q['sql'][:300]}" for i, q in enumerate(asked.captured_queries, 1))
    if os.environ.get("UPDATE_BUDGETS"):
        assert _written.setdefault(name, count) == count, f"{name}: {_written[name]} queries, then {count}:\n{statements}"
        _write(name, count)
        return
    budget = json.loads(FILE.read_text()).get(name)
    assert budget is not None, f"{name} has no budget yet; run this test with UPDATE_BUDGETS=1"
    assert count == budget, f"{name}: {count} queries, its budget is {budget}:\n{statements}"


def _write(name: str, count: int) -> None:
    budgets = json.loads(FILE.read_text())
    if budgets.get(name) != count:
        FILE.write_text(json.dumps(dict(sorted((budgets | {name: count}).items())), indent=2) + "\n")
