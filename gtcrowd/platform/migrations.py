"""Migration operations that Django does not have."""

import json
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.migrations import AddField, AlterField, RemoveField, RunPython
from django.db.migrations.operations.base import Operation
from django.utils.translation import override

from gtcrowd.platform.reasons import sentence


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


def replace_reason(
    model_name: str, *, table: str, length: int, current: Sequence[tuple[str, str]] = (), code: str = ""
) -> list[Operation]:
    """Return the operations that replace the column `reason`, a sentence, by the parameters of a reason code.

    Old sentences are kept as the parameter `text`, except those of `current`: pairs of a code and its former sentence
    that the code alone says as well, in every language. `code`: for tables without a reason code, an SQL expression
    for that of rows with a sentence. One statement changes the rows in each direction; backwards, sentences are
    written in the language of the service, cut to `length` characters.
    """
    codes, sentences = [pair[0] for pair in current], [pair[1] for pair in current]

    def keep_sentences(_apps: Any, schema_editor: Any) -> None:
        with schema_editor.connection.cursor() as cursor:
            cursor.execute(KEEP_SENTENCES.format(table=table, code=code or "reason_code"), [codes, sentences])

    def write_sentences(_apps: Any, schema_editor: Any) -> None:
        with override(settings.LANGUAGE_CODE), schema_editor.connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT reason_code, reason_params::text FROM {table} WHERE reason_code <> ''")  # noqa: S608
            rows = [(code, params, sentence(code, json.loads(params))) for code, params in cursor.fetchall()]
            if rows:
                cursor.execute(WRITE_SENTENCES.format(table=table), [length, *map(list, zip(*rows, strict=True))])

    reason_code = models.CharField(max_length=40, blank=True, default="")
    added = (
        AddField(model_name, "reason_code", reason_code) if code else AlterField(model_name, "reason_code", reason_code)
    )
    return [
        added,
        AddField(model_name, "reason_params", models.JSONField(default=dict, blank=True)),
        RunPython(keep_sentences, write_sentences),
        AlterField(model_name, "reason", models.CharField(max_length=length, blank=True)),  # backwards, it begins empty
        RemoveField(model_name, "reason"),
    ]


KEEP_SENTENCES = """
UPDATE {table} SET reason_code = {code}, reason_params = CASE
    WHEN ({code}, reason) IN (SELECT * FROM unnest(%s::text[], %s::text[])) THEN '{{}}'
    ELSE jsonb_build_object('text', reason)
END
WHERE reason <> ''
"""
WRITE_SENTENCES = """
UPDATE {table} SET reason = left(made.sentence, %s)
FROM unnest(%s::text[], %s::jsonb[], %s::text[]) AS made(code, params, sentence)
WHERE reason_code = made.code AND reason_params = made.params
"""
