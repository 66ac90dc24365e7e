"""CreateModels does what its operations do one by one: the same state, the same tables, and back."""

import pytest
from django.db import connection, models
from django.db.migrations import AddConstraint, CreateModel
from django.db.migrations.state import ProjectState

from partyportal.core.migration_operations import CreateModels


def _operations() -> list[CreateModel]:
    def named(name: str, **fields: models.Field) -> CreateModel:
        return CreateModel(name=name, fields=[("id", models.BigAutoField(primary_key=True)), *fields.items()])

    return [
        named("Shelf", above=models.ForeignKey("self", models.CASCADE, null=True)),
        named("Book", shelf=models.ForeignKey("library.Shelf", models.PROTECT), title=models.CharField(max_length=20)),
        named("Loan", book=models.ForeignKey("library.Book", models.CASCADE)),
    ]


def _rendered() -> ProjectState:
    state = ProjectState()
    assert state.apps.get_models() == []
    return state


def test_the_state_is_the_same_and_models_know_each_other():
    together, one_by_one = _rendered(), _rendered()
    CreateModels(_operations()).state_forwards("library", together)
    for operation in _operations():
        operation.state_forwards("library", one_by_one)

    def described(state: ProjectState) -> dict:
        return {key: (list(model.fields), model.options) for key, model in state.models.items()}

    assert described(together) == described(one_by_one)
    related = {field.name for field in together.apps.get_model("library", "Book")._meta.get_fields()}
    assert related == {"id", "shelf", "title", "loan"}
    later = AddConstraint("Book", models.UniqueConstraint(fields=["title"], name="title_once"))
    later.state_forwards("library", together)
    assert together.apps.get_model("library", "Book")._meta.constraints[0].name == "title_once"


@pytest.mark.django_db
def test_tables_come_and_go():
    operation, before, after = CreateModels(_operations()), _rendered(), _rendered()
    operation.state_forwards("library", after)
    tables = {"library_shelf", "library_book", "library_loan"}
    with connection.schema_editor(atomic=False) as editor:
        operation.database_forwards("library", editor, before, after)
    with connection.cursor() as cursor:
        assert tables <= set(connection.introspection.table_names(cursor))
        assert set(connection.introspection.get_relations(cursor, "library_book")) == {"shelf_id"}
    with connection.schema_editor(atomic=False) as editor:
        operation.database_backwards("library", editor, after, before)
    with connection.cursor() as cursor:
        assert not tables & set(connection.introspection.table_names(cursor))
