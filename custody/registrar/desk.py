"""The registrar's work: signing, making person keys, opening what is sealed. Each use names its entry."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from custody import clock, data, ledger, sealing
from custody.actions import Action
from custody.core import cades
from custody.models import PersonKey as PersonKeyRow
from custody.models import SealedObject
from custody.registrar import keyfiles, rules, wrapping
from custody.registrar.rules import RegistrarRefused, Sought
from custody.registrar.searching import Filed, Indexes, Searchable


@dataclass(frozen=True)
class PersonKey:
    """A person's key pair: the public half (32 bytes), and the private half wrapped by the master key.

    ``signature``: the registrar's, over ``rules.person_key_record``. Without it nobody seals to the key.
    """

    public: bytes
    wrapped: bytes
    signature: bytes


class Registrar(Protocol):
    """What the rest of the house may ask. Every use of a key raises RegistrarRefused without its entry."""

    def certificate_der(self) -> bytes:
        """The signer's certificate."""

    def ca_pem(self) -> bytes:
        """The root certificate, PEM."""

    def signer_fingerprint(self) -> str:
        """SHA-256 of the signer's certificate, hex."""

    def sign_records(self, *, authority: int, records: Sequence[bytes]) -> list[bytes]:
        """A detached CAdES-BES signature (DER) of each record, allowed by the entry at ``authority``."""

    def sign_document(self, *, authority: int, digest: bytes) -> bytes:
        """The signature (CMS, DER) for a PDF whose signed bytes have this SHA-256, once per entry."""

    def create_person_key(self, *, authority: int, person: str) -> PersonKey:
        """A new key pair for a person, once per entry."""

    def open_sealed(self, *, authority: int, person: str, sealed: bytes, wrapped: bytes) -> bytes:
        """Open what was sealed to a person, once per entry."""

    def search_sealed(self, *, authority: int, what: str, case: str, query: str, salt: str) -> list[tuple[str, int]]:
        """Ids of what is sealed in a case and fits the query, best first, with how well: as ``what`` measures it."""

    def forget_person(self, *, authority: int, person: str) -> None:
        """Never again open what was sealed to a person, whatever a restored database holds; any number of times."""


def sealing_context(person: str) -> bytes:
    """The HPKE context for everything sealed to one person's key."""
    return f"amana sealed 1 {person}".encode()


