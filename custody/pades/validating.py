"""Checking the signatures in an untrusted PDF: separate facts for each of them, then one verdict.

(1) The file is read and its signatures are listed. (2) Of each: the signed bytes have the digest that was signed, and
the signature over it holds (intact). (3) What it does not cover, its own container, holds nothing but the signature.
(4) The certificate leads to a root that is trusted here and counted at the time that is proved. (5) A time-stamp in it
or after it holds, and lists of withdrawn certificates in the file cover the rest. (6) What was added
after it is a further signature or what a signature brings with it. (7) The newest covers the file to its end.

It does not prove that a certificate was not withdrawn after the list in the file (nothing is asked over a network),
that who signs is who the certificate says, or the hour that the signer claims.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, BinaryIO, Final

from asn1crypto import cms
from cryptography import x509
from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation.status import SignatureCoverageLevel

from custody import clock
from custody.core import authority, cades, dated, der
from custody.core.errors import SignatureError
from custody.core.verdicts import Finding, State, Verdict
from custody.pades.described import words_of
from custody.pades.errors import DocumentError
from custody.pades.judging import Judge, Judged
from custody.pades.levels import Level
from custody.pades.reading import guarded, open_reader, signatures
from custody.pades.roots import Roots

MOST_SIGNATURES: Final = 64
_MESSAGE_DIGEST: Final = "1.2.840.113549.1.9.4"
_NOT_CHECKED: Final = (
    "whether a certificate was withdrawn by a list that is neither in the file nor ours: no network is asked",
    "whether the signer is who the certificate says: that rests on the root, compared on paper",
)


@dataclass(frozen=True)
class SignatureFacts:
    """One signature or document time-stamp.

    ``claimed``: when it was made, as the signer says. ``proved``: when it existed at the latest, by a time-stamp under
    a trusted root. ``level_claimed``: what its parts amount to; ``level_found``: what of it was proved here.
    """

    field: str
    kind: str
    revision: int
    signer: str
    certificate: str
    intact: bool
    container: bool
    trusted: bool
    covers_whole_file: bool
    modifications: str
    harmless: bool
    level_claimed: str
    level_found: str
    claimed: str | None
    proved: str | None

    @property
    def reaches_end(self) -> bool:
        """Whether what follows, if anything, is only proofs about signatures (certificates, lists, time-stamps)."""
        return self.covers_whole_file or self.modifications == ModificationLevel.LTA_UPDATES.name.lower()


@dataclass(frozen=True)
class DocumentFacts:
    """All signatures in a file, oldest first, and the verdict."""

    signatures: tuple[SignatureFacts, ...]
    verdict: Verdict

    def as_dict(self) -> dict[str, object]:
        """JSON-ready."""
        return {**self.verdict.as_dict(), "signatures": [asdict(each) for each in self.signatures]}


def validate(untrusted: BinaryIO, *, trust: Roots) -> DocumentFacts:
    """What the signatures in this file are worth under these roots. Raises DocumentError for what can't be read."""
    reader = open_reader(untrusted)
    found = signatures(reader)
    if len(found) > MOST_SIGNATURES:
        raise DocumentError(f"the file holds more than {MOST_SIGNATURES} signatures")
    facts: list[SignatureFacts] = []
    with guarded("a signature in the file can't be checked"):
        judge = Judge(reader, trust)
        for embedded in reversed(found):
            facts.insert(0, _facts(embedded, judge.judge(embedded), reader, untrusted, trust))
    return DocumentFacts(tuple(facts), _verdict(facts))


def _facts(embedded: Any, judged: Judged, reader: PdfFileReader, untrusted: BinaryIO, trust: Roots) -> SignatureFacts:
    is_stamp = embedded.sig_object_type == "/DocTimeStamp"
    status = judged.status
    stamp = status if is_stamp else status.timestamp_validity
    certificate = embedded.signer_cert
    claimed = None if is_stamp else embedded.self_reported_timestamp
    level_claimed = _level_claimed(embedded, reader, has_time=status is not stamp and stamp is not None)
    whole = embedded.coverage == SignatureCoverageLevel.ENTIRE_FILE
    level = status.modification_level
    return SignatureFacts(
        field=str(embedded.field_name),
        kind="time-stamp" if is_stamp else "signature",
        revision=embedded.signed_revision,
        signer=str(certificate.subject.native.get("common_name", "")),
        certificate=certificate.sha256.hex(),
        intact=bool(status.intact and status.valid) and (stamp is None or bool(stamp.intact and stamp.valid)),
        container=_container_is_its_own(embedded, untrusted) and _is_as_the_house_writes(embedded, trust.signers),
        trusted=judged.trusted,
        covers_whole_file=whole,
        modifications="none" if whole or level is None else level.name.lower(),
        harmless=whole or (level is not None and _only_signed(level, embedded, reader)),
        level_claimed="" if is_stamp else level_claimed,
        level_found="" if is_stamp else _level_found(level_claimed, judged),
        claimed=_stamp(claimed),
        proved=_stamp(judged.proved),
    )


def _only_signed(level: ModificationLevel, embedded: Any, reader: PdfFileReader) -> bool:
    """Whether what came after a signature is nothing but further signatures; a filled-in text is more than that."""
    if level > ModificationLevel.FORM_FILLING:
        return False
    signed = {str(each.field_name) for each in reader.embedded_signatures}
    if not set(embedded.diff_result.changed_form_fields) <= signed:
        return False
    before = reader.get_historical_resolver(embedded.signed_revision)
    return words_of(before) == words_of(reader) and all(map(_has_plain_place, _later(embedded, reader)))


