"""The list of our certificates that were withdrawn: by it a document's reader tells that its signer's counted.

Signing it is a use of the root and an entry of its own. The list lies beside the keys: what is not signed by the root
on record, or is not the newest that an entry names, counts for nothing.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from custody import clock, data, installation, ledger, private_files
from custody.actions import Action
from custody.core import authority, withdrawals
from custody.core.entries import Actor
from custody.core.errors import SignatureError
from custody.core.withdrawals import Withdrawn
from custody.keyring import entering
from custody.keyring.standing import KeyStanding, standings
from custody.models import KeyKind
from custody.registrar import keyfiles
from custody.registrar.keyfiles import KeyFileError

VALIDITY: Final = datetime.timedelta(days=400)
"""By when the next list is due: the root may lie in a safe that is opened once a year."""

DUE: Final = datetime.timedelta(days=60)
"""How long before its end a list is told to be due."""

_FILE: Final = "withdrawn.crl"


@dataclass(frozen=True)
class SignedList:
    """A list that was signed: the SHA-256 of its bytes (hex), how many certificates it names, its end."""

    sha256: str
    withdrawn: int
    until: datetime.datetime


def sign_list(*, actor: Actor) -> SignedList:
    """Sign a new list with the root, and enter it. Raises KeyFileError (the root's key is not here)."""
    root, key = _root()
    found = _withdrawn()
    start = clock.now().replace(microsecond=0)
    number = ledger.size() + 1
    entering.enter_use(authority.fingerprint(root), about={"list": str(number)}, actor=actor)
    made = withdrawals.build_list(
        root=root, root_key=key, number=number, withdrawn=found, validity=(start, start + VALIDITY)
    )
    content = made.public_bytes(Encoding.DER)
    done = SignedList(hashlib.sha256(content).hexdigest(), len(found), start + VALIDITY)
    entering.enter_list(
        authority.fingerprint(root),
        about={"list": str(number), "sha256": done.sha256, "withdrawn": str(len(found))},
        actor=actor,
    )
    private_files.replace(data.keys() / _FILE, content)
    return done


def ensure_list(*, actor: Actor) -> None:
    """Sign the first list where the root's key is at hand; a later one is an act of its own."""
    if not (data.keys() / _FILE).exists() and keyfiles.exists(keyfiles.ROOT):
        sign_list(actor=actor)


def list_in_force() -> x509.CertificateRevocationList | None:
    """The newest list, while the root on record signed it and it has not ended. Raises KeyFileError without a root."""
    path = data.keys() / _FILE
    try:
        found = withdrawals.load_list(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, SignatureError) as error:
        raise KeyFileError(f"keys/{_FILE} can't be read; `manage.py keys list-withdrawn` signs a new one") from error
    if not withdrawals.is_issued_by(found, installation.root_certificate()):
        raise KeyFileError(f"keys/{_FILE} was not signed by the root on record")
    if hashlib.sha256(found.public_bytes(Encoding.DER)).hexdigest() != _newest():
        raise KeyFileError(f"keys/{_FILE} is not the newest list that was signed: put that one back, or sign a new one")
    return found if withdrawals.is_current(found, clock.now()) else None


def _newest() -> str:
    """The digest of the newest list that an entry names, empty before the first."""
    named = [ledger.entry_of(stored).subject["sha256"] for stored in ledger.entries_with(Action.KEY_LIST_SIGNED)]
    return named[-1] if named else ""


def _root() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    root, key = keyfiles.load_root()
    if authority.fingerprint(root) != installation.root_fingerprint():
        raise KeyFileError("the root's key file is not the root on record")
    return root, key


def withdrawn() -> dict[str, datetime.datetime]:
    """The certificates (SHA-256, hex) of registrars whose keys were retired, from the time of that entry on."""
    return {each.record.fingerprint: since for each, since in _retired()}


def unlisted() -> int:
    """How many of them the list in force does not name yet: whoever asks it takes them for good."""
    found = list_in_force()
    if found is None:
        return len(_retired())
    return sum(found.get_revoked_certificate_by_serial_number(each.serial) is None for each in _withdrawn())


def _retired() -> list[tuple[KeyStanding, datetime.datetime]]:
    return [
        (each, clock.parse(each.retired_at))
        for each in standings()
        if each.record.kind == KeyKind.REGISTRAR and each.retired_at is not None
    ]


def _withdrawn() -> list[Withdrawn]:
    return [
        Withdrawn(authority.load_chain(each.record.public.encode())[0].serial_number, since)
        for each, since in _retired()
    ]
