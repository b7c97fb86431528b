"""A cosignature is, byte for byte, what c2sp.org/tlog-cosignature says."""

import base64
import shutil
import struct
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from custody.core import checkpoints, cosignatures
from custody.core.checkpoints import Checkpoint
from custody.core.cosignatures import MAX_TIME, Cosignature, CosignerKey, sign_cosignature, verify
from custody.core.merkle import MAX_SIZE
from tests.custody.core import strategies
from tests.custody.core.growing import COSIGNER, COSIGNER_KEY, COSIGNER_PRIVATE_KEY, TIME, checkpoint, signed
from tests.custody.core.samples import KEY, ORIGIN

BODY = checkpoint(5).body()
LINE = sign_cosignature(BODY, name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY, time=TIME)


def test_the_line_is_made_by_hand_from_the_specification() -> None:
    public = COSIGNER_PRIVATE_KEY.public_key().public_bytes_raw()
    key_id = sha256(b"partner.example/w1\n\x04" + public).digest()[:4]
    signature = COSIGNER_PRIVATE_KEY.sign(b"cosignature/v1\ntime 1767225600\n" + BODY.encode())
    blob = key_id + struct.pack(">Q", 1767225600) + signature
    assert len(blob) == 4 + 8 + 64
    assert f"\N{EM DASH} partner.example/w1 {base64.b64encode(blob).decode()}" == LINE


def test_the_written_forms_stay_what_they_are() -> None:
    # Changing these makes every cosignature that was ever given unreadable.
    assert COSIGNER_KEY.encode() == "partner.example/w1+7ac7b5d7+BEPNwCPSLV+eEH0aBpNFfTXR0Q630hxyEZL1b13kBmXT"
    assert LINE.split(" ")[2] == (
        "ese11wAAAABpVbkAsxvFMAedMoQaEswuv67O3Pk+2efmEiEEPIJviohFfj8FEROH3zuBVJGTbm8Qi3k0Drp/WMZxxx5fZVB+DrlhBg=="
    )


def test_the_key_is_written_as_the_specification_says_and_read_back() -> None:
    public = COSIGNER_PRIVATE_KEY.public_key().public_bytes_raw()
    key_id = sha256(b"partner.example/w1\n\x04" + public).hexdigest()[:8]
    written = f"partner.example/w1+{key_id}+{base64.b64encode(bytes([4]) + public).decode()}"
    assert COSIGNER_KEY.encode() == written
    assert CosignerKey.parse(written) == COSIGNER_KEY


def test_the_time_of_the_specifications_example_is_where_it_is_read() -> None:
    # The example line of c2sp.org/tlog-cosignature, whose message shows "time 1679315147".
    line = (
        "\N{EM DASH} witness.example.com/w1 "
        "jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
    )
    blob = base64.b64decode(line.split(" ")[2])
    assert len(blob) == len(base64.b64decode(LINE.split(" ")[2]))
    assert int.from_bytes(blob[4:12], "big") == 1679315147


def test_a_cosignature_tells_who_and_when() -> None:
    found = verify(LINE, text=BODY, key=COSIGNER_KEY)
    assert found == Cosignature(COSIGNER_KEY, TIME)
    assert found.cosigner == COSIGNER


def test_it_is_found_among_the_lines_of_the_note() -> None:
    note = signed(5) + f"{LINE}\n".encode()
    opened = checkpoints.open_checkpoint(note, origin=ORIGIN, keys=[KEY])
    assert cosignatures.verify_all(note, checkpoint=opened, keys=[COSIGNER_KEY]) == (Cosignature(COSIGNER_KEY, TIME),)
    assert cosignatures.verify_all(note, checkpoint=opened, keys=[]) == ()


@given(st.builds(Checkpoint, st.just(ORIGIN), st.integers(1, MAX_SIZE), strategies.hashes), st.integers(0, MAX_TIME))
def test_whatever_is_cosigned_verifies(any_checkpoint: Checkpoint, time: int) -> None:
    text = any_checkpoint.body()
    line = sign_cosignature(text, name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY, time=time)
    assert verify(line, text=text, key=COSIGNER_KEY) == Cosignature(COSIGNER_KEY, time)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="NO openssl: the cosignature was not checked with it")
def test_openssl_agrees(tmp_path: Path) -> None:
    (tmp_path / "message").write_text(f"cosignature/v1\ntime {TIME}\n{BODY}")
    (tmp_path / "signature").write_bytes(base64.b64decode(LINE.split(" ")[2])[12:])
    public = COSIGNER_PRIVATE_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (tmp_path / "key.pem").write_bytes(public)
    words = ["-verify", "-rawin", "-pubin", "-inkey", "key.pem", "-in", "message", "-sigfile", "signature"]
    assert (
        subprocess.run(["openssl", "pkeyutl", *words], cwd=tmp_path, capture_output=True, check=False).returncode == 0
    )
