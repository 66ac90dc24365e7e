"""What production relies on: the product's role cannot rewrite the ledger, and each setting is explained."""

import re
from pathlib import Path

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from partyportal.core.operating.doctor.database import append_only_tables

LEDGERS = [
    "aid_step",
    "care_conditionreview",
    "care_listentry",
    "care_listsnapshot",
    "core_auditentry",
    "core_ledgerseal",
    "core_sealblock",
    "dues_paidmonth",
    "dues_payment",
    "education_minutesapproval",
    "education_minutesrevision",
    "fund_claim",
    "fund_linechange",
    "fund_voucher",
    "fund_voucherline",
    "fund_yearend",
    "motions_count",
    "motions_countline",
    "motions_result",
    "motions_resultline",
    "motions_step",
    "openness_answer",
    "openness_commentstep",
    "openness_consent",
    "openness_deed",
    "openness_deed_files",
    "openness_edition",
    "openness_edition_files",
    "openness_piecestep",
    "openness_verdict",
    "points_entry",
    "publicity_closing",
    "publicity_publication",
    "publicity_sheetline",
    "publicity_step",
    "signals_questionstep",
    "stations_bookingstep",
    "stations_requeststep",
    "stations_stationchange",
]
CHECKOUT = Path(__file__).resolve().parents[1]


@pytest.fixture
def app_role(db):
    """A role with the product's privileges; making a role is undone with the test's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE portal_app_of_test")
    call_command("app_privileges", role="portal_app_of_test")
    return "portal_app_of_test"


def test_these_are_the_ledgers(db):
    assert append_only_tables() == LEDGERS


@pytest.mark.parametrize("table", LEDGERS)
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_product_cannot_rewrite_the_ledger(app_role, table, statement):
    with pytest.raises(DatabaseError, match="permission denied"):
        as_role(app_role, statement.format(table))


@pytest.mark.parametrize("table", LEDGERS)
def test_the_product_may_read_and_add(app_role, table):
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, %s, 'SELECT'), has_table_privilege(%s, %s, 'INSERT')", [app_role, table] * 2)
        assert cursor.fetchone() == (True, True)
    as_role(app_role, f"SELECT count(*) FROM {table}")


def test_ordinary_rows_may_change_but_no_table_be_emptied(app_role):
    as_role(app_role, "UPDATE core_user SET name = name")
    with pytest.raises(DatabaseError, match="permission denied"):
        as_role(app_role, "TRUNCATE core_user CASCADE")


def test_an_unknown_role_is_refused(db):
    with pytest.raises(CommandError, match="没有角色"):
        call_command("app_privileges", role="nobody_of_that_name")


def as_role(role: str, statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role}")
        try:
            cursor.execute(statement)
        finally:
            if not connection.needs_rollback and connection.connection.info.transaction_status == 2:
                cursor.execute("RESET ROLE")


def test_each_setting_is_explained():
    read = set(re.findall(r'(?:env(?:\.\w+)?|secret)\(\s*"([A-Z_]+)"', (CHECKOUT / "partyportal/settings.py").read_text(encoding="utf-8")))
    for file in (CHECKOUT / "partyportal").rglob("*.py"):
        read |= set(re.findall(r'environ(?:\.get\(|\[)\s*"([A-Z_]+)"', file.read_text(encoding="utf-8")))
    read -= {"PARTYPORTAL_WEB", "DEMO", "DJANGO_SETTINGS_MODULE"}  # said by wsgi.py, the Makefile (README) and Django
    explained = set(re.findall(r"^#? ?([A-Z_]+)=", (CHECKOUT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"DATABASE_URL", "SECRET_KEY", "SEAL_KEY"} <= read
    assert read <= explained, f".env.example does not explain {sorted(read - explained)}"


def test_static_files_are_collected_with_a_compressed_twin(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    others = ["admin", "import_export", "rest_framework", "drf_spectacular_sidecar"]
    call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=others)
    whole, packed = (tmp_path / "portal" / name for name in ("portal.css", "portal.css.gz"))
    assert packed.stat().st_size * 3 < whole.stat().st_size


def test_compose_names_every_part_and_asks_for_its_passwords():
    text = (CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8")
    services = yaml.safe_load(text)["services"]
    assert set(services) == {"web", "worker", "beat", "migrate", "postgres", "redis"}
    assert len({services[name]["image"] for name in ("web", "worker", "beat", "migrate")}) == 1
    assert all("healthcheck" in service for name, service in services.items() if name != "migrate")
    assert "owner:" in services["migrate"]["environment"]["DATABASE_URL"]
    assert "app:" in services["web"]["environment"]["DATABASE_URL"]
    explained = (CHECKOUT / ".env.example").read_text(encoding="utf-8")
    assert all(f"{name}=" in explained for name in re.findall(r"\$\{([A-Z_]+)", text))