def _later(embedded: Any, reader: PdfFileReader) -> Iterator[Any]:
    """Every object that was written after a signature, as it stands in the end."""
    for revision in range(embedded.signed_revision + 1, reader.xrefs.total_revisions):
        yield from (reader.get_object(each) for each in reader.xrefs.explicit_refs_in_revision(revision))


def _has_plain_place(found: Any) -> bool:
    """The library takes a field for unseen whose place it can't read, where who shows pages may read it well."""
    if not isinstance(found, DictionaryObject) or "/Rect" not in found:
        return True
    place = found.raw_get("/Rect")
    return isinstance(place, ArrayObject) and [isinstance(each, int | float | Decimal) for each in place] == [True] * 4


def _stamp(moment: datetime.datetime | None) -> str | None:
    if moment is None:
        return None
    # A hostile file may leave out the zone.
    return clock.stamp(moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC))


def _level_claimed(embedded: Any, reader: PdfFileReader, *, has_time: bool) -> str:
    """By its parts: EN 319 142-1, table 1."""
    if embedded.sig_object.get("/SubFilter") != "/ETSI.CAdES.detached":
        return "no PAdES level"
    if not has_time:
        return Level.B
    # Only a subscript follows the reference.
    store = reader.root["/DSS"] if "/DSS" in reader.root else {}  # noqa: SIM401
    if not store.get("/CRLs") and not store.get("/OCSPs"):
        return Level.T
    later = any(each.signed_revision > embedded.signed_revision for each in reader.embedded_timestamp_signatures)
    return Level.LTA if later else Level.LT


def _level_found(claimed: str, judged: Judged) -> str:
    """How much of what is claimed was proved here."""
    if not (judged.status.intact and judged.status.valid) or claimed == "no PAdES level":
        return "none"
    levels = list(Level)
    found = Level.B if judged.proved is None else Level.T if not judged.listed else Level.LT
    if found is Level.LT and judged.kept:
        found = Level.LTA
    return min(found, Level(claimed), key=levels.index)


def _container_is_its_own(embedded: Any, untrusted: BinaryIO) -> bool:
    """The bytes that no signature covers: hex of one kind of letters, the CMS in DER, then zeros and nothing else."""
    start, length, second, _rest = (int(number) for number in embedded.byte_range)
    untrusted.seek(start + length)
    raw = untrusted.read(max(0, min(second - start - length, 4 * cades.MAX_SIGNATURE_BYTES)))
    inner = raw[1:-1]
    if start != 0 or raw[:1] != b"<" or raw[-1:] != b">" or inner not in (inner.lower(), inner.upper()):
        return False
    content = bytes.fromhex(inner.decode("ascii"))
    try:
        size = len(_in_der(content))
    except SignatureError:
        return False
    # White space between the digits would be read over.
    return len(inner) == 2 * len(content) and not any(content[size:])


def _in_der(container: bytes) -> bytes:
    """The CMS at the beginning of a container. Raises SignatureError.

    Measured, not parsed and written anew: asn1crypto takes a length that ends in 0x80 for one without end, and writes
    the whole structure anew at a cost that doubles with each level of it.
    """
    return der.Reader(container).whole(der.SEQUENCE)


def _is_as_the_house_writes(embedded: Any, trust: Sequence[x509.Certificate]) -> bool:
    """A signature of the house's own has exactly one form: with any other version or order it was touched.

    Others' signatures may have any form that the standard allows; of them this says nothing.
    """
    certificate = x509.load_der_x509_certificate(embedded.signer_cert.dump())
    if not any(_is_ours(certificate, root) for root in trust):
        return True
    signed = cms.ContentInfo.load(embedded.pkcs7_content)["content"]["signer_infos"][0]
    values = {attribute["type"].dotted: attribute["values"][0].native for attribute in signed["signed_attrs"]}
    if cades.COMMITMENT not in values:
        return True
    # Whether this is the digest of the document is another question (intact).
    digest = values[_MESSAGE_DIGEST]
    expected = cades.Assembler(certificate).assemble_document(digest, signed["signature"].native)
    try:
        return dated.without_time(_in_der(embedded.pkcs7_content)) == expected
    except SignatureError:
        return False


def _is_ours(certificate: x509.Certificate, root: x509.Certificate) -> bool:
    try:
        authority.check_signer(certificate, root)
    except SignatureError:
        return False
    return True


def _verdict(facts: Sequence[SignatureFacts]) -> Verdict:
    findings = [finding for each in facts for finding in _findings(each)]
    if not facts:
        findings.append(Finding("signature", "the file", "the file holds no signature", State.UNKNOWN))
    elif not facts[-1].reaches_end:
        words = "something was added after the last signature that no signature covers"
        findings.append(Finding("coverage", facts[-1].field, words, State.UNKNOWN))
    return Verdict(tuple(findings), {"signatures": len(facts)}, _NOT_CHECKED)


def _findings(facts: SignatureFacts) -> list[Finding]:
    named = facts.field

    def finding(fact: str, holds: bool, good: str, otherwise: str, state: State = State.BAD) -> Finding:
        return Finding(fact, named, good if holds else otherwise, State.OK if holds else state)

    return [
        finding("intact", facts.intact, "what was signed is unchanged", "what was signed was changed since"),
        finding(
            "container",
            facts.container,
            "around the signature stands nothing foreign",
            "the bytes that hold the signature were touched",
        ),
        finding(
            "modifications",
            facts.harmless,
            "nothing but signatures was added after it",
            f"more than signatures was added after it ({facts.modifications})",
        ),
        finding(
            "trusted",
            facts.trusted,
            "its certificate leads to a root that is trusted here and counted at the time that is proved, or today",
            "its certificate leads to no root that is trusted here, had ended or was withdrawn",
            State.UNKNOWN,
        ),
    ]
