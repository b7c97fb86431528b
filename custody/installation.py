"""Setting an installation up: keys, the ledger's first entry, the first administrator."""

from __future__ import annotations

import contextlib
import datetime
import os
import secrets
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from django.db import transaction
from django.db.models import QuerySet

from custody import clock, data, hosting, ledger, ledger_keys, locks, notary
from custody.actions import Action
from custody.core import authority, notes
from custody.core.entries import Actor, Entry
from custody.core.errors import CustodyError
from custody.models import Account, KeyKind, KeyRecord
from custody.notary import state
from custody.notary.mirror import CHECKPOINT, Mirror
from custody.registrar import keyfiles

_ROOT_YEARS, _SIGNER_YEARS = 30, 10
_SERIAL_BITS = 120


@dataclass(frozen=True)
class Fingerprint:
    """What to copy on paper about one key."""

    kind: str
    fingerprint: str
    public: str


class LedgerElsewhere(CustodyError):
    """The database is empty, but the mirror beside it holds a ledger: a new one would contradict what was signed."""


def is_set_up() -> bool:
    """Whether there are keys, an open ledger and an administrator."""
    return has_keys() and ledger.size() > 0 and Account.objects.filter(is_administrator=True).exists()


def has_keys() -> bool:
    """Whether every key file is there. The root's own may be kept elsewhere once the registrar has a certificate."""
    return not missing_files()


def missing_files() -> list[str]:
    """The key files that are not there and should be; the root's own may be kept elsewhere.

    The notary's folder may be closed to this user: what lies in it is then the notary's business.
    """
    names = ("registrar.p12", *(() if notary_is_closed() else ("ledger.p12",)), "master.json")
    return [name for name in names if not (keyfiles.folder_of(name.split(".")[0]) / name).exists()]


def notary_is_closed() -> bool:
    """Whether another user of the system keeps the ledger's key and the notary's memory."""
    return not os.access(data.notary(), os.R_OK | os.X_OK)


def is_changing(kind: str) -> bool:
    """Whether another key was about to take the place of this kind's and was stopped half-way."""
    if kind == KeyKind.LEDGER and notary_is_closed():
        return False
    return any(keyfiles.exists(name) for name in (keyfiles.next_of(kind), keyfiles.old_of(kind)))


def set_up_keys(*, actor: Actor) -> list[Fingerprint]:
    """Make the keys that are missing, open the ledger, and record each key. Running it again changes nothing.

    The public side is recorded from the key files, so a stop half-way is completed by the next run. Keys are recorded
    when all of them are made; one that is missing later was lost. Raises KeyFileError then: a new one in its place
    would open nothing of what was sealed, and sign for a ledger that it does not know. Raises LedgerElsewhere where the
    database is empty but the mirror holds a ledger.
    """
    _refuse_second_ledger()
    missing = missing_files()
    if missing and KeyRecord.objects.exists():
        raise keyfiles.KeyFileError(f"key files were lost: {', '.join(missing)}; restore them from a backup")
    _make_key_files()
    ledger.open_ledger(actor=actor)
    for found in _fingerprints():
        _record_key(found, actor)
    if notary.latest() is None:
        _sign_first_tree()
    return fingerprints()


def _refuse_second_ledger() -> None:
    """An empty database beside a mirror with entries was lost or is another one: a new ledger would contradict it."""
    if ledger.size() == 0 and Mirror().read(CHECKPOINT) is not None:
        raise LedgerElsewhere(
            "the database holds no ledger, but the mirror (tiles/) does: restore a backup of the database, or recover "
            "the entries with `manage.py ledger recover`"
        )


def _sign_first_tree() -> None:
    """Have the entries of the setup signed at once: from now on the notary knows which ledger is the one."""
    with hosting.only_one("notary") as alone:
        if alone and not notary_is_closed():
            notary.Notary().publish()
            return
    # The notary was started meanwhile, or is another user's.
    notary.ensure_checkpoint()


def record_known_keys() -> list[str]:
    """Put the public form of key files on record again whose entries are there: after the database was lost.

    Returns the fingerprints that entries name and whose public form nobody here holds.
    """
    made = _entered_keys()
    named = [Fingerprint(each.subject["kind"], name, each.subject.get("public", "")) for name, each in made.items()]
    for found in [*(_fingerprints() if not missing_files() else []), *named]:
        entry = made.get(found.fingerprint)
        if entry and found.public and not KeyRecord.objects.filter(fingerprint=found.fingerprint).exists():
            _keep(found, created=clock.parse(entry.time))
    known = set(KeyRecord.objects.values_list("fingerprint", flat=True))
    return [name for name in made if name not in known]


def _entered_keys() -> dict[str, Entry]:
    """The entry of each key's making by its fingerprint, oldest first."""
    made: dict[str, Entry] = {}
    for entry in map(ledger.entry_of, ledger.entries_with(Action.KEY_CREATED)):
        made.setdefault(entry.subject["fingerprint"], entry)
    return made


def own_ledger_key() -> notes.VerifierKey | None:
    """The verifier key of the key file itself, whatever is on record; None where it is not open to this user."""
    if notary_is_closed() or not keyfiles.exists(keyfiles.LEDGER):
        return None
    return notes.VerifierKey.of(ledger.origin(), keyfiles.load_ledger_key().public_key())


def fingerprints() -> list[Fingerprint]:
    """The public side of every key on record."""
    return [Fingerprint(key.kind, key.fingerprint, key.public) for key in key_records()]


def key_records() -> QuerySet[KeyRecord]:
    """Every key on record, with the day it was made."""
    return KeyRecord.objects.all()


def verifier_key() -> notes.VerifierKey:
    """The verifier key of the ledger's checkpoints that is in force, as recorded. Raises NoteError."""
    return ledger_keys.key_in_force()


