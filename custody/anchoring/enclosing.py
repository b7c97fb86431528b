"""What outside parties said about the ledger, gathered for somebody who was handed a part of it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field

from custody import clock, installation
from custody.anchoring import asking, stamps
from custody.anchoring.parties import AnchoringError, authorities, certificates_of
from custody.anchoring.policy import cosigned_note, policy
from custody.anchoring.watch import Anchored
from custody.core import checkpoints, timestamps
from custody.core.errors import CheckpointError, CustodyError, NoteError
from custody.models import AnchorParty, SignedCheckpoint, TimeStamp
from custody.stamping import client

FEW = 64
"""Dated checkpoints that are all enclosed; of more, those that bracket what was handed over."""
_NONCE_BITS = 63


@dataclass(frozen=True)
class Dated:
    """One checkpoint that authorities dated: its size, the exact bytes dated, and each authority's raw response."""

    size: int
    note: bytes
    responses: dict[str, bytes]


@dataclass(frozen=True)
class Enclosed:
    """What goes with a bundle: the cosigned checkpoint, the policy, dated checkpoints, authorities' certificates."""

    note: bytes
    policy: bytes
    dated: tuple[Dated, ...]
    certificates: dict[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True)
class Stamped:
    """The first sound time-stamp that an authority gave, None where none did, and what went wrong by name."""

    response: bytes | None
    failed: dict[str, str]


def vouch_now(size: int) -> Anchored:
    """Have everybody vouch for a checkpoint now; that nobody can be asked is an answer too, and stops nothing."""
    try:
        return asking.anchor_now(size)
    except (CustodyError, OSError) as error:
        return Anchored(size, failed={"notary": str(error)})


def enclose(size: int, *, first: int, last: int) -> Enclosed:
    """What outside parties said up to the checkpoint of this size, for a reader of entries ``first`` to ``last``.

    Left out is what was said of checkpoints that another ledger key signed: a stranger has the present one alone.
    Raises AnchoringError when no such checkpoint is on record, and what ``policy`` raises.
    """
    row = SignedCheckpoint.objects.filter(size=size).first()
    if row is None:
        raise AnchoringError(f"no checkpoint of {size} entries is on record")
    dated = [each for each in map(_dated, _bracketing(size, first=first, last=last)) if each.responses]
    named = {name for each in dated for name in each.responses} | {party.name for party in authorities()}
    certificates = {party.name: party.public.encode() for party in AnchorParty.objects.filter(name__in=named)}
    return Enclosed(cosigned_note(row), policy().encode(), tuple(dated), certificates)


def note_at(size: int) -> bytes | None:
    """The cosigned note of an earlier checkpoint, if the present ledger key signed it."""
    row = SignedCheckpoint.objects.filter(size=size).first()
    return cosigned_note(row) if row is not None and _is_ours(row) else None


def stamp_now(data: bytes) -> Stamped:
    """Ask the authorities, one after the other, for a time-stamp over some bytes until one gives a sound one."""
    failed: dict[str, str] = {}
    for party in authorities():
        nonce = secrets.randbits(_NONCE_BITS)
        try:
            response = client.ask(party.url, timestamps.request(data, nonce=nonce), timeout=stamps.TIMEOUT_SECONDS)
            pinned, chain = certificates_of(party)
        except (CustodyError, OSError) as error:
            failed[party.name] = str(error)
            continue
        worth = timestamps.verify(response, data, authorities=[pinned], chain=chain, now=clock.now(), nonce=nonce)
        if worth.proves_time:
            return Stamped(response, failed)
        failed[party.name] = f"its answer proves no time: {worth.reason}"
    return Stamped(None, failed)


def _bracketing(size: int, *, first: int, last: int) -> list[SignedCheckpoint]:
    """All that were dated when these are few, else the last before, the first after, and the one of this size."""
    sizes = sorted(set(TimeStamp.objects.filter(checkpoint__lte=size).values_list("checkpoint", flat=True)))
    if len(sizes) > FEW:
        before, after = [each for each in sizes if each <= first], [each for each in sizes if each > last]
        sizes = sorted({*_sound(reversed(before)), *_sound(after), *(each for each in sizes if each == size)})
    rows = SignedCheckpoint.objects.filter(size__in=sizes).order_by("size")
    return [row for row in rows if _is_ours(row)]


def _sound(sizes: Iterator[int] | list[int]) -> set[int]:
    """The first of these sizes that was soundly dated."""
    for size in sizes:
        if any(stamps.proves_time(kept) for kept in stamps.stamps_of(size)):
            return {size}
    return set()


def _dated(row: SignedCheckpoint) -> Dated:
    """The newest sound answer of each authority."""
    sound = {kept.party.name: bytes(kept.response) for kept in stamps.stamps_of(row.size) if stamps.proves_time(kept)}
    return Dated(row.size, bytes(row.note), sound)


def _is_ours(row: SignedCheckpoint) -> bool:
    key = installation.verifier_key()
    try:
        checkpoints.open_checkpoint(bytes(row.note), origin=key.name, keys=[key])
    except (NoteError, CheckpointError):
        return False
    return True
