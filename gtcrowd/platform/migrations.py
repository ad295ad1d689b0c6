"""Migration operations that Django does not have."""

from typing import Any

from django.db import migrations, models


class RenameConstraint(migrations.SeparateDatabaseAndState):
    """Rename a constraint without building it again; the columns may have been renamed before.

    A unique constraint with a condition is an index in PostgreSQL, so it takes `index=True`.
    """

    def __init__(self, model_name: str, old_name: str, constraint: Any, *, table: str, index: bool = False) -> None:
        new_name = constraint.name
        what = (
            "ALTER INDEX {old} RENAME TO {new}"
            if index
            else f"ALTER TABLE {table} RENAME CONSTRAINT {{old}} TO {{new}}"
        )
        super().__init__(
            database_operations=[
                migrations.RunSQL(what.format(old=old_name, new=new_name), what.format(old=new_name, new=old_name))
            ]
            if old_name != new_name
            else [],
            state_operations=[
                migrations.RemoveConstraint(model_name=model_name, name=old_name),
                migrations.AddConstraint(model_name=model_name, constraint=constraint),
            ],
        )


class RenameIndexTo(migrations.SeparateDatabaseAndState):
    """Rename an index whose columns or condition were renamed before, without building it again."""

    def __init__(self, model_name: str, old_name: str, index: models.Index) -> None:
        super().__init__(
            database_operations=[
                migrations.RunSQL(
                    f"ALTER INDEX {old_name} RENAME TO {index.name}", f"ALTER INDEX {index.name} RENAME TO {old_name}"
                )
            ]
            if old_name != index.name
            else [],
            state_operations=[
                migrations.RemoveIndex(model_name=model_name, name=old_name),
                migrations.AddIndex(model_name=model_name, index=index),
            ],
        )
