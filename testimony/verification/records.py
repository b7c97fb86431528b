"""What is checked of everything that was sealed with a signed record: its row, its entry and the record agree."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from custody import clock, installation, ledger
from custody.actions import Action
from custody.core import cades
from custody.core.entries import Entry
from custody.core.errors import CustodyError, EntryError
from custody.verification import Inspection
from testimony.core.errors import TestimonyError
from testimony.sealed.records import Receipt

R = TypeVar("R")


def sealings(action: Action, named: str) -> Iterator[tuple[str, Entry]]:
    """The entries with this verb that can be read, each by what its field ``named`` says it is about."""
    for stored in ledger.entries_with(action):
        try:
            entry = ledger.entry_of(stored)
        except EntryError:
            # The walk over the ledger reports it.
            continue
        yield entry.subject.get(named, ""), entry


@dataclass(frozen=True)
class Sealing:
    """One sealing that is looked at: ``subject`` names what was sealed, ``kind`` what that is, ``fact`` the finding."""

    inspection: Inspection
    fact: str
    subject: str
    kind: str
    entry: Entry

    def compare_digests(self, row: Mapping[str, str]) -> None:
        """What the entry says was sealed is what the row says."""
        for name, value in row.items():
            if self.entry.subject.get(name) != value:
                self._bad(f"its row and the entry of its sealing differ in: {name}")

    def is_gone(self) -> None:
        """There is no record, though the entry names one."""
        self._bad("the record that the entry of its sealing names is gone")

    def read(self, receipt: Receipt, loads: Callable[[bytes], R]) -> R | None:
        """The record, if it is the one that the entry names and can be read."""
        content = bytes(receipt.record)
        if hashlib.sha256(content).hexdigest() != self.entry.subject.get("record"):
            self._bad("its record is not the one that the entry of its sealing names")
            return None
        try:
            return loads(content)
        except TestimonyError as error:
            self._bad(f"its record cannot be read: {error}")
            return None

    def compare_record(self, row: Mapping[str, object], record: object) -> None:
        """What the record says is what the row says."""
        for name, value in row.items():
            if getattr(record, name) != value:
                self._bad(f"its row and its record differ in: {name}")

    def check_signature(self, receipt: Receipt, signer: str) -> None:
        """The registrar signed it, with the key that it names and that counted when the entry was written."""
        if receipt.signature is None:
            words = f"its record is not signed yet: the worker has it signed, or whoever next opens the {self.kind}"
            self.inspection.unknown(self.fact, self.subject, words)
            return
        try:
            at, root = clock.parse(self.entry.time), installation.root_certificate()
            facts = cades.verify(bytes(receipt.signature), bytes(receipt.record), anchor=root, at=at)
            self.inspection.signers.check(facts, named=signer, seq=self.entry.seq)
        except (CustodyError, ValueError) as error:
            self.inspection.bad("signature", self.subject, f"the signature of its record does not hold: {error}")

    def _bad(self, words: str) -> None:
        self.inspection.bad(self.fact, self.subject, words)
