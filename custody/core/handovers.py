"""The signed record of a hand-over that was decided: what went from whom to whom, and how it was found.

Written, read and signed as the records in `receipts`: canonical JSON, signed as the bytes that stand on disk. It names
no person: sides are the names of their histories (`user/...`, `party/...`), and everything that people said in words
stands in the salted hand-over record beside it, whose SHA-256 is `said`. The entries of the deciding step hold the
SHA-256 of this record, so they can't be numbered in it: it holds the id of their act, which each of them bears. The
entries of the proposal are there by number and leaf hash.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError, RecordError
from custody.core.fields import ID, LOG, SHA256, TIME, Fields
from custody.core.receipts import ERN, Software, read_software

TYPE: Final = "handover-receipt/1"
MAX_RECORD_BYTES: Final = 256 * 1024
MAX_OBJECTS: Final = 20
MAX_ITEMS: Final = 20
"""Items beyond these are named by their manifest alone."""
MAX_ENTRIES: Final = MAX_OBJECTS + MAX_ITEMS

_SIDE: Final = re.compile(r"(?:user|party)/[A-Za-z0-9-]{1,64}")
_NUMBER: Final = re.compile(r"AMN-[A-Z0-9][A-Z0-9-]{0,31}-P[0-9]{4}")
_SEAL: Final = re.compile(r".{0,100}", re.DOTALL)
_CONDITION: Final = re.compile(r"as-described|opened|damaged|missing|otherwise")
_COMPARISON: Final = re.compile(r"same|different|not-compared")


class Step(StrEnum):
    """How the other side decided; `returned` is an acceptance of something that comes back."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    RETURNED = "returned"


_STEP: Final = re.compile("|".join(Step))


@dataclass(frozen=True, kw_only=True)
class Bound:
    """An entry of the ledger: its number and its leaf hash in hex."""

    seq: int
    leaf: str


@dataclass(frozen=True, kw_only=True)
class Handed:
    """One physical object: the seal number as given, and as found with the condition; None where nobody looked."""

    object: str
    number: str
    seal_stated: str
    seal_found: str | None
    condition: str | None


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One item by its id, its evidence reference number and the SHA-256 of its original."""

    item: str
    ern: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class Items:
    """The items handed over: the SHA-256 of their manifest, how many, and each of them where they are few."""

    manifest: str
    count: int
    listed: tuple[Listed, ...]


@dataclass(frozen=True, kw_only=True)
class Form:
    """What a side outside signed, taken in as an item of its own."""

    ern: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class HandoverReceipt:
    """What the registrar signs when a hand-over was decided.

    `number` counts the hand-overs of the case, `returns` is the one that this takes back. `happened` is when the
    things changed hands, as told; `comparison` whether the digests of the items were compared. `act` is the id of the
    deciding step, `proposal` its beginning in the ledger.
    """

    record: str
    handover: str
    case: str
    number: int
    step: Step
    returns: str | None
    giver: str
    receiver: str
    objects: tuple[Handed, ...]
    items: Items | None
    comparison: str | None
    form: Form | None
    proposed_by: str
    proposed: str
    proposal: tuple[Bound, ...]
    decided_by: str
    decided: str
    happened: str | None
    act: str
    said: str
    software: Software
    log: str


def encode(receipt: HandoverReceipt) -> bytes:
    """The record's bytes, to be signed and kept; raises RecordError for what `decode` would refuse."""
    value: dict[str, JsonValue] = {"type": TYPE, **_plain(vars(receipt))}
    try:
        data = canonical.dumps(value)
    except CanonicalError as error:
        raise RecordError("the hand-over receipt holds something that JSON cannot") from error
    if decode(data) != receipt:
        raise RecordError("the hand-over receipt is not of its own form")
    return data


def _plain(named: Mapping[str, object]) -> dict[str, JsonValue]:
    """What is not there is left out."""
    return {name: _value(part) for name, part in named.items() if part is not None}


