"""封账: one chain of seals over every append-only table, and the proof that no row was changed, removed, added or moved (ADR 20).

`rules` says what bytes are hashed, `rows` how PostgreSQL makes them of a row, `services` seals, `verify` proves, `export` takes the
ledgers out for the stand-alone verifier (`bin/verify_ledger_export.py`). It knows no ledger by name: a table is one if a trigger
named `append_only` keeps its rows.
"""
