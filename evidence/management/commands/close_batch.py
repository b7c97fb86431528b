"""``manage.py close_batch``: close an interrupted batch that can't be gone on with."""

from __future__ import annotations

import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from custody import actors, notary
from custody.core.errors import CustodyError
from custody.management.telling import ERROR
from evidence import batches, examining
from evidence.core.errors import EvidenceError


class Command(BaseCommand):
    """For when the medium is gone or broken: the batch is closed with what it recorded."""

    help = "Close an interrupted batch with what it recorded. Exit status: 0 when it is closed, 2 on an error."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("batch", type=uuid.UUID, help="the number that `ingest` told when it was interrupted")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            # First the files that it left in the vault: while it is open, it says where they come from.
            examining.take_up_dead()
            batch = batches.close_interrupted(options["batch"], actors.for_command())
            checkpoint = notary.ensure_checkpoint()
        except (EvidenceError, CustodyError) as error:
            raise CommandError(str(error), returncode=ERROR) from error
        self.stdout.write(
            f"{batch.seen} seen: {batch.stored} stored, {batch.duplicate} duplicate, {batch.refused} refused. "
            f"Batch {batch.pk} closed under checkpoint {checkpoint.size}."
        )
