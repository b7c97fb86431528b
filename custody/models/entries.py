"""The ledger's tables. Only ``custody.ledger`` writes them, by hand-written SQL."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class LedgerHead(models.Model):
    """The one row that serialises appending: how many entries there are and the time of the last."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    origin = models.CharField(max_length=200)
    size = models.BigIntegerField(default=0)
    last_time = models.CharField(max_length=24, default="")
    # From how many entries to how many a recovery goes that is not finished. Until then nothing else is appended.
    recovering_from = models.BigIntegerField(null=True)
    recovering_to = models.BigIntegerField(null=True)

    class Meta:
        constraints = (models.CheckConstraint(condition=models.Q(id=1), name="custody_ledgerhead_one_row"),)


class Entry(models.Model):
    """One leaf of the ledger: its exact bytes and their RFC 6962 leaf hash; the other columns only index it."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    seq = models.BigIntegerField(primary_key=True)
    # Django keeps the attribute name "id" for primary keys.
    entry_id = models.CharField(max_length=64, db_column="id")
    act = models.CharField(max_length=64)
    action = models.CharField(max_length=64)
    outcome = models.CharField(max_length=12)
    actor = models.CharField(max_length=64)
    time = models.CharField(max_length=24)
    body = models.BinaryField()
    leaf = models.BinaryField()

    class Meta:
        db_table = "custody_entry"
        ordering = ("seq",)
        # Each index is paid for at every append, under the ledger's lock.
        constraints = (models.UniqueConstraint(fields=("entry_id",), name="custody_entry_id_once"),)
        indexes = (
            # The audit page filters by verb, and the registrar asks whether a batch was closed.
            models.Index(fields=("action", "seq"), name="custody_entry_action"),
            models.Index(fields=("actor", "seq"), name="custody_entry_actor"),
        )


class StreamEntry(models.Model):
    """Where an entry stands in one stream; the same link is inside the entry's bytes."""

    personal_data: ClassVar[tuple[str, ...]] = ()

    pk = models.CompositePrimaryKey("stream", "n")
    stream = models.CharField(max_length=80)
    n = models.BigIntegerField()
    seq = models.BigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("seq", "stream"), name="custody_streamentry_seq_once"),)


class EntryDetail(models.Model):
    """The private side of an entry (names, free text). The entry holds only the SHA-256 of these bytes."""

    personal_data: ClassVar[tuple[str, ...]] = ("body",)

    entry = models.CharField(max_length=64, primary_key=True)
    body = models.BinaryField()
