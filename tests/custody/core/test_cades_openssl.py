"""A stranger checks our signatures with OpenSSL's own command, and it refuses what we refuse."""

import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.core import authority, cades
from tests.custody.core.signers import ASSEMBLER, NOW, OTHER_ROOT, ROOT, SIGNER_KEY

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="NOT CHECKED AGAINST OPENSSL: there is no openssl command here")

CONTENT = b'{"type":"ingest-record/1"}'


def _verify(folder: Path, p7s: bytes, content: bytes, root: bytes, at: datetime) -> subprocess.CompletedProcess[str]:
    for name, data in (("x.p7s", p7s), ("x", content), ("ca.pem", root)):
        (folder / name).write_bytes(data)
    command = (
        "openssl cms -verify -binary -cades -inform DER -in x.p7s -content x -CAfile ca.pem -out /dev/null -attime"
    )
    return subprocess.run(
        [*command.split(), str(int(at.timestamp()))],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("signing_time", [None, NOW, datetime(2060, 1, 1, tzinfo=UTC)])
def test_openssl_verifies_it_as_cades(tmp_path: Path, signing_time: datetime | None) -> None:
    p7s = cades.sign(CONTENT, assembler=ASSEMBLER, private_key=SIGNER_KEY, signing_time=signing_time)
    done = _verify(tmp_path, p7s, CONTENT, authority.certificate_pem(ROOT), NOW)
    assert done.returncode == 0, done.stderr
    assert "CAdES Verification successful" in done.stderr


def test_openssl_refuses_other_content_another_root_and_another_time(tmp_path: Path) -> None:
    p7s = cades.sign(CONTENT, assembler=ASSEMBLER, private_key=SIGNER_KEY)
    root = authority.certificate_pem(ROOT)
    assert _verify(tmp_path, p7s, CONTENT + b" ", root, NOW).returncode != 0
    assert _verify(tmp_path, p7s, CONTENT, authority.certificate_pem(OTHER_ROOT), NOW).returncode != 0
    assert _verify(tmp_path, p7s, CONTENT, root, datetime(2036, 1, 1, tzinfo=UTC)).returncode != 0


def test_the_root_and_the_signer_verify_as_a_chain(tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_bytes(authority.certificate_pem(ROOT))
    (tmp_path / "registrar.pem").write_bytes(authority.certificate_pem(ASSEMBLER.certificate))
    command = f"openssl verify -x509_strict -CAfile ca.pem -attime {int(NOW.timestamp())} registrar.pem"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, done.stderr
