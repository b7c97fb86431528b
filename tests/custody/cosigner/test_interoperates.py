"""Programs that others wrote, from the same specifications, agree: as verifiers, as cosigner, and as a ledger's feeder.

`metamorphic-log` is imported here. `aics-tlog` and `aics-witness` want Python 3.12 or newer: they are used through
another interpreter that has them, `AICS_WITNESS_PYTHON` or one of the usual names.
"""

from __future__ import annotations

import base64
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from custody import clock
from custody.core import cosignatures, notes
from custody.core.cosignatures import CosignerKey, sign_cosignature, verify
from custody.cosigner.desk import Cosigner
from custody.cosigning.client import Conflict, Refused, ask
from tests.custody.core.growing import (
    COSIGNER,
    COSIGNER_KEY,
    COSIGNER_PRIVATE_KEY,
    TIME,
    checkpoint,
    proof,
    request,
    signed,
)
from tests.custody.core.samples import KEY, ORIGIN, OTHER_PRIVATE_KEY
from tests.custody.cosigner.partners import PATIENCE, made, serving

LINE = sign_cosignature(checkpoint(8).body(), name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY, time=TIME)
COSIGNED = signed(8).decode() + f"{LINE}\n"


@cache
def _other_python() -> str | None:
    """An interpreter that can import `aics_witness`."""
    offered = [
        os.environ.get("AICS_WITNESS_PYTHON"),
        sys.executable,
        *map(shutil.which, ("python3.12", "python3.13", "python3.14")),
    ]
    for path in filter(None, offered):
        tried = subprocess.run(
            [path, "-c", "import aics_witness, aics_tlog"], capture_output=True, check=False, timeout=PATIENCE
        )
        if tried.returncode == 0:
            return path
    return None


@pytest.fixture
def other_python() -> str:
    found = _other_python()
    if found is None:
        pytest.skip("NO PYTHON 3.12+ WITH aics-witness (AICS_WITNESS_PYTHON): another cosigner was not tried")
    return found


@pytest.fixture
def metamorphic() -> Any:
    if importlib.util.find_spec("metamorphic_log") is None:
        pytest.skip("NO metamorphic-log: another verifier was not tried")
    return importlib.import_module("metamorphic_log")


def test_metamorphic_reads_the_log_in_a_cosigned_note(metamorphic: Any) -> None:
    # It knows no cosignatures: to it the line is one of an unknown key, which must not disturb it.
    head = metamorphic.checkpoint_verify(COSIGNED, [KEY.encode()])
    assert (head.origin, head.size, head.root, head.extensions) == (ORIGIN, 8, checkpoint(8).root, [])
    assert metamorphic.verify_signed_note(COSIGNED, [KEY.encode()]) == 1
    with pytest.raises(metamorphic.VerifyError):
        metamorphic.checkpoint_verify(COSIGNED.replace("\n8\n", "\n9\n"), [KEY.encode()])


@pytest.mark.parametrize(("old", "new"), [(1, 8), (3, 8), (4, 8), (7, 8), (5, 31)])
def test_metamorphic_accepts_the_proofs_we_send_and_no_others(metamorphic: Any, old: int, new: int) -> None:
    older, newer, hashes = signed(old).decode(), signed(new).decode(), list(proof(old, new))
    metamorphic.checkpoint_verify_consistency(older, newer, [KEY.encode()], hashes)
    forked = list(proof(old, new, forked_at=0))
    with pytest.raises(metamorphic.VerifyError):
        metamorphic.checkpoint_verify_consistency(older, signed(new, forked_at=0).decode(), [KEY.encode()], forked)


VERIFY = """
import json, sys
from aics_tlog import parse_note, parse_vkey, sign_cosignature, verify_checkpoint
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
asked = json.load(sys.stdin)
note = parse_note(asked["note"].encode())
found = verify_checkpoint(
    note, parse_vkey(asked["log"]), [parse_vkey(asked["cosigner"])], quorum=1, expected_origin=asked["origin"]
)
key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(asked["seed"]))
root = bytes.fromhex(asked["root"])
_, line = sign_cosignature(key, asked["name"], asked["time"], asked["origin"], asked["size"], root)
print(json.dumps({
    "log": found.log_ok, "witnesses": found.witnesses, "quorum": found.ok, "times": found.timestamps,
    "key_id": line.key_id.hex(), "signature": line.signature.hex(),
}))
"""


