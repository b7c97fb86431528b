"""A stranger without our code gets the same answers from sha256sum and openssl (the recipes handed out in bundles)."""

import base64
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custody.core import checkpoints
from custody.core.checkpoints import Checkpoint
from custody.core.entries import encode
from custody.core.merkle import leaf_hash
from custody.core.notes import VerifierKey
from tests.custody.core.samples import KEY, ORIGIN, PRIVATE_KEY, ledger

pytestmark = pytest.mark.skipif(
    not all(shutil.which(tool) for tool in ("sh", "sed", "tr", "sha256sum", "openssl")), reason="needs the plain tools"
)


def test_the_leaf_hash_of_a_line_in_a_stream_file(tmp_path: Path) -> None:
    entries = [entry for entry, _ in ledger(*[("case/a",)] * 9)]
    (tmp_path / "stream.jsonl").write_bytes(b"".join(encode(entry) + b"\n" for entry in entries))
    done = subprocess.run(
        ["sh", "-c", r"(printf '\0'; sed -n 7p stream.jsonl | tr -d '\n') | sha256sum"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split()[0] == leaf_hash(encode(entries[6])).hex()


@pytest.mark.parametrize("tampered", [False, True])
def test_the_signature_of_a_checkpoint(tmp_path: Path, *, tampered: bool) -> None:
    note = checkpoints.sign(Checkpoint(ORIGIN, 9, bytes(32)), private_key=PRIVATE_KEY)
    body, line = note.split("\n\n")
    signature = base64.b64decode(line.split(" ")[2])[4:]
    (tmp_path / "body").write_text(f"{body.replace('9', '8') if tampered else body}\n")
    (tmp_path / "signature").write_bytes(signature)
    public_key = PRIVATE_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(public_key)
    done = subprocess.run(
        [
            "openssl",
            "pkeyutl",
            "-verify",
            "-rawin",
            "-pubin",
            "-inkey",
            "key.pem",
            "-in",
            "body",
            "-sigfile",
            "signature",
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert (done.returncode == 0) is not tampered


def test_the_id_in_a_verifier_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(KEY.public)
    done = subprocess.run(
        ["sh", "-c", rf"(printf '%s\n\001' {ORIGIN}; cat key) | sha256sum"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert VerifierKey.parse(KEY.encode()).key_id.hex() == done.stdout[:8]
