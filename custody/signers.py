"""Whose signature counts: the certificate that the record names, entered in the ledger, and not retired before.

The root vouches for every certificate that was ever made under it. Which of them the house signs with, and until
when, only the ledger says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from custody import ledger
from custody.actions import Action
from custody.core.cades import SignerFacts
from custody.core.entries import Entry
from custody.core.errors import CustodyError
from custody.models import KeyKind


class WrongSigner(CustodyError):
    """A signature that holds, by a certificate whose signature does not count here."""


@dataclass(frozen=True)
class Signers:
    """What the ledger says of the registrar's certificates, read once: each one's entry, and that of its retirement."""

    created: Mapping[str, int]
    retired: Mapping[str, int]

    def check(self, facts: SignerFacts, *, named: str | None, seq: int | None) -> None:
        """Check the signer of a record; the signature itself was checked by ``cades.verify``.

        ``named``: the fingerprint that the record names, None where records of its kind name nobody. ``seq``: the
        number of the entry that binds the record, or that allowed it where none binds its bytes; None when there is
        no such entry, and then a retired certificate never counts. (1) The signer is the one that the record names,
        (2) an entry says that it was made, (3) none before ``seq`` says that it was retired. Raises WrongSigner.

        It does not prove when a signature was made: a stolen key may sign, later, what was bound before it was retired.
        """
        signer = facts.fingerprint
        if named is not None and signer != named:
            raise WrongSigner(f"it is signed by certificate {signer[:16]}; the record names {named[:16]}")
        if signer not in self.created:
            raise WrongSigner(f"no entry of the ledger names certificate {signer[:16]}, which signed it")
        end = self.retired.get(signer)
        if end is not None and (seq is None or seq > end):
            raise WrongSigner(f"certificate {signer[:16]}, which signed it, was retired before, by entry {end}")


def signers() -> Signers:
    """Read the entries about the registrar's certificates. For many records read them once."""
    return Signers(_first(Action.KEY_CREATED), _first(Action.KEY_RETIRED))


def check_signer(facts: SignerFacts, *, named: str | None, seq: int | None) -> None:
    """``Signers.check`` for one record, by the ledger as it is now. Raises WrongSigner."""
    signers().check(facts, named=named, seq=seq)


def _first(action: Action) -> dict[str, int]:
    """The number of the first entry with this verb for each certificate of the registrar."""
    found: dict[str, int] = {}
    for entry in _entries(action):
        if entry.subject.get("kind") == KeyKind.REGISTRAR:
            found.setdefault(entry.subject.get("fingerprint", ""), entry.seq)
    return found


def _entries(action: Action) -> Iterator[Entry]:
    for stored in ledger.entries_with(action):
        try:
            yield ledger.entry_of(stored)
        except CustodyError:
            # The walk over the ledger reports it.
            continue


__all__ = ["Signers", "WrongSigner", "check_signer", "signers"]
