"""The signed report, checked with a tool that is not ours, and on paper."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from custody import installation
from custody.core.entries import Actor
from custody.papers import compose
from evidence import fixity
from evidence.core.errors import FixityError
from evidence.fixity.paper import report_paper
from evidence.models import EvidenceItem, FixitySweep
from tests.custody.papers.papers import pages
from tests.evidence.fixity.conftest import flip

ALL = 10**9
COMMAND = "openssl cms -verify -binary -cades -inform DER -in r.p7s -content r -CAfile ca.pem -out /dev/null"


@pytest.fixture
def sweep(items: list[EvidenceItem], worker: Actor) -> FixitySweep:
    flip(items[1])
    swept = fixity.sweep_now(actor=worker, at_most=ALL).sweep
    assert swept is not None
    return swept


def _lay_out(sweep: FixitySweep, folder: Path) -> None:
    (folder / "r").write_bytes(bytes(sweep.record or b""))
    (folder / "r.p7s").write_bytes(bytes(sweep.signature or b""))
    (folder / "ca.pem").write_bytes(installation.root_certificate().public_bytes(Encoding.PEM))


def _accepted(folder: Path) -> bool:
    done = subprocess.run(COMMAND.split(), cwd=folder, capture_output=True, check=False)
    return done.returncode == 0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="NOT CHECKED AGAINST OPENSSL: there is no openssl here")
def test_openssl_accepts_the_report_and_no_other(sweep: FixitySweep, tmp_path: Path) -> None:
    _lay_out(sweep, tmp_path)
    assert _accepted(tmp_path)
    (tmp_path / "r").write_bytes(bytes(sweep.record or b"").replace(b'"sound":3', b'"sound":4'))
    assert not _accepted(tmp_path)


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="there is no sha256sum here")
def test_the_manifest_has_the_digest_that_the_report_holds(sweep: FixitySweep, tmp_path: Path) -> None:
    (tmp_path / "manifest.txt").write_bytes(bytes(sweep.manifest or b""))
    said = subprocess.run(["sha256sum", "manifest.txt"], cwd=tmp_path, capture_output=True, check=True).stdout
    assert said.decode().split()[0] == fixity.report_of(sweep).manifest


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")
def test_the_paper_names_the_objects_that_failed_and_no_item(
    sweep: FixitySweep, items: list[EvidenceItem], tmp_path: Path
) -> None:
    text = "".join(pages(report_paper(sweep), tmp_path))
    digest = hashlib.sha256(bytes(sweep.record or b"")).hexdigest()
    assert " ".join(digest[start : start + 8] for start in range(0, 32, 8)) in text
    assert items[1].sha256[:8] in text
    assert "other bytes than received" in text
    assert "بايتات غير التي استُلمت" in text
    assert not any(item.ern in text for item in items)
    assert items[0].batch.case.code not in text


def test_the_paper_is_the_same_file_each_time(sweep: FixitySweep) -> None:
    assert compose(report_paper(sweep)) == compose(report_paper(FixitySweep.objects.get()))


def test_what_is_not_signed_is_not_printed(sweep: FixitySweep) -> None:
    FixitySweep.objects.update(signature=None)
    with pytest.raises(FixityError):
        report_paper(FixitySweep.objects.get())
