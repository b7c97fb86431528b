"""The registrar's process (with the notary inside it, in the embedded shape)."""

from __future__ import annotations

import contextlib
import fcntl
import os
import select
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import IO

from custody import data, sockets
from custody.core.canonical import JsonValue
from custody.notary import Notary
from custody.registrar.desk import Desk
from custody.sockets import Answer, Operation, Server

_LINGER_SECONDS = 1.0


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
        return {"public": sockets.b64(key.public), "wrapped": sockets.b64(key.wrapped)}

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
    return value if isinstance(value, int) else -1


def _notary_operations(notary: Notary) -> dict[str, Operation]:
    def publish(_question: Mapping[str, JsonValue]) -> Answer:
        return {"note": sockets.b64(notary.publish())}

    return {"publish": publish}


@contextlib.contextmanager
def _only_one() -> Iterator[bool]:
    """Hold the lock of this installation's registrar; False when another one has it."""
    with (data.work() / "registrar.lock").open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True


def run(*, tethered: bool, stopping: threading.Event, errors: IO[str] = sys.stderr) -> bool:
    """Answer until told to stop. ``tethered``: end when standard input closes and nobody is connected.

    Returns False when another registrar of this installation runs already.
    """
    with _only_one() as alone:
        if not alone:
            return False
        notary = Notary()
        servers = [Server("notary", _notary_operations(notary)), Server("registrar", _operations(Desk()))]
        threads = [threading.Thread(target=server.serve_forever, args=(0.2,), daemon=True) for server in servers]
        watch = threading.Thread(target=notary.watch, args=(stopping, errors), daemon=True)
        for thread in (*threads, watch):
            thread.start()
        _wait(servers, stopping, tethered=tethered)
        stopping.set()
        for server in servers:
            server.shutdown()
            server.server_close()
            with contextlib.suppress(FileNotFoundError):
                Path(str(server.server_address)).unlink()
        watch.join(timeout=10)
    return True


def _wait(servers: list[Server], stopping: threading.Event, *, tethered: bool) -> None:
    while not stopping.wait(0.2):
        if tethered and _tether_cut():
            time.sleep(_LINGER_SECONDS)
            if all(server.idle() for server in servers):
                return


def _tether_cut() -> bool:
    ready, _, _ = select.select([sys.stdin], [], [], 0)
    return bool(ready) and os.read(sys.stdin.fileno(), 1) == b""
