"""The PostgreSQL backend whose flush may empty append-only tables: for tests alone, the product has no such setting."""
