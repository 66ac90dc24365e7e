from django.db.backends.postgresql import base, operations

# Filled by data migrations, which run once: a flush must leave them as the product has them.
REFERENCE_TABLES = frozenset(
    {"assessments_indicator", "branches_termlength", "core_calendarday", "dues_rateband", "education_requirement", "openness_topic"}
)


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style, tables, **kwargs):
        # Deleted, not truncated: a table that stays may refer to one that is emptied, and many empty tables cost less this way.
        flush = [f"DELETE FROM {self.quote_name(table)};" for table in tables if table not in REFERENCE_TABLES]
        # Ordinary triggers do not fire for a replica; SET LOCAL ends with the flush's own transaction.
        return ["SET LOCAL session_replication_role = replica;", *flush] if flush else flush


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
