"""One database, two connections: `progress` is the same database over a connection of its own and never migrates."""


class OneDatabase:
    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == "default"
