"""Reading one stored object back, whole and once, and holding it against everything on record about it."""

from __future__ import annotations

import datetime
import errno
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from custody import clock
from custody.core.fixity import Algorithm, Condition
from custody.verification import Inspection
from evidence.core.errors import EvidenceError, FixityError, UnknownObjectError
from evidence.digesting import Digests, copy, forget_cached
from evidence.models import EvidenceItem, ItemDigest
from evidence.vault import Vault
from evidence.verification import receipts

# These say something about this process, not about the object.
_OUR_OWN: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM})
_MAKERS: Final = {Algorithm.SHA3_256: hashlib.sha3_256, Algorithm.SHA3_512: hashlib.sha3_512}


@dataclass(frozen=True)
class ReadBack:
    """What one reading found, and when it ended: condition, bytes read, what is wrong in words, another digest found.

    `more` holds the digests of the algorithms asked for beside SHA-256 and SHA-512.
    """

    sha256: str
    condition: Condition
    moment: datetime.datetime
    size: int = 0
    found: str = ""
    wrong: str = ""
    more: Mapping[Algorithm, str] = field(default_factory=dict)


def read_back(vault: Vault, items: Sequence[EvidenceItem], *, also: Iterable[Algorithm] = ()) -> ReadBack:
    """Read the object that these items share, once, and compare.

    (1) Its bytes give the SHA-256 that names it; (2) size and SHA-512 are those of each item; (3) digests added later
    hold; (4) each item's row is what its signed receipt says. `also` names algorithms whose digests are wanted.
    Raises FixityError when this process cannot read or compare anything.
    """
    sha256 = items[0].sha256
    added = list(ItemDigest.objects.filter(item__in=[item.pk for item in items]))
    wanted = {*also, *(Algorithm(row.algorithm) for row in added)}
    try:
        digests, more = _read(vault, sha256, wanted)
    except UnknownObjectError:
        return ReadBack(sha256, Condition.MISSING, clock.now(), wrong="no object of this name stands in the vault")
    except EvidenceError as error:
        return ReadBack(sha256, Condition.UNREADABLE, clock.now(), wrong=str(error))
    except OSError as error:
        if error.errno in _OUR_OWN:
            raise FixityError(f"the vault can't be read now: {error.strerror}") from error
        wrong = f"the stored file can't be read: {error.strerror}"
        return ReadBack(sha256, Condition.UNREADABLE, clock.now(), wrong=wrong)
    moment = clock.now()
    if digests.sha256 != sha256:
        wrong = f"the stored bytes give the SHA-256 {digests.sha256}"
        return ReadBack(sha256, Condition.DAMAGED, moment, digests.size, digests.sha256, wrong)
    wrong = _differing(items, digests) or _other_digests(added, more) or _faults(items)
    condition = Condition.RECORD if wrong else Condition.SOUND
    return ReadBack(sha256, condition, moment, digests.size, wrong=wrong, more=more)


def _read(vault: Vault, sha256: str, wanted: Iterable[Algorithm]) -> tuple[Digests, dict[Algorithm, str]]:
    makers = {algorithm: _MAKERS[algorithm]() for algorithm in wanted}

    def feed(piece: memoryview) -> None:
        for maker in makers.values():
            maker.update(piece)

    with vault.open(sha256) as stored:
        forget_cached(stored.fileno())
        digests = copy(stored.fileno(), feed)
        forget_cached(stored.fileno())
    return digests, {algorithm: maker.hexdigest() for algorithm, maker in makers.items()}


def _differing(items: Sequence[EvidenceItem], digests: Digests) -> str:
    for item in items:
        if item.sha512 != digests.sha512:
            return "the SHA-512 of the stored bytes differs from the record"
        if item.size != digests.size:
            return f"{digests.size} bytes are stored, the record says {item.size}"
    return ""


def _other_digests(added: Sequence[ItemDigest], more: Mapping[Algorithm, str]) -> str:
    wrong = [row.algorithm for row in added if more[Algorithm(row.algorithm)] != row.digest]
    return f"the {wrong[0]} of the stored bytes differs from the record" if wrong else ""


def _faults(items: Sequence[EvidenceItem]) -> str:
    """What is wrong with the signed receipts of these items, or between them and their rows; empty when nothing is."""
    inspection = Inspection()
    receipts.check_page(inspection, items)
    if any(finding.fact == "key" for finding in inspection.findings):
        raise FixityError(f"receipts can't be checked: {inspection.findings[0].message}")
    return "; ".join(finding.message for finding in inspection.findings[:3])
