"""Document time-stamps: another one before the certificate of the last ends, so that the chain reaches today."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp

from custody.pades import dating, preserving
from custody.pades.dating import TimeAuthority
from custody.pades.errors import DocumentError
from custody.pades.reading import guarded, open_reader, signatures
from custody.pades.signing import both


@dataclass(frozen=True)
class Renewed:
    """When the certificate of the newest stamp ends, by when the next is due; and which lists were not to be had."""

    due: datetime.datetime
    missing: tuple[str, ...]


def renew(path_in: Path, path_out: Path, *, time_authority: TimeAuthority) -> Renewed:
    """Write a copy with today's lists of withdrawn certificates and one more document time-stamp over everything.

    The stamp before it must still hold under the same authority, and a signature be whole. Raises DocumentError,
    AuthorityUnavailable.
    """
    with both(path_in, path_out) as (source, target):
        shutil.copyfileobj(source, target, 1 << 20)
        _demand_that_the_last_holds(target, time_authority)
        proofs = preserving.gather(target, time_authority)
        preserving.add(target, proofs)
        dating.stamp_document(target, time_authority)
        return Renewed(due_of(target), proofs.missing)


def due_of(document: BinaryIO) -> datetime.datetime:
    """When the certificate of the newest signature or time-stamp ends. Raises DocumentError, also without any."""
    found = signatures(open_reader(document))
    if not found:
        raise DocumentError("the file holds no signature whose time could be kept")
    ends: datetime.datetime = found[-1].signer_cert.not_valid_after
    return ends


def _demand_that_the_last_holds(document: BinaryIO, authority: TimeAuthority) -> None:
    found = signatures(open_reader(document))
    if not found:
        raise DocumentError("the file holds no signature whose time could be kept")
    with guarded("the last signature in the file can't be checked"):
        if found[-1].sig_object_type == "/DocTimeStamp":
            stamp = validate_pdf_timestamp(found[-1], authority.context())
            holds = stamp.trusted and stamp.intact and stamp.valid
        else:
            status = validate_pdf_signature(found[-1], authority.context())
            holds = status.intact and status.valid
    if not holds:
        raise DocumentError("the last signature in the file does not hold, so its time can't be kept")
