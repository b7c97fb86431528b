"""Moving to a newer algorithm: a digest is added only in a reading that found the old digests to be right.

Whoever hashed anew without looking at the old digest first would make a changed file good for ever.
"""

from __future__ import annotations

import hashlib
import logging
import uuid

from django.db import transaction

from custody import clock, data, ledger
from custody.actions import Action
from custody.core import fixity
from custody.core.entries import Actor
from custody.core.fixity import Algorithm, Condition, DigestRecord
from custody.ledger import Draft
from evidence import signing
from evidence.core.errors import FixityError
from evidence.fixity import alarms
from evidence.fixity.reading import read_back
from evidence.models import EvidenceItem, ItemDigest, Receipt
from evidence.vault import Vault

_log = logging.getLogger(__name__)


def rehash(item: EvidenceItem, algorithm: Algorithm, *, actor: Actor) -> ItemDigest:
    """Add the digest of an item's original in another algorithm, under a signed record; one pass over the bytes.

    (1) Read once, with all digests; (2) the old ones are those of the signed receipt, which holds, or an alarm is
    sounded and nothing is added; (3) row and entry in one transaction; (4) signature, allowed by that entry. Returns
    the digest that stands already, if there is one. Raises FixityError for (2), and for an item that was disposed of.
    """
    standing = ItemDigest.objects.filter(item=item, algorithm=algorithm.value).first()
    if standing is not None:
        return sign(standing)
    if hasattr(item, "tombstone"):
        raise FixityError("the bytes of this item were disposed of")
    read = read_back(Vault(data.vault()), [item], also=[algorithm])
    if read.condition is not Condition.SOUND:
        alarms.sound_alone(read, [item], actor)
        raise FixityError(f"no digest is added, for the old ones do not hold: {read.wrong}")
    row = _row(item, algorithm, read.more[algorithm])
    with transaction.atomic():
        row.save(force_insert=True)
        ledger.append(
            Draft(
                action=Action.ITEM_DIGEST_ADDED,
                actor=actor,
                streams=(f"item/{item.pk}",),
                subject={"item": str(item.pk), "algorithm": algorithm.value, "record": row.record_sha256},
            )
        )
    return sign(row)


def _row(item: EvidenceItem, algorithm: Algorithm, digest: str) -> ItemDigest:
    moment = clock.now()
    receipt = Receipt.objects.get(item=item)
    record = fixity.encode(
        DigestRecord(
            record=str(uuid.uuid4()),
            item=str(item.pk),
            receipt=hashlib.sha256(bytes(receipt.record)).hexdigest(),
            bytes=item.size,
            sha256=item.sha256,
            algorithm=algorithm,
            digest=digest,
            checked=clock.stamp(moment),
            software=signing.software(),
            log=ledger.origin(),
            signer=signing.signer().signer_fingerprint(),
        )
    )
    return ItemDigest(
        item=item,
        algorithm=algorithm.value,
        digest=digest,
        added=moment,
        record=record,
        record_sha256=hashlib.sha256(record).hexdigest(),
    )


def sign(row: ItemDigest) -> ItemDigest:
    """Sign the record of an added digest, if that is still to be done. Raises FixityError when no entry allows it."""
    if row.signature is None:
        (row.signature,) = signing.signer().sign_records(authority=_authority(row), records=[bytes(row.record)])
        row.save(update_fields=["signature"])
    return row


def sign_all() -> int:
    """Sign what a crash left unsigned; return how many waited."""
    waiting = list(ItemDigest.objects.filter(signature=None))
    for row in waiting:
        try:
            sign(row)
        except FixityError as error:
            # Altered rows: the check of the whole reports them, and they do not hold up the others.
            _log.error("digest %s: %s", row.record_sha256, error)
    return len(waiting)


def _authority(row: ItemDigest) -> int:
    for stored in ledger.stream_entries(f"item/{row.item_id}"):
        added = stored.action == Action.ITEM_DIGEST_ADDED
        if added and ledger.entry_of(stored).subject.get("record") == row.record_sha256:
            return stored.seq
    raise FixityError("no entry of the ledger allows the signature of this digest")
