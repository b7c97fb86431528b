"""A dossier that somebody holds is recognised by its digest, by members of its case and by nobody else."""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from custody.models import Account
from tests.cast import Cast, browser_of
from tests.testimony import files


def test_a_dossier_is_recognised_by_its_bytes(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    version = files.build(file)
    digest = hashlib.sha256(files.read_dossier(version, tmp_path / "d.pdf")).hexdigest()
    words = str(version)
    html = browser_of(cast.auditor).post(reverse("evidence:check"), {"digest": digest}).content.decode()
    assert "Known: the same bytes" in html
    assert words in html
    stranger = browser_of(cast.outsider).post(reverse("evidence:check"), {"digest": digest}).content.decode()
    assert "Not known in your cases" in stranger
    assert words not in stranger


def test_a_dossier_whose_signatures_are_checked_is_recognised_too(cast: Cast, tmp_path: Path) -> None:
    version = files.build(files.file_of(cast.case, tmp_path / "in"))
    content = files.read_dossier(version, tmp_path / "d.pdf")
    told = _checked(cast.auditor, content)
    assert "Every signature holds" in told
    assert str(version) in told
    stranger = _checked(cast.outsider, content)
    assert "Every signature holds" in stranger
    assert "Nothing in the cases you are a member of" in stranger
    assert str(version) not in stranger


def _checked(account: Account, content: bytes) -> str:
    document = SimpleUploadedFile("d.pdf", content)
    return browser_of(account).post(reverse("evidence:document"), {"document": document}).content.decode()
