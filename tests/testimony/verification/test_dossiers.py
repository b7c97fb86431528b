"""What is done to versions and kept files past the services is found."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from custody import data
from custody.verification import Inspection
from testimony.core.errors import DossierError
from testimony.dossiers import signing
from testimony.models import Dossier
from testimony.verification.dossiers import check_dossiers
from tests.cast import Cast
from tests.custody.notary.ledgers import tamper
from tests.testimony import files


def _found() -> list[object]:
    inspection = Inspection()
    check_dossiers(inspection)
    return list(inspection.findings)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE testimony_dossier SET recipient_id = (SELECT id FROM custody_party WHERE code = 'P-OTHER')",
        "UPDATE testimony_dossier SET recipient_id = NULL",
        "UPDATE testimony_dossier SET code = 'D-0009', version = 7",
        "UPDATE testimony_dossier SET redacted = NOT redacted",
        "UPDATE testimony_dossier SET exhibits = 0, statements = 0, withheld = 9",
        "DELETE FROM testimony_dossiershare",
        "DELETE FROM testimony_dossierpart",
        "DELETE FROM testimony_dossierpart WHERE kind = 'statement'",
        "UPDATE testimony_dossierfile SET name = '../../etc/x.pdf'",
        "UPDATE testimony_dossierfile SET kind = 'content' WHERE kind = 'signed'",
    ],
)
def test_verify_notices(cast: Cast, tmp_path: Path, statement: str) -> None:
    files.for_a_court(files.file_of(cast.case, tmp_path / "in"))
    files.court(cast.case, "P-OTHER")
    assert not _found()
    tamper(statement)
    assert _found()


def test_verify_notices_a_file_that_no_row_names(cast: Cast, tmp_path: Path) -> None:
    version = files.build(files.file_of(cast.case, tmp_path / "in"))
    (data.dossiers() / str(version.pk) / "in-clear.pdf").write_bytes(b"%PDF words of a witness")
    (data.dossiers() / "stray").mkdir()
    assert _found()


def test_the_signed_bytes_are_the_drawn_ones(cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody changes the drawn volume before it is signed: nothing of it is kept."""
    real = signing.sign_volume

    def swapped(path: Path, **named: Any) -> signing.Signed:
        content = path.read_bytes()
        path.write_bytes(content.replace(b"%PDF-1.7", b"%PDF-1.6", 1))
        return real(path, **named)

    monkeypatch.setattr("testimony.dossiers.building.sign_volume", swapped)
    with pytest.raises(DossierError, match="changed between drawing and signing"):
        files.build(files.file_of(cast.case, tmp_path / "in"))
    assert not Dossier.objects.exists()
