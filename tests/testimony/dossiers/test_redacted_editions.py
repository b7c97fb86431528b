"""A redacted edition."""

from __future__ import annotations

import dataclasses
import io
import os
from pathlib import Path

from PIL import Image

from evidence.collections import collection_for
from evidence.intake import ingest_paths
from evidence.models import EvidenceItem
from testimony.models.dossiers import PictureChoice
from testimony.victims import link_pictures
from tests.cast import Cast
from tests.testimony import files

DEVICE = "ORION-CAM-77123"


def _photographed(cast: Cast, folder: Path, source: str | None) -> list[EvidenceItem]:
    folder.mkdir()
    exif = Image.Exif()
    exif[0x0110] = DEVICE
    stream = io.BytesIO()
    Image.new("RGB", (80, 50), (9, 80, 200)).save(stream, "JPEG", exif=exif)
    (folder / "p.jpg").write_bytes(stream.getvalue())
    collection = collection_for(case=cast.case, source=source, actor=files.ACTOR)
    ingest_paths(case=cast.case, collection=collection, actor=files.ACTOR, paths=[os.fsencode(folder)])
    return list(EvidenceItem.objects.filter(collection=collection).order_by("ern"))


def test_device_and_position_are_not_inside_the_picture_of_a_redacted_edition(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    items = _photographed(cast, tmp_path / "exif", "Phone")
    link_pictures(victim=file.victim, items=items, actor=files.ACTOR)
    version = files.build(file, redacted=True, pictures=PictureChoice.ORIGINALS)
    assert DEVICE.encode() not in files.read_dossier(version, tmp_path / "d.pdf")


def test_a_title_of_a_collection_does_not_stand_in_a_redacted_edition(cast: Cast, tmp_path: Path) -> None:
    """'No name of a victim stands anywhere'; 'titles ... are left out'."""
    file = files.file_of(cast.case, tmp_path / "in")
    items = _photographed(cast, tmp_path / "exif", "Phone of Salim al-Harith")
    link_pictures(victim=file.victim, items=items, actor=files.ACTOR)
    version = files.build(file, redacted=True)
    assert "Salim al-Harith" not in str(dataclasses.asdict(files.content_of(version)))


def test_a_redacted_edition_does_not_show_a_picture_that_nobody_redacted(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    version = files.build(file, redacted=True)
    shown = [one for one in files.content_of(version).exhibits if one.picture and not one.redaction]
    assert not shown
