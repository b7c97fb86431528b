"""Reaching the registrar: the running one, or one started for the length of this command."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from django.conf import settings

from custody import data, hosting, sockets
from custody.core.canonical import JsonValue
from custody.registrar import desk, starting
from custody.registrar.desk import PersonKey, Registrar, RegistrarRefused
from custody.registrar.starting import Child
from custody.sockets import Caller, ProcessUnavailable, Refused

_START_SECONDS = 30.0
_STARTS = 3
_REPEATABLE = ("about", "sign_records", "forget_person")
# The first checkpoint after a start compares the whole ledger.
_ANSWER_SECONDS = {"registrar": 60.0, "notary": 600.0}
_lock = threading.Lock()
_connected: dict[str, SocketRegistrar | desk.Desk] = {}
_started: dict[str, list[Child]] = {}


@dataclass(frozen=True)
class _About:
    """Whose answers they are: certificate (DER), root (PEM), and the certificate's fingerprint."""

    certificate: bytes
    root: bytes
    fingerprint: str


def _introduced() -> tuple[Caller, _About]:
    """A connection, and who answers on it. Raises ProcessUnavailable, Refused."""
    caller = reach("registrar")
    try:
        told = caller.ask("about")
    except ProcessUnavailable:
        # It may have been leaving.
        caller = reach("registrar")
        told = caller.ask("about")
    return caller, _About(sockets.unb64(told["certificate"]), sockets.unb64(told["root"]), str(told["fingerprint"]))


class SocketRegistrar:
    """The registrar's answers, over its socket; reached anew when the process behind it was replaced."""

    def __init__(self) -> None:
        self._reaching = threading.Lock()
        self._caller, self._about = _introduced()

    def _reached(self) -> Caller:
        """The connection; after a new one, what stands behind it is asked anew: its key may be another one."""
        with self._reaching:
            if self._caller.broken:
                self._caller.close()
                self._caller, self._about = _introduced()
            return self._caller

    def _known(self) -> _About:
        self._reached()
        return self._about

    def ask(self, operation: str, **question: JsonValue) -> dict[str, JsonValue]:
        """One question. Raises RegistrarRefused, ProcessUnavailable."""
        try:
            return self._reached().ask(operation, **question)
        except ProcessUnavailable:
            # It may have been leaving. What is allowed any number of times is asked once more; a use that is spent
            # on one entry never is.
            if operation not in _REPEATABLE:
                raise
        except Refused as error:
            raise RegistrarRefused(str(error)) from error
        try:
            return self._reached().ask(operation, **question)
        except Refused as error:
            raise RegistrarRefused(str(error)) from error

    def certificate_der(self) -> bytes:
        return self._known().certificate

    def ca_pem(self) -> bytes:
        return self._known().root

    def signer_fingerprint(self) -> str:
        return self._known().fingerprint

    def sign_records(self, *, authority: int, records: Sequence[bytes]) -> list[bytes]:
        answer = self.ask("sign_records", authority=authority, records=[sockets.b64(record) for record in records])
        signatures = answer["signatures"]
        if not isinstance(signatures, list) or len(signatures) != len(records):
            raise ProcessUnavailable("the registrar's answer is incomplete")
        return [sockets.unb64(signature) for signature in signatures]

    def sign_document(self, *, authority: int, digest: bytes) -> bytes:
        return sockets.unb64(self.ask("sign_document", authority=authority, digest=sockets.b64(digest))["signature"])

    def create_person_key(self, *, authority: int, person: str) -> PersonKey:
        answer = self.ask("create_person_key", authority=authority, person=person)
        return PersonKey(*(sockets.unb64(answer[name]) for name in ("public", "wrapped", "signature")))

    def open_sealed(self, *, authority: int, person: str, sealed: bytes, wrapped: bytes) -> bytes:
        parts = {"sealed": sockets.b64(sealed), "wrapped": sockets.b64(wrapped)}
        return sockets.unb64(self.ask("open_sealed", authority=authority, person=person, **parts)["plaintext"])

    def search_sealed(self, *, authority: int, what: str, case: str, query: str, salt: str) -> list[tuple[str, int]]:
        sought = {"what": what, "case": case, "query": query, "salt": salt}
        answer = self.ask("search_sealed", authority=authority, **sought)["hits"]
        if not isinstance(answer, list):
            raise ProcessUnavailable("the registrar's answer is incomplete")
        return [(str(hit["key"]), _whole(hit["score"])) for hit in answer if isinstance(hit, dict)]

    def forget_person(self, *, authority: int, person: str) -> None:
        self.ask("forget_person", authority=authority, person=person)


def _whole(value: JsonValue) -> int:
    return value if type(value) is int else 0


def connect() -> Registrar:
    """The registrar, started for the length of this process when none runs. Raises ProcessUnavailable."""
    key = f"{os.getpid()} {data.root()}"
    with _lock:
        if key not in _connected:
            in_process = settings.AMANA_REGISTRAR == "in-process"
            _connected[key] = desk.in_process() if in_process else SocketRegistrar()
        return _connected[key]


def forget() -> None:
    """Drop the connection, so that the next use reaches for the registrar anew."""
    with _lock:
        _connected.clear()


def reach(name: str) -> Caller:
    """A connection to the registrar's or the notary's socket, starting the process when nobody listens."""
    timeout = _ANSWER_SECONDS[name]
    try:
        return Caller(name, timeout=timeout)
    except ProcessUnavailable:
        pass
    process = _process_of(name)
    for child in _running(process):
        # Prepared a moment ago, it does not listen yet.
        with contextlib.suppress(ProcessUnavailable):
            return _wait(name, child, timeout)
    for _ in range(_STARTS - 1):
        # One that is just leaving may keep ours from starting: then another is started.
        with contextlib.suppress(ProcessUnavailable):
            return _wait(name, _start(process), timeout)
    return _wait(name, _start(process), timeout)


def _process_of(name: str) -> str:
    """The process that listens on the socket of this name. Raises ProcessUnavailable for one that is not ours."""
    if name == "registrar" or settings.AMANA_NOTARY != "own":
        return "registrar"
    if not os.access(data.notary(), os.R_OK | os.X_OK):
        raise ProcessUnavailable("the notary does not answer; it runs as a user of its own, who has to start it")
    return name


def _running(process: str) -> list[Child]:
    return [child for child in _started.get(process, []) if child.runs()]


def _wait(name: str, child: Child, timeout: float) -> Caller:
    alive = partial(_may_come, child, _process_of(name))
    return sockets.wait_for(name, seconds=_START_SECONDS, alive=alive, timeout=timeout)


def prepare() -> None:
    """Start a registrar when none listens, without waiting for it.

    Called first thing in a command, before it has threads and an open database, this costs a hundredth of what it
    costs later.
    """
    if settings.AMANA_REGISTRAR == "in-process" or _running("registrar"):
        return
    try:
        Caller("registrar", timeout=_ANSWER_SECONDS["registrar"]).close()
    except ProcessUnavailable:
        _start("registrar")


def _start(process: str) -> Child:
    child = starting.start(process)
    _started.setdefault(process, []).append(child)
    return child


def _may_come(child: Child, process: str) -> bool:
    """Whether it still runs, or another one holds the lock and may soon listen."""
    return child.runs() or hosting.lock_is_held(process)
