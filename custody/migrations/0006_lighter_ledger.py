"""Takes indexes away that every append paid for and nothing asked: 9 become 6 on PostgreSQL, 8 become 5 on SQLite."""

import django.db.models.fields.composite
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

_POSTGRESQL = (
    "ALTER TABLE custody_streamentry DROP COLUMN id",
    "ALTER TABLE custody_streamentry DROP CONSTRAINT custody_streamentry_n_once",
    "ALTER TABLE custody_streamentry ADD PRIMARY KEY (stream, n)",
)
# SQLite can't change a primary key. The triggers go with the old table, and are made anew after the migrations.
# Worded as Django words its own, for it reads the words back.
_TABLE = (
    'CREATE TABLE "new_streamentry" ("stream" varchar(80) NOT NULL, "n" bigint NOT NULL, "seq" bigint NOT NULL, '
    'PRIMARY KEY ("stream", "n"), CONSTRAINT "custody_streamentry_seq_once" UNIQUE ("seq", "stream"))'
)
_SQLITE = (
    _TABLE,
    "INSERT INTO new_streamentry SELECT stream, n, seq FROM custody_streamentry ORDER BY stream, n",
    "DROP TABLE custody_streamentry",
    "ALTER TABLE new_streamentry RENAME TO custody_streamentry",
)


def _change_key(_apps: object, schema_editor: BaseDatabaseSchemaEditor) -> None:
    for statement in _POSTGRESQL if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


class Migration(migrations.Migration):
    dependencies = [
        ("custody", "0005_disclosures"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="entry",
            name="custody_entry_act",
        ),
        migrations.AlterField(
            model_name="entry",
            name="entry_id",
            field=models.CharField(db_column="id", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="entry",
            constraint=models.UniqueConstraint(fields=("entry_id",), name="custody_entry_id_once"),
        ),
        # Django changes no primary key to or from one of several columns.
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(name="StreamEntry"),
                migrations.CreateModel(
                    name="StreamEntry",
                    fields=[
                        (
                            "pk",
                            django.db.models.fields.composite.CompositePrimaryKey(
                                "stream", "n", blank=True, editable=False, primary_key=True, serialize=False
                            ),
                        ),
                        ("stream", models.CharField(max_length=80)),
                        ("n", models.BigIntegerField()),
                        ("seq", models.BigIntegerField()),
                    ],
                    options={
                        "constraints": [
                            models.UniqueConstraint(fields=("seq", "stream"), name="custody_streamentry_seq_once")
                        ],
                    },
                ),
            ],
            database_operations=[migrations.RunPython(_change_key)],
        ),
    ]
