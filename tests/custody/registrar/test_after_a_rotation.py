"""Somebody who knew the registrar before its key was replaced: no receipt comes to name another key than signed it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

import pytest

from custody import clock, installation, keyring, ledger, sockets
from custody.actions import Action
from custody.actors import for_command
from custody.core import cades, canonical
from custody.core.canonical import JsonValue
from custody.registrar import RegistrarRefused, client, process
from custody.registrar.client import SocketRegistrar
from custody.registrar.desk import Desk

pytestmark = pytest.mark.usefixtures("one_alone")
BATCH = "0f0e8a52-7b3e-4f0e-9a43-0d7f7d1f4a10"


class Connection:
    """One to a registrar that opened its key when the connection was made, as a process does."""

    def __init__(self, _name: str = "registrar") -> None:
        self.broken = False
        self._operations = process._operations(Desk())

    def ask(self, operation: str, **question: JsonValue) -> Mapping[str, JsonValue]:
        if self.broken:
            raise sockets.ProcessUnavailable("the registrar stopped answering")
        return self._operations[operation](question)

    def close(self) -> None:
        self.broken = True


@pytest.fixture
def worker(lasting_installation: Path, monkeypatch: pytest.MonkeyPatch) -> SocketRegistrar:
    """A process that lives on while others come and go."""
    monkeypatch.setattr(client, "reach", Connection)
    return SocketRegistrar()


def opened() -> int:
    return ledger.append_alone(
        ledger.Draft(
            action=Action.BATCH_OPENED, actor=for_command(), streams=(f"batch/{BATCH}",), subject={"batch": BATCH}
        )
    ).seq


def receipt(signer: str) -> bytes:
    return canonical.dumps({"type": "ingest-record/1", "batch": BATCH, "signer": signer})


def restart(worker: SocketRegistrar) -> keyring.Rotated:
    """Amana is stopped, the registrar's key replaced, Amana started again."""
    done = keyring.rotate_registrar(actor=for_command())
    worker._caller.close()
    return done


def test_who_is_reached_anew_is_asked_anew(worker: SocketRegistrar) -> None:
    before = worker.certificate_der()
    done = restart(worker)
    assert worker.signer_fingerprint() == done.new
    assert worker.certificate_der() != before
    assert worker.ca_pem()


def test_a_receipt_names_the_key_that_signs_it(worker: SocketRegistrar) -> None:
    seq = opened()
    done = restart(worker)
    record = receipt(worker.signer_fingerprint())
    (signature,) = worker.sign_records(authority=seq, records=[record])
    facts = cades.verify(signature, record, anchor=installation.root_certificate(), at=clock.now())
    assert facts.fingerprint == done.new


def test_what_was_made_for_the_old_key_is_not_signed_by_the_new_one(worker: SocketRegistrar) -> None:
    seq = opened()
    records = [receipt(worker.signer_fingerprint())]
    assert worker.sign_records(authority=seq, records=records)
    done = restart(worker)
    records.insert(0, receipt(done.new))
    with pytest.raises(RegistrarRefused, match="names another signer"):
        worker.sign_records(authority=seq, records=records)


@pytest.mark.usefixtures("lasting_installation")
@pytest.mark.parametrize("signer", ["", "0" * 64, 7, None, ["x"]])
def test_the_desk_signs_in_nobody_elses_name(signer: JsonValue) -> None:
    record = canonical.dumps({"type": "ingest-record/1", "batch": BATCH, "signer": signer})
    with pytest.raises(RegistrarRefused, match="names another signer"):
        Desk().sign_records(authority=opened(), records=[record])


@pytest.mark.usefixtures("lasting_installation")
def test_bytes_that_are_no_record_name_nobody() -> None:
    manifest = b"not JSON: " + b"0" * 64 + b"  data/receipt.json\n"
    seq = ledger.append_alone(
        ledger.Draft(
            action=Action.EXPORT_CREATED,
            actor=for_command(),
            streams=("ledger",),
            subject={"tagmanifest": hashlib.sha256(manifest).hexdigest()},
        )
    ).seq
    assert Desk().sign_records(authority=seq, records=[manifest])
