"""The registrar's process (with the notary inside it, in the embedded shape)."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from custody import hosting, sockets
from custody.anchoring.watch import Watch
from custody.core.canonical import JsonValue
from custody.hosting import Loop
from custody.notary import Notary, ensure_checkpoint
from custody.notary import process as notary_process
from custody.registrar.desk import Desk
from custody.sockets import Answer, Operation


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

    def sign_document(question: Mapping[str, JsonValue]) -> Answer:
        digest = sockets.unb64(question["digest"])
        return {"signature": sockets.b64(desk.sign_document(authority=_whole(question["authority"]), digest=digest))}

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

    def search_sealed(question: Mapping[str, JsonValue]) -> Answer:
        hits = desk.search_sealed(
            authority=_whole(question["authority"]),
            what=str(question["what"]),
            case=str(question["case"]),
            query=str(question["query"]),
            salt=str(question["salt"]),
        )
        return {"hits": [{"key": key, "score": score} for key, score in hits]}

    def forget_person(question: Mapping[str, JsonValue]) -> Answer:
        desk.forget_person(authority=_whole(question["authority"]), person=str(question["person"]))
        return {}

    return {
        "about": about,
        "sign_records": sign_records,
        "sign_document": sign_document,
        "create_person_key": create_person_key,
        "open_sealed": open_sealed,
        "forget_person": forget_person,
        "search_sealed": search_sealed,
    }


def _whole(value: JsonValue) -> int:
    return value if type(value) is int else -1


def serve(*, tethered: bool) -> bool:
    """Answer until a signal says to stop, as the main thread of a process. See ``run``."""
    return run(tethered=tethered, stopping=hosting.told_by_signals())


def run(*, tethered: bool, stopping: threading.Event) -> bool:
    """Answer until told to stop. ``tethered``: end when standard input closes and nobody is connected.

    Returns False when another registrar of this installation runs already, or a notary where it belongs inside.
    """
    with hosting.only_one(*notary_process.lock_names()) as alone:
        if not alone:
            return False
        servers, loops = _alone() if notary_process.runs_alone() else _with_notary()
        hosting.run(servers, loops, stopping=stopping, tethered=tethered)
    return True


_Work = tuple[dict[str, dict[str, Operation]], tuple[Loop, ...]]


def _alone() -> _Work:
    """The registrar alone: before it makes or uses a person's key it has the notary sign."""
    return {"registrar": _operations(Desk(publish=ensure_checkpoint))}, ()


def _with_notary() -> _Work:
    notary = Notary()
    anchors = Watch(notary)
    servers = {
        "notary": notary_process.operations(notary, anchors),
        "registrar": _operations(Desk(publish=notary.publish)),
    }
    return servers, notary_process.loops(notary, anchors)
