"""The sample county, for tests that import it."""

from datetime import date
from pathlib import Path

import pytest

from branches.services.imports import import_organisations, read_sheet

DATA = Path(__file__).parent.parent / "data"


@pytest.fixture
def sample():
    return lambda name: (DATA / name).read_bytes()


@pytest.fixture
def tree_of_samples(db, sample):
    """The 382 organisations of the sample county."""
    import_organisations(read_sheet(sample("organisations.xlsx")), commit=True, today=date(2026, 11, 22), by=None)
