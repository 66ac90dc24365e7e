from django.db.backends.postgresql import base, operations

# Filled by data migrations, which run once: after a flush they stand as the product has them, whatever a test did to them.
REFERENCE_TABLES = (
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
_rows: dict[str, str] = {}  # table → its rows as JSON


def keep_reference_rows(cursor) -> None:
    """Remember what the migrations filled, before any test has touched it."""
    for table in REFERENCE_TABLES:
        cursor.execute(f"SELECT coalesce(json_agg(t), '[]')::text FROM {table} t")
        _rows[table] = cursor.fetchone()[0].replace("'", "''")


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style, tables, **kwargs):
        if not tables:
            return []
        # Deleted, not truncated: two hundred tables, nearly all empty, cost far less this way.
        emptied = [f"DELETE FROM {self.quote_name(table)};" for table in tables]
        filled = [f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, '{rows}');" for table, rows in _rows.items()]
        # Ordinary triggers do not fire for a replica; SET LOCAL ends with the flush's own transaction.
        return ["SET LOCAL session_replication_role = replica;", *emptied, *filled]


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
