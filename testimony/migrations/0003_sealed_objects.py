"""Sealed bytes move out of records and histories into the table from which erasure can delete them."""

from __future__ import annotations

from typing import Any

from django.db import migrations

_HOLDERS = (("SealedIdentity", "HistoricalSealedIdentity"), ("Statement", "HistoricalStatement"))


def move(apps: Any, _editor: Any) -> None:
    """Keep every version under its digest and its person; what is kept already is left."""
    kept = apps.get_model("custody", "SealedObject")
    persons = dict(apps.get_model("testimony", "Witness").objects.values_list("pk", "person"))
    for names in _HOLDERS:
        for name in names:
            rows = apps.get_model("testimony", name).objects.values_list("sealed_sha256", "witness_id", "sealed")
            for sha256, witness, sealed in rows.iterator():
                if not kept.objects.filter(sha256=sha256).exists():
                    kept.objects.create(sha256=sha256, person=persons[witness], sealed=bytes(sealed))


class Migration(migrations.Migration):
    dependencies = [("custody", "0008_sealed_objects"), ("testimony", "0002_consent_by_use_and_recipient")]

    operations = [
        migrations.RunPython(move, migrations.RunPython.noop),
        migrations.RemoveField(model_name="historicalsealedidentity", name="sealed"),
        migrations.RemoveField(model_name="historicalstatement", name="sealed"),
        migrations.RemoveField(model_name="sealedidentity", name="sealed"),
        migrations.RemoveField(model_name="statement", name="sealed"),
    ]
