"""`make bench [ARGS=settle]`: the ratios of docs/performance.md as a table and bench.json."""

import json
import os
import sys
from importlib import import_module
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "partyportal.settings")
django.setup()

BENCHES = ("imports", "reconcile", "settle", "pages", "points", "compliance", "signals", "books")


def main(chosen: list[str]) -> int:
    rows = [row for name in chosen or BENCHES for row in import_module(f"bench.{name}").run()]
    for row in rows:
        print(f"{row['name']:28} {row['value']:>12} {row['unit']:10} {row['target']:12} {'ok' if row['ok'] else 'MISSED'}")
    Path("bench.json").write_text(json.dumps(rows, ensure_ascii=False, indent=1) + "\n")
    return 0 if all(row["ok"] for row in rows) else 1


sys.exit(main(sys.argv[1:]))
