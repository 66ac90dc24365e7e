import hashlib
from pathlib import Path

from django.apps import apps
from django.core.management import call_command
from django.db.backends.postgresql import base, creation, operations
from django.db.backends.postgresql.psycopg_any import sql

from tests.kept import put_back, rows_of

# Filled by migrations and by what follows them, which run once: after a flush they stand as the product has them, whatever a test did to them.
REFERENCE_TABLES = (
    "django_content_type",
    "auth_permission",
    "assessments_indicator",
    "branches_termlength",
    "care_criterion",
    "care_criterionversion",
    "core_calendarday",
    "dues_rateband",
    "education_requirement",
    "openness_topic",
    "visits_occasion",
    "visits_occasionday",
    "stations_checklist",
    "stations_checklistitem",
    "stations_requestkind",
    "stations_stationkind",
)
EMPTY = "partyportal_test_empty_"
_rows: dict[str, list[dict]] = {}  # table → its rows


def keep_reference_rows() -> None:
    """Remember what the migrations filled, before any test has touched it."""
    _rows.update({table: rows_of(table) for table in REFERENCE_TABLES})


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style, tables, **kwargs):
        if not tables:
            return []
        # Deleted, not truncated: two hundred tables, nearly all empty, cost far less this way.
        emptied = "".join(f"DELETE FROM {self.quote_name(table)};" for table in tables)
        # Ordinary triggers do not fire for a replica; SET LOCAL ends with the flush's own transaction.
        return [f"SET LOCAL session_replication_role = replica; {emptied} {put_back(_rows.items())}"]


class DatabaseCreation(creation.DatabaseCreation):
    """Migrating takes a minute, copying a second: the first worker leaves an empty migrated database, named by its migrations, for all."""

    def create_test_db(self, verbosity=1, autoclobber=False, serialize=False, keepdb=False):
        with self._nodb_cursor() as cursor:
            if not (keepdb and self._database_exists(cursor, self._get_test_db_name())):
                self.connection.settings_dict["TEST"]["TEMPLATE"] = self._migrated(cursor)
        # It migrates once more: nothing is left to do but what follows every migration.
        return super().create_test_db(verbosity, autoclobber, serialize, keepdb)

    def _migrated(self, cursor) -> str:
        name = f"{EMPTY}{migrations_digest()}"
        cursor.execute(
            "SELECT pg_advisory_lock(hashtext(%s))", [EMPTY]
        )  # a second worker waits here for the first; freed with the connection
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [EMPTY])
        if name not in (standing := [row[0] for row in cursor.fetchall()]):
            for other in standing:
                self._say(cursor, "DROP DATABASE {} WITH (FORCE)", other)
            self._say(cursor, "CREATE DATABASE {} TEMPLATE template0", making := f"{EMPTY}making")
            self._migrate(making)
            self._say(cursor, "ALTER DATABASE {} RENAME TO {}", making, name)
        return name

    def _migrate(self, making: str) -> None:
        settings, usual = self.connection.settings_dict, self.connection.settings_dict["NAME"]
        self.connection.close()
        settings["NAME"] = making
        try:
            call_command("migrate", verbosity=0, interactive=False, database=self.connection.alias)
        finally:
            self.connection.close()
            settings["NAME"] = usual

    def _say(self, cursor, statement: str, *names: str) -> None:
        cursor.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def migrations_digest() -> str:
    found = hashlib.sha256()
    for app in apps.get_app_configs():
        for path in sorted(Path(app.path, "migrations").glob("*.py")):
            found.update(path.read_bytes())
    return found.hexdigest()[:12]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    creation_class = DatabaseCreation
