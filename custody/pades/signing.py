"""Signing a PDF with the house's key: an update after the last byte, signed by the registrar.

(1) The fields are added and the place of the signature is kept free, (2) the bytes around it are hashed, (3) the
caller enters that digest, (4) the registrar signs on the strength of the entry, (5) an authority dates the signature
where one is given, (6) the signature is put into its place, (7) what proves the certificates and
a time-stamp over everything follow. The file is read and written in pieces, never held.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

import asn1crypto.x509
from asn1crypto import cms
from pyhanko.sign import fields, signers
from pyhanko.sign.signers.pdf_byterange import PreparedByteRangeDigest
from pyhanko_certvalidator.registry import SimpleCertificateStore

from custody import clock, registrar
from custody.core import dated
from custody.core.errors import CustodyError
from custody.pades import dating, preserving
from custody.pades.dating import TimeAuthority
from custody.pades.errors import DocumentError
from custody.pades.levels import Level
from custody.pades.reading import guarded, open_reader, signatures
from custody.pades.updates import UNSEEN, Update
from custody.stamping import client

OWN_FIELD: Final = "Custodian"
# Hex digits: our signature has 1.3 KiB.
_ROOM: Final = 2 * 4096

Enter = Callable[[str], int]
"""Commits the entry that allows the signature over this SHA-256 (hex) and returns its number."""


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
        if time_authority and level is Level.T:
            level, why = _preserved(target, time_authority)
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
    return _ROOM + dating.ROOM if time_authority else _ROOM


def prepare(
    source: BinaryIO, target: BinaryIO, signer: signers.Signer, field: str, *, others: Sequence[str] = (), room: int
) -> PreparedByteRangeDigest:
    """Write everything but the signature itself and hash it. Raises DocumentError.

    The first signature in a file certifies it: later ones are allowed, and nothing else.
    """
    first = not signatures(open_reader(source))
    source.seek(0)
    with guarded("the document can't be signed"):
        writer = Update(source)
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
    return fields.SigFieldSpec(name, readable_field_name=name, invis_sig_settings=UNSEEN)


def _dated(signature: bytes, time_authority: TimeAuthority | None) -> tuple[bytes, Level, str]:
    if time_authority is None:
        return signature, Level.B, "not B-T: no time-stamp authority is configured"
    value = cms.ContentInfo.load(signature)["content"]["signer_infos"][0]["signature"].native
    try:
        token = dating.token_for(value, time_authority)
    except (client.AuthorityUnavailable, DocumentError) as error:
        return signature, Level.B, f"not B-T: {error}"
    return dated.with_time(signature, token), Level.T, ""


def _preserved(target: BinaryIO, time_authority: TimeAuthority) -> tuple[Level, str]:
    """Put in what proves the certificates, and a time-stamp over all of it; how far it came, and why not further."""
    try:
        proofs = preserving.gather(target, time_authority)
    except CustodyError as error:
        return Level.T, f"not B-LT: {error}"
    if proofs.missing:
        return Level.T, f"not B-LT: {'; '.join(proofs.missing)}"
    preserving.add(target, proofs)
    try:
        dating.stamp_document(target, time_authority)
    except (client.AuthorityUnavailable, DocumentError) as error:
        return Level.LT, f"not B-LTA: {error}"
    return Level.LTA, ""


__all__ = ["OWN_FIELD", "Enter", "Signed", "both", "prepare", "sign"]