def _aics(python: str, note: str) -> dict[str, Any]:
    asked = {
        "note": note, "log": KEY.encode(), "cosigner": COSIGNER_KEY.encode(), "origin": ORIGIN, "name": COSIGNER,
        "seed": COSIGNER_PRIVATE_KEY.private_bytes_raw().hex(), "time": TIME, "size": 8,
        "root": checkpoint(8).root.hex(),
    }  # fmt: skip
    done = subprocess.run(
        [python, "-c", VERIFY], input=json.dumps(asked), capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_aics_verifies_our_cosignature_and_makes_the_same_one(other_python: str) -> None:
    found = _aics(other_python, COSIGNED)
    assert (found["log"], found["quorum"]) == (True, True)
    assert (found["witnesses"], found["times"]) == ([COSIGNER], {COSIGNER: TIME})
    # Ed25519 has one signature for one message: the same bytes from both.
    _, key_id, signature = notes.parse_line(LINE)
    assert (found["key_id"], found["signature"]) == (key_id.hex(), signature.hex())


def test_aics_refuses_a_cosignature_of_another_checkpoint_or_time(other_python: str) -> None:
    name, key_id, data = notes.parse_line(LINE)
    later = base64.b64encode(key_id + (TIME + 1).to_bytes(8, "big") + data[8:]).decode()
    other = sign_cosignature(checkpoint(9).body(), name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY, time=TIME)
    for line in (f"\N{EM DASH} {name} {later}", other):
        found = _aics(other_python, COSIGNED.replace(LINE, line))
        assert (found["witnesses"], found["quorum"]) == ([], False)


@dataclass(frozen=True)
class Aics:
    """Their cosigner, listening."""

    url: str
    key: CosignerKey


@pytest.fixture
def aics(other_python: str, tmp_path: Path) -> Iterator[Aics]:
    base = [other_python, "-m", "aics_witness"]
    settings = ["--config", str(tmp_path / "witness.json")]

    def run(command: str, *arguments: str) -> str:
        return subprocess.run(
            [*base, command, *settings, *arguments], capture_output=True, text=True, check=True, timeout=PATIENCE
        ).stdout

    vkey = run("init", "--name", "aics.example/w1").strip()
    run("add-log", "--origin", ORIGIN, "--vkey", KEY.encode())
    process = subprocess.Popen(
        [*base, "serve", *settings, "--listen", "127.0.0.1:0"], stderr=subprocess.PIPE, text=True
    )
    try:
        yield Aics(_listening(process), CosignerKey.parse(vkey))
    finally:
        process.kill()
        process.communicate()


def _listening(process: subprocess.Popen[str]) -> str:
    assert process.stderr is not None
    seen = []
    for line in process.stderr:
        seen.append(line)
        if "listening on " in line:
            return line.rpartition("listening on ")[2].split()[0]
    raise AssertionError("".join(seen))


@pytest.mark.loopback
@pytest.mark.server
def test_their_cosigner_answers_our_client(aics: Aics) -> None:
    for old, new in ((0, 3), (3, 8), (8, 8)):
        lines = ask(aics.url, old_size=old, proof=proof(old, new), checkpoint_note=signed(new), timeout=PATIENCE)
        found = [verify(line, text=checkpoint(new).body(), key=aics.key) for line in lines]
        assert [each.cosigner for each in found] == ["aics.example/w1"]
        assert abs(found[0].time - clock.now().timestamp()) < PATIENCE
        note = signed(new) + "".join(f"{line}\n" for line in lines).encode()
        assert cosignatures.verify_all(note, checkpoint=checkpoint(new), keys=[aics.key]) == tuple(found)


@pytest.mark.loopback
@pytest.mark.server
def test_their_cosigner_refuses_as_ours_does(aics: Aics, tmp_path: Path) -> None:
    made(tmp_path / "ours")
    questions = [request(0, 5), request(0, 9), request(5, 9, forked_at=1), request(5, 5, forked_at=1), request(4, 4)]
    forged = signed(9, key=OTHER_PRIVATE_KEY)
    foreign = signed(9, origin="other.example/ledger", key=OTHER_PRIVATE_KEY)
    with serving(tmp_path / "ours") as ours:
        answers = [
            [
                *(_outcome(url, each.old_size, each.proof, each.note) for each in questions),
                _outcome(url, 5, proof(5, 9), forged),
                _outcome(url, 5, proof(5, 9), foreign),
                _outcome(url, 7, (), signed(6)),
            ]
            for url in (ours.url, aics.url)
        ]
    assert answers[0] == answers[1] == ["cosigned", "conflict 5", "422", "422", "conflict 5", "403", "404", "400"]


def _outcome(url: str, old_size: int, hashes: tuple[bytes, ...], note: bytes) -> str:
    try:
        ask(url, old_size=old_size, proof=hashes, checkpoint_note=note, timeout=PATIENCE)
    except Conflict as conflict:
        return f"conflict {conflict.size}"
    except Refused as refused:
        return str(refused.status)
    return "cosigned"


FEED = """
import json, sys
from aics_witness.feeder import WitnessClient, WitnessRejected, merge_cosignatures
asked = json.load(sys.stdin)
proofs = {
    tuple(map(int, sizes.split())): [bytes.fromhex(item) for item in hashes]
    for sizes, hashes in asked["proofs"].items()
}
client = WitnessClient(asked["url"], asked["cosigner"])
answers = []
for note in asked["notes"]:
    try:
        line = client.submit(note.encode(), lambda old, new: proofs[old, new])
        answers.append(merge_cosignatures(note.encode(), line).decode())
    except WitnessRejected as rejected:
        answers.append(rejected.status)
print(json.dumps(answers))
"""


@pytest.mark.loopback
@pytest.mark.server
def test_our_cosigner_answers_their_feeder(other_python: str, tmp_path: Path) -> None:
    made(tmp_path / "c").answer(request(0, 3).encode())
    key = Cosigner(tmp_path / "c").key
    # The feeder starts from 0 and learns from our conflict that 3 is known; the last two are forks.
    given = [signed(5), signed(8), signed(8), signed(8, forked_at=7), signed(9, forked_at=2)]
    proofs = {(old, new): proof(old, new) for old, new in ((0, 5), (3, 5), (5, 8), (8, 8), (8, 9))}
    with serving(tmp_path / "c") as server:
        asked = {
            "url": server.url,
            "cosigner": key.encode(),
            "notes": [note.decode() for note in given],
            "proofs": {f"{old} {new}": [item.hex() for item in hashes] for (old, new), hashes in proofs.items()},
        }
        done = subprocess.run(
            [other_python, "-c", FEED],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
    assert done.returncode == 0, done.stderr
    *notes_, same_size, rewritten = json.loads(done.stdout)
    assert (same_size, rewritten) == (422, 422)
    for note, size in zip(notes_, (5, 8, 8), strict=True):
        assert [
            each.cosigner for each in cosignatures.verify_all(note.encode(), checkpoint=checkpoint(size), keys=[key])
        ]
