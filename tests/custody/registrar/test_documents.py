"""A document is signed on the strength of one entry that names the digest of its signed bytes, once."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import pytest

from custody import clock, ledger, registrar
from custody.actions import Action
from custody.actors import for_command
from custody.core import cades
from custody.core.entries import Outcome
from custody.core.errors import SignatureError
from custody.installation import root_certificate
from custody.registrar import RegistrarRefused

pytestmark = pytest.mark.usefixtures("installation")

CONTENT = b"the signed bytes of a document"
DIGEST = hashlib.sha256(CONTENT).digest()
ABOUT = {"document": "5d1f", "kind": "dossier", "byte_range": DIGEST.hex()}


def entered(
    subject: Mapping[str, str] = ABOUT, action: Action = Action.DOCUMENT_SIGNED, outcome: Outcome = Outcome.DONE
) -> int:
    draft = ledger.Draft(action=action, actor=for_command(), streams=("ledger",), subject=subject, outcome=outcome)
    return ledger.append_alone(draft).seq


def sign(seq: int, digest: bytes = DIGEST) -> bytes:
    return registrar.connect().sign_document(authority=seq, digest=digest)


def test_the_entry_allows_one_signature_over_the_bytes_that_it_names() -> None:
    seq = entered()
    assert DIGEST in sign(seq)
    with pytest.raises(RegistrarRefused, match="used already"):
        sign(seq)


@pytest.mark.parametrize("digest", [hashlib.sha256(b"other").digest(), DIGEST[:31], DIGEST + b"\0", b""])
def test_other_bytes_are_not_signed_and_spend_nothing(digest: bytes) -> None:
    seq = entered()
    with pytest.raises(RegistrarRefused, match="does not allow"):
        sign(seq, digest)
    assert sign(seq)


def test_no_other_entry_allows_it() -> None:
    for seq in (-1, ledger.size(), 2**70, entered(action=Action.EXPORT_CREATED), entered(outcome=Outcome.FAILED)):
        with pytest.raises(RegistrarRefused):
            sign(seq)


@pytest.mark.parametrize("left_out", ["document", "kind"])
def test_an_entry_that_names_no_document_allows_nothing(left_out: str) -> None:
    with pytest.raises(RegistrarRefused, match="which document"):
        sign(entered({name: value for name, value in ABOUT.items() if name != left_out}))


def test_it_signs_no_record() -> None:
    with pytest.raises(RegistrarRefused):
        registrar.connect().sign_records(authority=entered(), records=[CONTENT])


def test_the_signature_of_a_document_never_passes_for_that_of_a_record() -> None:
    signature = sign(entered())
    with pytest.raises(SignatureError, match="not those of a record"):
        cades.verify(signature, CONTENT, anchor=root_certificate(), at=clock.now())