class Desk:
    """The registrar itself, with its keys in memory.

    ``publish`` signs a checkpoint over everything committed. It is called before a person's key is made or used and
    before a document is signed, so that the entry which allowed it can't be taken out of the ledger unseen afterwards.
    """

    def __init__(self, *, publish: Callable[[], object] | None = None) -> None:
        self._publish = publish or (lambda: None)
        self._signer = keyfiles.load_signer()
        self._assembler = cades.Assembler(self._signer.certificate)
        self._uses = _Uses()
        self._indexes = Indexes()
        self._recalled = False

    def certificate_der(self) -> bytes:
        return self._signer.certificate.public_bytes(Encoding.DER)

    def ca_pem(self) -> bytes:
        return self._signer.root.public_bytes(Encoding.PEM)

    def signer_fingerprint(self) -> str:
        return self._fingerprint

    @cached_property
    def _fingerprint(self) -> str:
        return self._signer.certificate.fingerprint(SHA256()).hex()

    @cached_property
    def _masters(self) -> list[bytes]:
        """Opened when a person's key is first wanted: their work factor is felt, and most commands only sign."""
        return keyfiles.load_masters()

    def sign_records(self, *, authority: int, records: Sequence[bytes]) -> list[bytes]:
        rules.check_records(rules.authorising_entry(authority), list(records))
        rules.check_named_signer(records, self._fingerprint)
        now = clock.now()
        key, assembler = self._signer.private_key, self._assembler
        return [cades.sign(record, assembler=assembler, private_key=key, signing_time=now) for record in records]

    def sign_document(self, *, authority: int, digest: bytes) -> bytes:
        rules.check_document(rules.authorising_entry(authority), digest)
        self._publish()
        self._uses.spend(authority)
        return cades.sign_document(digest, assembler=self._assembler, private_key=self._signer.private_key)

    def create_person_key(self, *, authority: int, person: str) -> PersonKey:
        rules.check_person_key(rules.authorising_entry(authority), person)
        self._check_not_erased(person, "no key is made for them any more")
        self._publish()
        self._uses.spend(authority)
        private = X25519PrivateKey.generate()
        wrapped = wrapping.wrap(self._masters[0], private.private_bytes_raw(), person=person)
        public = private.public_key().public_bytes_raw()
        record = rules.person_key_record(authority=authority, person=person, public=public)
        signature = cades.sign(
            record, assembler=self._assembler, private_key=self._signer.private_key, signing_time=clock.now()
        )
        return PersonKey(public, wrapped, signature)

    def open_sealed(self, *, authority: int, person: str, sealed: bytes, wrapped: bytes) -> bytes:
        rules.check_opening(rules.authorising_entry(authority), person, sealed)
        self._check_not_erased(person, "nothing of theirs is opened any more")
        self._publish()
        self._uses.spend(authority)
        return self._opened(person, sealed, wrapped)

    def _opened(self, person: str, sealed: bytes, wrapped: bytes) -> bytes:
        try:
            private = wrapping.unwrap(self._masters, wrapped, person=person)
        except wrapping.NotWrappedByUs as error:
            raise RegistrarRefused(str(error)) from error
        try:
            return sealing.unseal(private, sealed, context=sealing_context(person))
        except sealing.SealBroken as error:
            raise RegistrarRefused(str(error)) from error

    def search_sealed(self, *, authority: int, what: str, case: str, query: str, salt: str) -> list[tuple[str, int]]:
        rules.check_search(rules.authorising_entry(authority), Sought(what, case, query, salt))
        self._publish()
        self._uses.spend(authority)
        return self._indexes.of(what, case).search(case, query, self._words_of)

    def _words_of(self, filed: Filed, known: Searchable) -> Sequence[str] | None:
        """The words in something that is sealed; None for what was erased meanwhile, or is not what was recorded."""
        key = PersonKeyRow.objects.filter(person=filed.person).first()
        held = SealedObject.objects.filter(sha256=filed.sha256, person=filed.person).first()
        if key is None or held is None or self._is_erased(filed.person):
            return None
        sealed = bytes(held.sealed)
        if hashlib.sha256(sealed).hexdigest() != filed.sha256:
            # Anybody can seal to a public key: exchanged bytes would be found as somebody's own.
            return None
        try:
            opened = self._opened(filed.person, sealed, bytes(key.wrapped))
        except RegistrarRefused:
            # Left out of the index and tried again at the next search; `verify` tells of a seal that is broken.
            return None
        return known.words(opened)

    def _check_not_erased(self, person: str, words: str) -> None:
        if self._is_erased(person):
            raise RegistrarRefused(f"this person was erased; {words}")

    def _is_erased(self, person: str) -> bool:
        """Whether a person was erased, also when a crash came before this process was told of it."""
        if not self._recalled:
            for stored in ledger.entries_with(Action.PERSON_ERASED):
                self._uses.forget(ledger.entry_of(stored).subject["person"])
            self._recalled = True
        return self._uses.is_forgotten(person)

    def forget_person(self, *, authority: int, person: str) -> None:
        rules.check_erasure(rules.authorising_entry(authority), person)
        self._publish()
        self._uses.forget(person)
        self._indexes.forget(person)


class _Uses:
    """Which entries were used up and which persons erased, in a small file of the registrar's own."""

    def __init__(self) -> None:
        self._path = data.keys() / "registrar-uses.sqlite3"
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        with self._open() as database:
            database.execute("CREATE TABLE IF NOT EXISTS uses (seq INTEGER PRIMARY KEY, used TEXT NOT NULL)")
            database.execute("CREATE TABLE IF NOT EXISTS forgotten (person TEXT PRIMARY KEY)")

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with contextlib.closing(sqlite3.connect(self._path, timeout=10)) as database:
                # EXTRA: after a power cut the removal of the journal stands, and with it the use.
                database.execute("PRAGMA synchronous=EXTRA")
                with database:
                    yield database
        except sqlite3.IntegrityError:
            raise
        except sqlite3.Error as error:
            raise RegistrarRefused("the registrar's note of used entries can't be read or written") from error

    def spend(self, seq: int) -> None:
        """Note the use before it happens. Raises RegistrarRefused the second time."""
        try:
            with self._open() as database:
                database.execute("INSERT INTO uses VALUES (?, ?)", [seq, clock.stamp(clock.now())])
        except sqlite3.IntegrityError as error:
            raise RegistrarRefused(f"entry {seq} was used already: one entry allows one use") from error

    def forget(self, person: str) -> None:
        """Note that a person was erased."""
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO forgotten VALUES (?)", [person])

    def is_forgotten(self, person: str) -> bool:
        """Whether a person was erased."""
        with self._open() as database:
            return database.execute("SELECT 1 FROM forgotten WHERE person = ?", [person]).fetchone() is not None


class InsecureRegistrar(UserWarning):
    """The registrar runs inside the asking process: for tests only."""


def in_process() -> Desk:
    """A desk in this very process, for the test suite. Refused unless the setting names it."""
    if settings.AMANA_REGISTRAR != "in-process":
        raise RegistrarRefused("the registrar is a process of its own")
    warnings.warn("keys are held by the asking process", InsecureRegistrar, stacklevel=2)
    return Desk()


__all__ = ["Desk", "InsecureRegistrar", "PersonKey", "Registrar", "RegistrarRefused", "in_process", "sealing_context"]
