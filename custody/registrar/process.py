"""The registrar's process (with the notary inside it, in the embedded shape)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from typing import IO

from custody import data, sockets
from custody.core.canonical import JsonValue
from custody.notary import Notary
from custody.registrar.desk import Desk
from custody.sockets import Answer, Operation, Server

_STANDARD_INPUT = 0
_LINGER_SECONDS = 1.0
_LOCK_TRIES, _LOCK_SECONDS = 5, 0.05


def _operations(desk: Desk) -> dict[str, Operation]:
    def about(_question: Mapping[str, JsonValue]) -> Answer:
        return {
            "certificate": sockets.b64(desk.certificate_der()),
            "root": sockets.b64(desk.ca_pem()),
            "fingerprint": desk.signer_fingerprint(),
        }

    def sign_records(question: Mapping[str, JsonValue]) -> Answer:
        records = question["records"]
        content = [sockets.unb64(record) for record in records] if isinstance(records, list) else []
        signatures = desk.sign_records(authority=_whole(question["authority"]), records=content)
        return {"signatures": [sockets.b64(signature) for signature in signatures]}

    def create_person_key(question: Mapping[str, JsonValue]) -> Answer:
        key = desk.create_person_key(authority=_whole(question["authority"]), person=str(question["person"]))
        return {name: sockets.b64(getattr(key, name)) for name in ("public", "wrapped", "signature")}

    def open_sealed(question: Mapping[str, JsonValue]) -> Answer:
        plaintext = desk.open_sealed(
            authority=_whole(question["authority"]),
            person=str(question["person"]),
            sealed=sockets.unb64(question["sealed"]),
            wrapped=sockets.unb64(question["wrapped"]),
        )
        return {"plaintext": sockets.b64(plaintext)}

    return {
        "about": about,
        "sign_records": sign_records,
        "create_person_key": create_person_key,
        "open_sealed": open_sealed,
    }


def _whole(value: JsonValue) -> int:
    return value if type(value) is int else -1


def _notary_operations(notary: Notary) -> dict[str, Operation]:
    def publish(_question: Mapping[str, JsonValue]) -> Answer:
        return {"note": sockets.b64(notary.publish())}

    return {"publish": publish}


@contextlib.contextmanager
def only_one() -> Iterator[bool]:
    """Hold the lock of this installation's registrar; False when another one has it."""
    with (data.work() / "registrar.lock").open("ab") as file:
        yield any(_locked(file, again=again) for again in reversed(range(_LOCK_TRIES)))


def _locked(file: IO[bytes], *, again: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        # Somebody who only looks whether we run holds it for a moment.
        time.sleep(_LOCK_SECONDS if again else 0)
        return False
    return True


def serve(*, tethered: bool) -> bool:
    """Answer until a signal says to stop, as the main thread of a process. See ``run``."""
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    return run(tethered=tethered, stopping=stopping)


def run(*, tethered: bool, stopping: threading.Event, errors: IO[str] = sys.stderr) -> bool:
    """Answer until told to stop. ``tethered``: end when standard input closes and nobody is connected.

    Returns False when another registrar of this installation runs already.
    """
    with only_one() as alone:
        if not alone:
            return False
        notary = Notary()
        desk = Desk(publish=notary.publish)
        with (
            _serving("notary", _notary_operations(notary)) as publishing,
            _serving("registrar", _operations(desk)) as signing,
        ):
            watch = threading.Thread(target=notary.watch, args=(stopping, errors), daemon=True)
            watch.start()
            try:
                _wait([publishing, signing], stopping, tethered=tethered)
            finally:
                stopping.set()
        watch.join(timeout=10)
    return True


@contextlib.contextmanager
def _serving(name: str, operations: Mapping[str, Operation]) -> Iterator[Server]:
    """Answer on one socket while the block runs; the socket is gone afterwards."""
    server = Server(name, operations)
    threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        sockets.remove(name)


def _wait(servers: list[Server], stopping: threading.Event, *, tethered: bool) -> None:
    while not stopping.wait(0.2):
        if tethered and _tether_cut():
            time.sleep(_LINGER_SECONDS)
            if all(server.idle() for server in servers):
                return


def _tether_cut() -> bool:
    ready, _, _ = select.select([_STANDARD_INPUT], [], [], 0)
    return bool(ready) and os.read(_STANDARD_INPUT, 1) == b""
