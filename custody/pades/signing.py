"""Signing a PDF with the house's key: an update after the last byte, signed by the registrar.

(1) The fields are added and the place of the signature is kept free, (2) the bytes around it are hashed, (3) the
caller enters that digest, (4) the registrar signs on the strength of the entry, (5) an authority dates the signature
where one is given, (6) the signature is put into its place. The file is read and written in pieces, never held.
"""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO, Final

import asn1crypto.x509
from asn1crypto import cms, tsp
from cryptography import x509
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko_certvalidator.registry import SimpleCertificateStore

from custody import clock, registrar
from custody.core import timestamps
from custody.pades.errors import DocumentError
from custody.pades.reading import guarded, open_reader, signatures
from custody.stamping import client

OWN_FIELD: Final = "Custodian"
_TIMEOUT_SECONDS: Final = 15.0
# Hex digits: our signature has 1.3 KiB, a time-stamp with its chain seldom more than 10 KiB.
_ROOM, _ROOM_WITH_TIME = 2 * 4096, 2 * 24 * 1024
_NO_LIST: Final = "not B-LT: the house's authority publishes no list of certificates that were withdrawn"

Enter = Callable[[str], int]
"""Commits the entry that allows the signature over this SHA-256 (hex) and returns its number."""


class Level(StrEnum):
    """The baseline levels of ETSI EN 319 142-1, section 6."""

    B = "B-B"
    T = "B-T"
    LT = "B-LT"
    LTA = "B-LTA"


@dataclass(frozen=True)
class TimeAuthority:
    """Where a time-stamp is asked for, and the certificate pinned for it with the chain beneath."""

    url: str
    pinned: x509.Certificate
    chain: Sequence[x509.Certificate] = ()


@dataclass(frozen=True)
class Signed:
    """What was reached, why not more, the digest (hex) of the signed bytes and the entry that allowed the signature."""

    level: Level
    why_not_more: str
    byte_range: str
    authority: int


def sign(
    path_in: Path,
    path_out: Path,
    *,
    enter: Enter,
    others: Sequence[str] = (),
    time_authority: TimeAuthority | None = None,
) -> Signed:
    """Write a signed copy to ``path_out``, which must not exist, with empty fields for ``others`` to sign later.

    The entry that ``enter`` commits is a ``document.signed`` with this digest as ``byte_range``. Raises DocumentError,
    RegistrarRefused, ProcessUnavailable, FileExistsError; then there is no file.
    """
    desk = registrar.connect()
    with both(path_in, path_out) as (source, target):
        certificate = asn1crypto.x509.Certificate.load(desk.certificate_der())
        signer = signers.ExternalSigner(certificate, _no_others(), signature_value=72)
        prepared = prepare(source, target, signer, OWN_FIELD, others=others, room=_room(time_authority))
        digest = prepared.document_digest
        authority = enter(digest.hex())
        signature = desk.sign_document(authority=authority, digest=digest)
        signature, level, why = _dated(signature, time_authority)
        with guarded("the signature can't be put into the file"):
            prepared.fill_with_cms(target, signature)
    return Signed(level, why, digest.hex(), authority)


def _no_others() -> SimpleCertificateStore:
    return SimpleCertificateStore()  # typed as little as the rest of that library


@contextlib.contextmanager
def both(path_in: Path, path_out: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The file to read and the one to write, which is there only when all went well."""
    with path_in.open("rb") as source, path_out.open("x+b") as target:
        try:
            yield source, target
        except BaseException:
            path_out.unlink()
            raise


def _room(time_authority: TimeAuthority | None) -> int:
    return _ROOM_WITH_TIME if time_authority else _ROOM


class _Update(IncrementalPdfFileWriter):
    """An update that leaves alone what the file says of itself.

    The library would put itself down as the producer, differently in the two places that PDF/A-3 (6.6.3) wants alike.
    """

    def _update_meta(self) -> None:
        """Nothing: the time of the signature stands in the signature."""


def prepare(
    source: BinaryIO, target: BinaryIO, signer: signers.Signer, field: str, *, others: Sequence[str] = (), room: int
) -> PreparedByteRangeDigest:
    """Write everything but the signature itself and hash it. Raises DocumentError.

    The first signature in a file certifies it: later ones are allowed, and nothing else.
    """
    first = not signatures(open_reader(source))
    source.seek(0)
    with guarded("the document can't be signed"):
        writer = _Update(source)
        for name in others:
            fields.append_signature_field(writer, _field(name))
        about = signers.PdfSignatureMetadata(
            field_name=field,
            md_algorithm="sha256",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=first,
            docmdp_permissions=fields.MDPPerm.FILL_FORMS,
        )
        session = signers.PdfSigner(about, signer, new_field_spec=_field(field)).init_signing_session(writer)
        session.system_time = clock.now()
        document = session.prepare_tbs_document(None, room)
        prepared, _output = document.digest_tbs_document(output=target)
        return prepared


def _field(name: str) -> fields.SigFieldSpec:
    """Invisible, printable as PDF/A-3 (6.3.2) wants it, and off the page, so that PDF/UA asks for no tag."""
    unseen = fields.InvisSigSettings(box_out_of_bounds=True)
    return fields.SigFieldSpec(name, readable_field_name=name, invis_sig_settings=unseen)


def _dated(signature: bytes, time_authority: TimeAuthority | None) -> tuple[bytes, Level, str]:
    if time_authority is None:
        return signature, Level.B, "not B-T: no time-stamp authority is configured"
    content = cms.ContentInfo.load(signature)
    signed = content["content"]["signer_infos"][0]
    try:
        token = _token(signed["signature"].native, time_authority)
    except (client.AuthorityUnavailable, DocumentError) as error:
        return signature, Level.B, f"not B-T: {error}"
    kind = cms.CMSAttributeType("signature_time_stamp_token")
    signed["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute({"type": kind, "values": [token]})])
    return content.dump(force=True), Level.T, _NO_LIST


def _token(value: bytes, authority: TimeAuthority) -> cms.ContentInfo:
    nonce = secrets.randbits(63)
    response = client.ask(authority.url, timestamps.request(value, nonce=nonce), timeout=_TIMEOUT_SECONDS)
    chain = list(authority.chain)
    worth = timestamps.verify(
        response, value, authorities=[authority.pinned], chain=chain, now=clock.now(), nonce=nonce
    )
    if not worth.proves_time:
        raise DocumentError("the authority's answer proves no time")
    return tsp.TimeStampResp.load(response)["time_stamp_token"]


__all__ = ["OWN_FIELD", "Enter", "Level", "Signed", "TimeAuthority", "both", "prepare", "sign"]
