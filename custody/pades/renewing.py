"""Document time-stamps: another one before the certificate of the last ends, so that the chain reaches today."""

from __future__ import annotations

import datetime
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from custody.pades import dating, inspecting, preserving
from custody.pades.allowances import AT_LEISURE
from custody.pades.dating import TimeAuthority
from custody.pades.errors import DocumentError
from custody.pades.reading import open_reader, signatures
from custody.pades.roots import Roots
from custody.pades.signing import both

if TYPE_CHECKING:
    from custody.pades.validating import DocumentFacts

_UNSIGNED: Final = "the file holds no signature whose time could be kept"
_WORTH: Final = ("unsound", "unknown", "sound")


@dataclass(frozen=True)
class Renewed:
    """When the certificate of the newest stamp ends, by when the next is due; which lists were not to be had.

    ``level``: what is found of the first signature now.
    """

    due: datetime.datetime
    missing: tuple[str, ...]
    level: str


def renew(path_in: Path, path_out: Path, *, time_authority: TimeAuthority, trust: Roots) -> Renewed:
    """Write a copy with today's lists of withdrawn certificates and one more document time-stamp over everything.

    The last signature must be whole, and a time-stamp hold under a root in ``trust``, which may be another than that
    of the new stamp: authorities change. What is in the file by now others may have added: a confined child judges it
    before anything is read here. Raises DocumentError, also where the document would be worth less than before (a
    signature without a time whose key was withdrawn since); AuthorityUnavailable.
    """
    with both(path_in, path_out) as (source, target):
        shutil.copyfileobj(source, target, 1 << 20)
        before = _judged(target, trust)
        _demand_that_the_last_holds(before)
        proofs = preserving.gather(target, time_authority)
        preserving.add(target, proofs)
        dating.stamp_document(target, time_authority)
        after = _judged(target, trust)
        if _worth(after) < _worth(before):
            raise DocumentError("with a time-stamp of today it would be worth less: see when its key was withdrawn")
        return Renewed(due_of(target), proofs.missing, after.signatures[0].level_found)


def _judged(document: BinaryIO, trust: Roots) -> DocumentFacts:
    document.flush()
    return inspecting.inspect(document.fileno(), trust=trust, allowance=AT_LEISURE)


def _worth(facts: DocumentFacts) -> int:
    return _WORTH.index(facts.verdict.bottom_line)


def due_of(document: BinaryIO) -> datetime.datetime:
    """When the certificate of the newest signature or time-stamp ends. Raises DocumentError, also without any."""
    found = signatures(open_reader(document))
    if not found:
        raise DocumentError(_UNSIGNED)
    ends: datetime.datetime = found[-1].signer_cert.not_valid_after
    return ends


def _demand_that_the_last_holds(facts: DocumentFacts) -> None:
    if not facts.signatures:
        raise DocumentError(_UNSIGNED)
    last = facts.signatures[-1]
    if not last.intact or (last.kind == "time-stamp" and not last.trusted):
        raise DocumentError("the last signature in the file does not hold, so its time can't be kept")
