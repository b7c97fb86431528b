"""From the vault to the database: every stored object must be known to somebody."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from custody import data
from custody.verification import Inspection
from evidence.holdings import known_objects
from evidence.vault.store import INCOMING, Vault, is_name

_AT_ONCE = 500


def check_holdings(inspection: Inspection) -> None:
    """(1) Nothing stands in the vault that is not an object in its place. (2) Every object is known.

    What an unfinished intake left behind is not evidence and not tampering; it is counted and said.
    """
    vault = Vault(data.vault())
    for stray in vault.strays():
        inspection.bad("vault", f"vault/{stray}", "this is not an object of the vault, or not in its place")
    pending = _pending()
    objects = vault.objects()
    while page := list(islice(objects, _AT_ONCE)):
        inspection.counts["objects"] += len(page)
        for sha256 in sorted(set(page) - known_objects(page) - pending):
            inspection.bad("vault", f"vault/{sha256}", "the object is in the vault, but nothing on record names it")
    if pending - known_objects(pending):
        inspection.left_out.append("files of an intake that was cut off: run it again to complete or clear them")
    for name in vault.quarantined():
        inspection.bad("vault", f"quarantine/{name}", "bytes were put aside because the stored copy was damaged")


def _pending() -> set[str]:
    return set(_names_in_incoming())


def _names_in_incoming() -> Iterator[str]:
    incoming = data.vault() / INCOMING
    for run in sorted(incoming.iterdir()) if incoming.is_dir() else ():
        if run.is_dir():
            names = (entry.name.partition(".")[0] for entry in run.iterdir())
            yield from (name for name in names if is_name(name))
