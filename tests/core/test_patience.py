"""Only what the web's door opens loses patience with the database: commands and the worker wait as long as it takes."""

import runpy
from pathlib import Path

import pytest

ROOF = Path(__file__).resolve().parents[2] / "partyportal"


def waits() -> dict[str, str]:
    """What each connection of a process with this environment asks of PostgreSQL about waiting."""
    options = runpy.run_path(str(ROOF / "settings.py"))["DATABASES"]["default"]["OPTIONS"]["options"]
    said = dict(part.split("=", 1) for part in options.split() if "=" in part)
    return {name: value for name, value in said.items() if name.endswith("_timeout")}


@pytest.mark.parametrize(("seconds", "behind_the_door"), [("0", {}), ("7", {"lock_timeout": "7s", "statement_timeout": "28s"})])
def test_patience_is_of_the_webs_door_alone(monkeypatch, seconds, behind_the_door):
    monkeypatch.delenv("PARTYPORTAL_WEB", raising=False)
    monkeypatch.setenv("DATABASE_PATIENCE", seconds)
    assert waits() == {}
    monkeypatch.setenv("PARTYPORTAL_WEB", "true")
    assert waits() == behind_the_door


def test_whoever_comes_through_the_door_is_told_of_it(monkeypatch):
    monkeypatch.setenv("PARTYPORTAL_WEB", "")
    monkeypatch.delenv("PARTYPORTAL_WEB")
    monkeypatch.delenv("DATABASE_PATIENCE", raising=False)
    assert waits() == {}
    runpy.run_path(str(ROOF / "wsgi.py"))
    assert waits() == {"lock_timeout": "15s", "statement_timeout": "60s"}
