"""An opened object on its way out: digested while it is sent, its last block held back until the digest agrees."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from custody import ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.ledger import Draft
from evidence.access.asking import Asker, Form
from evidence.access.refusing import sound_alarm, streams_of, subject_of
from evidence.models import EvidenceItem

_BLOCK = 1 << 18


@dataclass
class Opened:
    """Bytes that may go out now: the entry that says so is committed. Iterate it once, and close it."""

    asker: Asker
    item: EvidenceItem
    form: Form
    sha256: str
    size: int
    media_type: str
    act: str
    _file: BinaryIO
    _finished: bool = False

    def __iter__(self) -> Iterator[bytes]:
        """Yield blocks. Raises AccessRefused when the bytes change under way: the receiver then lacks the end."""
        digest = hashlib.sha256()
        held = b""
        while block := self._file.read(_BLOCK):
            digest.update(block)
            if held:
                yield held
            held = block
        if digest.hexdigest() != self.sha256:
            self._finished = True
            raise sound_alarm(self.asker, self.item, self.form, wanted=self.sha256, found=digest.hexdigest())
        if held:
            yield held
        self._finished = True

    def abandon(self) -> None:
        """Let go without sending: nothing left, so nothing is recorded."""
        self._finished = True
        self._file.close()

    def close(self) -> None:
        """Let go of the file; a sending that did not come to its end is recorded as broken off."""
        if self._file.closed:
            return
        self._file.close()
        if not self._finished:
            self._record_break()

    def _record_break(self) -> None:
        ledger.append_alone(
            Draft(
                action=Action.ITEM_ACCESS_INTERRUPTED,
                actor=self.asker.actor,
                streams=streams_of(self.asker, self.item),
                subject=subject_of(self.asker, self.item, self.form, sha256=self.sha256),
                outcome=Outcome.INTERRUPTED,
                purpose=self.asker.purpose_code,
                act=self.act,
            )
        )
