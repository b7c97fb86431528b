"""Signatures of other people: their own key in a file, and files that come back signed.

Keys on cards and in hardware (PKCS#11) are not built.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from pyhanko.sign.signers import Signer, SimpleSigner

from custody.pades import inspecting
from custody.pades.allowances import AT_LEISURE
from custody.pades.errors import DocumentError
from custody.pades.reading import guarded, open_reader, signatures
from custody.pades.roots import Roots
from custody.pades.signing import both, prepare
from custody.pades.validating import SignatureFacts

_PIECE: Final = 1 << 20
_ROOM: Final = 2 * 16 * 1024
_NOT_OURS: Final = (
    "it does not begin with our file, byte for byte: it is another document, was cut short, or was changed"
)


def open_pkcs12(path: Path, passphrase: bytes) -> Signer:
    """The key and certificate in a PKCS#12 file. Raises DocumentError."""
    try:
        content = path.read_bytes()
        signer: Signer = SimpleSigner.load_pkcs12_data(content, other_certs=[], passphrase=passphrase)
    except (OSError, ValueError, TypeError) as error:
        raise DocumentError("the key file can't be read, or does not open with this passphrase") from error
    return signer


def add_signature(path_in: Path, path_out: Path, *, signer: Signer, field: str) -> None:
    """Write a copy that a person has signed in ``field``, made where it is not there. Raises DocumentError."""
    with both(path_in, path_out) as (source, target):
        prepared = prepare(source, target, signer, field, room=_ROOM)
        with guarded("the signature can't be put into the file"):
            content = asyncio.run(signer.async_sign(prepared.document_digest, "sha256", use_pades=True))
            prepared.fill_with_cms(target, content)


@dataclass(frozen=True)
class Countersigned:
    """Whether a file is ours with signatures added and nothing else, why not, and who signed after us."""

    accepted: bool
    why_not: str
    added: tuple[SignatureFacts, ...] = ()


def accept_countersigned(original: Path, untrusted: BinaryIO, *, trust: Roots) -> Countersigned:
    """Look whether an untrusted file is ``original`` byte for byte and after it nothing but whole signatures.

    Its bytes are compared here; a confined child reads it. Whether the signers are who they say is not judged: see
    ``trusted`` of each. Raises DocumentError.
    """
    with original.open("rb") as file:
        before = len(signatures(open_reader(file)))
        if not before:
            raise DocumentError("the original is not signed: nothing would show what was added to it")
        file.seek(0)
        if not _begins_with(untrusted, file):
            return Countersigned(False, _NOT_OURS)
    untrusted.seek(0)
    facts = inspecting.inspect(untrusted.fileno(), trust=trust, allowance=AT_LEISURE).signatures
    added = facts[before:]
    if not added:
        return Countersigned(False, "no signature was added to our file")
    if any(not each.harmless for each in facts):
        return Countersigned(False, "more than signatures was added to our file", added)
    if any(not (each.intact and each.container) for each in facts):
        return Countersigned(False, "a signature in it does not hold", added)
    if not added[-1].reaches_end:
        return Countersigned(False, "something stands after the last signature that it does not cover", added)
    return Countersigned(True, "", added)


def _begins_with(untrusted: BinaryIO, ours: BinaryIO) -> bool:
    untrusted.seek(0)
    while piece := ours.read(_PIECE):
        if untrusted.read(len(piece)) != piece:
            return False
    return True
