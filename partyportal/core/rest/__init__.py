"""What every app's `api.py` stands on: the scoped viewset, changes made once, versions, pages, filters.

It lies on the floor because apps import it; what only the settings name (problems, throttles, the schema) is on the roof.
"""
