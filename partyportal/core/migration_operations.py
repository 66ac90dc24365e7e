"""Operations of migrations that Django does not bring."""

from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.operations.models import CreateModel
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Several CreateModel, one after another, of which the state hears at once.

    For each model that is added Django makes every model again that leads to it or from it, and here nearly all lead to a member or
    an organisation: two hundred models, each made two hundred times, were most of a new installation's time. Here all are made
    once, when the first table is. State and tables are those of the operations one by one.
    """

    category = OperationCategory.ADDITION

    def __init__(self, operations: list[CreateModel]):
        self.operations = operations

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # a cached property: without it the state only notes what is added
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label, schema_editor, from_state, to_state) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)

    @property
    def migration_name_fragment(self) -> str:
        return "_".join(operation.migration_name_fragment for operation in self.operations)