def root_certificate() -> x509.Certificate:
    """The root certificate on record. Raises KeyFileError."""
    return _certificate(KeyKind.AUTHORITY)


def root_fingerprint() -> str:
    """SHA-256 of the root certificate on record, hex. Raises KeyFileError."""
    return authority.fingerprint(root_certificate())


def signer_certificates() -> list[x509.Certificate]:
    """Every certificate that the registrar has signed with, oldest first. Raises KeyFileError, SignatureError."""
    records = reversed(_on_record(KeyKind.REGISTRAR))
    return [authority.load_chain(record.public.encode())[0] for record in records]


def _certificate(kind: KeyKind) -> x509.Certificate:
    return authority.load_chain(_on_record(kind)[0].public.encode())[0]


def fingerprint_of(kind: str, public: str) -> str:
    """The fingerprint of a key's public form, computed anew. Raises SignatureError, NoteError."""
    if kind == KeyKind.LEDGER:
        return notes.fingerprint(notes.VerifierKey.parse(public.strip()).encode())
    return authority.fingerprint(authority.load_chain(public.encode())[0])


def _on_record(kind: KeyKind) -> list[KeyRecord]:
    """The keys of one kind, newest first. Only those whose public form gives the fingerprint that an entry names.

    Raises KeyFileError when there is none.
    """
    records = [
        record
        for record in KeyRecord.objects.filter(kind=kind).order_by("-created")
        if _is_itself(record) and _is_entered(record.fingerprint)
    ]
    if not records:
        raise keyfiles.KeyFileError(f"no {kind} key that an entry of the ledger names is on record")
    return records


def _is_entered(fingerprint: str) -> bool:
    return ledger.stream_has(f"key/{fingerprint}", Action.KEY_CREATED)


def _is_itself(record: KeyRecord) -> bool:
    try:
        return fingerprint_of(record.kind, record.public) == record.fingerprint
    except CustodyError:
        return False


def _make_key_files() -> None:
    with locks.in_turn("setup"):
        # Another run may have made a file meanwhile: then that one counts.
        for name in missing_files():
            with contextlib.suppress(FileExistsError):
                _make_key_file(name)


def _make_key_file(name: str) -> None:
    match name:
        case "registrar.p12":
            with contextlib.suppress(FileExistsError):
                _make_root()
            make_signer(keyfiles.REGISTRAR)
        case "ledger.p12":
            key = ed25519.Ed25519PrivateKey.generate()
            # First its memory: a ledger key without one never signs.
            state.begin(ledger.origin(), key)
            keyfiles.store_key("ledger", key, [])
        case _:
            keyfiles.store_master(secrets.token_bytes(32))


def _validity(years: int) -> tuple[datetime.datetime, datetime.datetime]:
    start = clock.now().replace(microsecond=0)
    return start - datetime.timedelta(minutes=5), start + datetime.timedelta(days=366 * years)


def _make_root() -> None:
    if (data.keys() / "ca.p12").exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    name = f"Amana root {ledger.origin()}"[:64]
    serial = secrets.randbits(_SERIAL_BITS) + 1
    root = authority.build_root(private_key=key, name=name, serial=serial, validity=_validity(_ROOT_YEARS))
    keyfiles.store_key("ca", key, [root])


def make_signer(name: str) -> None:
    """Make a signing key with a certificate under the root, as ``<name>.p12``. Raises KeyFileError, FileExistsError."""
    root, root_key = keyfiles.load_root()
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = authority.build_signer(
        root=root,
        root_key=root_key,
        public_key=key.public_key(),
        name=f"Amana registrar {ledger.origin()}"[:64],
        serial=secrets.randbits(_SERIAL_BITS) + 1,
        validity=_validity(_SIGNER_YEARS),
    )
    keyfiles.store_key(name, key, [certificate, root])


def _fingerprints() -> list[Fingerprint]:
    signer = keyfiles.load_signer()
    found = [
        Fingerprint(kind, authority.fingerprint(certificate), certificate.public_bytes(Encoding.PEM).decode())
        for kind, certificate in ((KeyKind.AUTHORITY, signer.root), (KeyKind.REGISTRAR, signer.certificate))
    ]
    if notary_is_closed():
        return found
    public = keyfiles.load_ledger_key().public_key()
    vkey = notes.VerifierKey.of(ledger.origin(), public).encode()
    return [*found, Fingerprint(KeyKind.LEDGER, notes.fingerprint(vkey), vkey)]


def _record_key(found: Fingerprint, actor: Actor) -> None:
    if KeyRecord.objects.filter(fingerprint=found.fingerprint).exists():
        return
    entry = _entered_keys().get(found.fingerprint)
    with transaction.atomic():
        # Its record may have been lost with the database, and the entry come back from the mirror.
        _keep(found, created=clock.parse(entry.time) if entry else clock.now())
        if entry:
            return
        ledger.append(
            ledger.Draft(
                action=Action.KEY_CREATED,
                actor=actor,
                streams=(f"key/{found.fingerprint}", "ledger"),
                subject={"kind": found.kind, "fingerprint": found.fingerprint, **_short_public(found)},
            )
        )


def _short_public(found: Fingerprint) -> dict[str, str]:
    """A verifier key is short enough to stand in its entry: the ledger then says itself what checks it."""
    return {"public": found.public} if found.kind == KeyKind.LEDGER else {}


def _keep(found: Fingerprint, *, created: datetime.datetime) -> None:
    """``created``: when its entry says that it was made, not when the record came back: papers date keys by it."""
    KeyRecord.objects.create(kind=found.kind, fingerprint=found.fingerprint, public=found.public, created=created)
