"""Small papers, signed with the house's key as the rooms above do it."""

from __future__ import annotations

import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from custody import clock, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.core import authority as authorities
from custody.pades import signing
from custody.pades.dating import TimeAuthority
from custody.pades.signing import Signed
from custody.papers import compose
from tests.custody.papers.papers import paper

PASSPHRASE = b"a phrase of her own"


def own_key(folder: Path) -> tuple[Path, x509.Certificate]:
    """A lawyer's key file, and the root that her chamber issued it under."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    moment = clock.now().replace(microsecond=0)
    validity = (moment - datetime.timedelta(days=1), moment + datetime.timedelta(days=365))
    root = authorities.build_root(private_key=root_key, name="Chamber of lawyers", serial=1, validity=validity)
    certificate = authorities.build_signer(
        root=root, root_key=root_key, public_key=key.public_key(), name="A lawyer", serial=2, validity=validity
    )
    path = folder / "lawyer.p12"
    locked = BestAvailableEncryption(PASSPHRASE)
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"lawyer", key, certificate, [root], locked))
    return path, root


def enter(digest: str) -> int:
    subject = {"document": "5d1f", "kind": "dossier", "byte_range": digest}
    draft = ledger.Draft(action=Action.DOCUMENT_SIGNED, actor=for_command(), streams=("ledger",), subject=subject)
    return ledger.append_alone(draft).seq


def unsigned(folder: Path) -> Path:
    path = folder / "paper.pdf"
    path.write_bytes(compose(paper()))
    return path


def signed(
    folder: Path, *, others: tuple[str, ...] = ("Lawyer",), authority: TimeAuthority | None = None
) -> tuple[Path, Signed]:
    path = folder / "signed.pdf"
    return path, signing.sign(unsigned(folder), path, enter=enter, others=others, time_authority=authority)
