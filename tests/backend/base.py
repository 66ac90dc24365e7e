from django.db.backends.postgresql import base, operations


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style, tables, **kwargs):
        flush = super().sql_flush(style, tables, **kwargs)
        # Ordinary triggers do not fire for a replica; SET LOCAL ends with the flush's own transaction.
        return ["SET LOCAL session_replication_role = replica;", *flush] if flush else flush


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