def _value(part: object) -> JsonValue:
    if isinstance(part, tuple):
        return [_value(each) for each in part]
    if isinstance(part, StrEnum):
        return part.value
    return part if isinstance(part, str | int) else _plain(vars(part))


def decode(untrusted_data: bytes) -> HandoverReceipt:
    """The record behind the bytes; anything unknown, missing or out of form raises RecordError.

    It does not look at the signature: that is `cades.verify`, over the same bytes. Whoever proposed did not decide, or
    it is refused.
    """
    if len(untrusted_data) > MAX_RECORD_BYTES:
        raise RecordError("the hand-over receipt is too large")
    try:
        value = canonical.loads(untrusted_data)
    except CanonicalError as error:
        raise RecordError(f"the hand-over receipt is not canonical JSON: {error}") from error
    fields = Fields(value, what="hand-over receipt", error=RecordError)
    fields.constant("type", TYPE)
    receipt = HandoverReceipt(
        record=fields.text("record", ID),
        handover=fields.text("handover", ID),
        case=fields.text("case", ID),
        number=fields.number("number"),
        step=Step(fields.text("step", _STEP)),
        returns=fields.optional_text("returns", ID),
        giver=fields.text("giver", _SIDE),
        receiver=fields.text("receiver", _SIDE),
        objects=tuple(_handed(each) for each in fields.objects("objects", at_most=MAX_OBJECTS)),
        items=_items(fields.inner("items")) if fields.has("items") else None,
        comparison=fields.optional_text("comparison", _COMPARISON),
        form=_form(fields.inner("form")) if fields.has("form") else None,
        proposed_by=fields.text("proposed_by", ID),
        proposed=fields.text("proposed", TIME),
        proposal=tuple(_bound(each) for each in fields.objects("proposal", at_most=MAX_ENTRIES)),
        decided_by=fields.text("decided_by", ID),
        decided=fields.text("decided", TIME),
        happened=fields.optional_text("happened", TIME),
        act=fields.text("act", ID),
        said=fields.text("said", SHA256),
        software=read_software(fields.inner("software")),
        log=fields.text("log", LOG),
    )
    fields.end()
    if receipt.proposed_by == receipt.decided_by:
        fields.refuse("names one person as proposing and deciding")
    if not receipt.objects and receipt.items is None:
        fields.refuse("hands nothing over")
    if receipt.step is not Step.DECLINED and (receipt.step is Step.RETURNED) != (receipt.returns is not None):
        fields.refuse("says otherwise than its step whether something comes back")
    return receipt


def _handed(fields: Fields) -> Handed:
    handed = Handed(
        object=fields.text("object", ID),
        number=fields.text("number", _NUMBER),
        seal_stated=fields.text("seal_stated", _SEAL),
        seal_found=fields.optional_text("seal_found", _SEAL),
        condition=fields.optional_text("condition", _CONDITION),
    )
    fields.end()
    if (handed.condition is None) != (handed.seal_found is None):
        fields.refuse("has an object that somebody looked at by half")
    return handed


def _items(fields: Fields) -> Items:
    items = Items(
        manifest=fields.text("manifest", SHA256),
        count=fields.number("count"),
        listed=tuple(_listed(each) for each in fields.objects("listed", at_most=MAX_ITEMS)),
    )
    fields.end()
    if len(items.listed) != (items.count if items.count <= MAX_ITEMS else 0):
        fields.refuse("lists other items than it counts")
    return items


def _listed(fields: Fields) -> Listed:
    listed = Listed(item=fields.text("item", ID), ern=fields.text("ern", ERN), sha256=fields.text("sha256", SHA256))
    fields.end()
    return listed


def _form(fields: Fields) -> Form:
    form = Form(ern=fields.text("ern", ERN), sha256=fields.text("sha256", SHA256))
    fields.end()
    return form


def _bound(fields: Fields) -> Bound:
    bound = Bound(seq=fields.number("seq"), leaf=fields.text("leaf", SHA256))
    fields.end()
    return bound
