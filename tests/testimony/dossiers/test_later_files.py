"""A volume that others have signed comes back beside the earlier one, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from custody import approvals
from custody.actions import Action
from custody.models import Entry
from custody.pades.countersigning import add_signature, open_pkcs12
from custody.verification import Inspection, inspect
from testimony.core.errors import DossierError
from testimony.dossiers import later_files, release, versions
from testimony.models import Dossier, DossierFile, DossierFileKind
from tests.cast import Cast
from tests.custody.pades.documents import PASSPHRASE, own_key
from tests.testimony import files


@pytest.fixture
def version(cast: Cast, tmp_path: Path) -> Dossier:
    return files.for_a_court(files.file_of(cast.case, tmp_path / "in"))


def _signed_by_a_lawyer(version: Dossier, folder: Path) -> Path:
    files.read_dossier(version, folder / "ours.pdf")
    key, _ = own_key(folder)
    add_signature(folder / "ours.pdf", folder / "back.pdf", signer=open_pkcs12(key, PASSPHRASE), field="Lawyer")
    return folder / "back.pdf"


def _take(version: Dossier, path: Path) -> DossierFile:
    assert version.plan is not None
    return later_files.take_countersigned(
        version=version, plan=version.plan, volume=1, untrusted=path, asker=files.operator(version.case)
    )


def test_it_is_kept_beside_the_earlier_one_and_shown_instead(version: Dossier, tmp_path: Path) -> None:
    back = _signed_by_a_lawyer(version, tmp_path)
    row = _take(version, back)
    assert (row.kind, row.revision) == (DossierFileKind.COUNTERSIGNED, 2)
    assert [file.pk for file in versions.files_of(version)] == [row.pk]
    assert files.read_dossier(version, tmp_path / "again.pdf") == back.read_bytes()
    assert Entry.objects.filter(action=Action.DOSSIER_COUNTERSIGNED).count() == 1
    assert inspect(Inspection()).bottom_line == "sound"


def test_anything_else_is_not_taken_and_leaves_nothing(version: Dossier, tmp_path: Path) -> None:
    back = _signed_by_a_lawyer(version, tmp_path)
    content = bytearray(back.read_bytes())
    content[5000] ^= 1
    back.write_bytes(content)
    with pytest.raises(DossierError, match="byte for byte"):
        _take(version, back)
    assert DossierFile.objects.filter(dossier=version).count() == 2
    assert not Entry.objects.filter(action=Action.DOSSIER_COUNTERSIGNED).exists()


def test_what_was_signed_on_a_file_that_was_followed_since_is_told_as_that(version: Dossier, tmp_path: Path) -> None:
    back = _signed_by_a_lawyer(version, tmp_path)
    _take(version, back)
    key, _ = own_key(tmp_path)
    beside = tmp_path / "beside.pdf"
    add_signature(tmp_path / "ours.pdf", beside, signer=open_pkcs12(key, PASSPHRASE), field="Lawyer")
    with pytest.raises(DossierError, match="signed on revision 1 of this volume, and revision 2 has followed"):
        _take(version, beside)
    beside.write_bytes(beside.read_bytes()[:9000])
    with pytest.raises(DossierError, match="cut short"):
        _take(version, beside)


def test_what_was_agreed_on_before_is_not_what_would_leave(cast: Cast, version: Dossier, tmp_path: Path) -> None:
    lawyer, lead = (files.signed_in(cast.case, each) for each in (cast.lawyer, cast.lead))
    approval = release.ask_release(version=version, asker=lawyer, reason="for the hearing")
    approvals.approve(approval=approval, actor=lead.actor)
    _take(version, _signed_by_a_lawyer(version, tmp_path))
    with pytest.raises(ValidationError):
        release.release(version=version, approval=approval, asker=lawyer, to=tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_without_an_authority_nothing_is_renewed(version: Dossier) -> None:
    assert version.plan is not None
    with pytest.raises(DossierError, match="No time-stamp authority"):
        later_files.renew(version=version, plan=version.plan, asker=files.operator(version.case))
