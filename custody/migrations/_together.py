"""Many tables made in one operation, so that Django renders its models once and not after each of them."""

from __future__ import annotations

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class CreateModels(Operation):
    """Makes the tables that these `CreateModel` would make one after another, in their order.

    After each operation Django renders anew every model that is related to the one it changed. Here that is nearly
    all of them, through accounts and cases, and was nine tenths of the time of `migrate`.
    """

    category = OperationCategory.ADDITION
    serialization_expand_args = ["tables"]
    # Nobody drops the ledger with one short command.
    reversible = False

    def __init__(self, tables: list[CreateModel]) -> None:
        self.tables = tables

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        # A cached property: while nothing is rendered, nothing is rendered anew. Whoever reads it next has all of them.
        state.__dict__.pop("apps", None)
        for table in self.tables:
            table.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for table in self.tables:
            table.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Create {len(self.tables)} models"

    # Django's own words every field of every table.
    __repr__ = describe
