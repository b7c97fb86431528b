"""Exhibits: who is concerned, which items are the same bytes, who held them, what a redacted edition leaves out."""

from __future__ import annotations

import os
from pathlib import Path

from custody.models import PartyKind
from custody.parties import create_party
from evidence.admissions import admit_collection
from evidence.collections import create_collection, record_prior_custody
from evidence.descriptions import describe_item
from evidence.intake import ingest_paths
from evidence.models import EvidenceItem, Examination, PriorCustody
from testimony.assembly import assemble
from testimony.core import dossier as tree
from testimony.models import PicturesWish
from testimony.pictures.gathering import Fetched
from testimony.victims import create_victim, link_pictures, set_wish
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.assembly.records import PICTURE, answer_to, chosen

CLAIMS = {
    "capture.time": "2013-05-14T09:42:00",
    "exif.Make": "Nikon",
    "exif.Model": "D90",
    "gps.latitude": "33.5",
    "gps.longitude": "36.2",
}


def _examined(item: EvidenceItem, claims: dict[str, str]) -> None:
    digest = item.sha256[::-1]
    Examination.objects.create(
        item=item,
        examined_at=item.received_at,
        tool="test",
        media_type="image/jpeg",
        state="done",
        claims=claims,
        record=b"{}",
        signature=b"",
        record_sha256=digest,
    )


def test_an_exhibit_names_its_persons_and_its_collection(cast: Cast, file: files.File) -> None:
    other = create_victim(case=cast.case, actor=files.ACTOR)
    link_pictures(victim=other, items=file.items[:1], actor=files.ACTOR)
    dossier = assemble(chosen(cast.case, [file.victim, other]))
    first, second = dossier.exhibits
    assert (first.mark, first.ern, first.concerned) == ("P-1", file.items[0].ern, (file.victim.code, other.code))
    assert (second.mark, second.concerned) == ("P-2", (file.victim.code,))
    (origin,) = dossier.scope.origins
    assert (origin.collection, origin.held, origin.shown) == (first.collection, 2, 2)
    assert first.custody[-1].entry is not None
    assert all(line.entry is None or line.entry < dossier.verification.entries for line in first.custody)


def test_items_with_the_same_bytes_are_named(cast: Cast, file: files.File, tmp_path: Path) -> None:
    again = create_collection(code="OTHER-1", title="Again", actor=files.ACTOR)
    admit_collection(case=cast.case, collection=again, actor=files.ACTOR)
    ingest_paths(case=cast.case, collection=again, actor=files.ACTOR, paths=[os.fsencode(tmp_path / "in" / "000.jpg")])
    twin = EvidenceItem.objects.get(collection=again)
    dossier = assemble(chosen(cast.case, [file.victim]))
    assert [one.same_bytes for one in dossier.exhibits] == [(twin.ern,), ()]
    assert answer_to(dossier, "same bytes").basis == (file.items[0].ern,)


def test_an_item_that_a_rule_keeps_back_is_no_exhibit_and_is_named_as_withheld(cast: Cast, file: files.File) -> None:
    start = chosen(cast.case, [file.victim])
    kept = {str(file.items[0].pk): Fetched.kept_back("family-objects"), str(file.items[1].pk): Fetched(PICTURE)}
    dossier = assemble(chosen(cast.case, [file.victim], fetched=kept))
    assert len(assemble(start).exhibits) == 2
    assert [(one.mark, one.ern) for one in dossier.exhibits] == [("P-1", file.items[1].ern)]
    assert [(one.code, one.kind, one.reasons) for one in dossier.protection.withheld] == [
        (file.items[0].ern, "exhibit", ("family-objects",))
    ]
    assert file.items[0].sha256 not in tree.dumps(dossier).decode()
    assert answer_to(dossier, "keep back").basis == ("1",)
    assert dossier.victims[0].exhibits == ("P-1",)


def test_that_nothing_is_told_of_the_time_before_is_a_gap(cast: Cast, file: files.File) -> None:
    dossier = assemble(chosen(cast.case, [file.victim]))
    kinds = [[line.kind for line in one.custody if line.entry is None] for one in dossier.exhibits]
    assert kinds == [[tree.LineKind.GAP]] * 2
    assert answer_to(dossier, "nobody says who held").basis == tuple(item.ern for item in file.items)


def test_who_is_told_to_have_held_it_stands_under_a_code(cast: Cast, file: files.File) -> None:
    holder = create_party(code="P-HOLDER", name="A holder", kind=PartyKind.ORGANISATION, actor=files.ACTOR)
    stretch = PriorCustody(
        collection=file.items[0].collection, position=1, holder=holder, since="2012", until="2013", how="by Rana's hand"
    )
    record_prior_custody(stretch=stretch, actor=files.ACTOR)
    dossier = assemble(chosen(cast.case, [file.victim]))
    line = dossier.exhibits[0].custody[0]
    assert (line.kind, line.who, line.time, line.until) == (tree.LineKind.CLAIM, "P-HOLDER", "2012", "2013")
    assert tree.Coded("P-HOLDER", "party", "organisation") in dossier.codes
    assert answer_to(dossier, "nobody says who held").basis == ()
    assert "A holder" not in tree.dumps(dossier).decode()
    redacted = tree.dumps(assemble(chosen(cast.case, [file.victim], redacted=True))).decode()
    assert "by Rana's hand" in tree.dumps(dossier).decode()
    assert "by Rana's hand" not in redacted


def test_a_redacted_edition_repeats_no_name_title_caption_device_or_position(cast: Cast, file: files.File) -> None:
    words = {"title_en": "Salim by the gate", "title_ar": "سليم عند الباب", "caption": "as his mother says"}
    describe_item(item=file.items[0], case=cast.case, actor=files.ACTOR, words=words)
    _examined(file.items[0], CLAIMS)
    secret = (*words.values(), "Nikon", "33.5", file.victim.name_ar, file.victim.name_latin)
    whole = assemble(chosen(cast.case, [file.victim]))
    assert all(each in tree.dumps(whole).decode() for each in secret)
    redacted = assemble(chosen(cast.case, [file.victim], redacted=True))
    assert not [each for each in secret if each in tree.dumps(redacted).decode()]
    assert [(one.code, one.kind) for one in redacted.protection.withheld] == [(file.victim.code, "name")]
    assert any("device and position" in one.en for one in redacted.protection.measures)
    keys = [{figure.key for figure in one.figures} for one in (whole, redacted)]
    assert ["exhibits-by-device" in found for found in keys] == [True, False]
    assert [one.claims[0].value for one in redacted.exhibits if one.claims] == ["2013-05-14T09:42:00"]


def test_the_alleged_name_stands_whatever_the_family_wishes_of_the_pictures(cast: Cast, file: files.File) -> None:
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=files.ACTOR)
    sheet = assemble(chosen(cast.case, [file.victim])).victims[0]
    assert (sheet.name.arabic, sheet.wish) == (file.victim.name_ar, "objects")


def test_files_that_claim_a_later_day_than_their_receipt_are_found(cast: Cast, file: files.File) -> None:
    _examined(file.items[0], {"exif.DateTime": "2099:01:01 10:00:00", "exif.Software": "Painter 3"})
    dossier = assemble(chosen(cast.case, [file.victim]))
    first, second = (item.ern for item in file.items)
    assert answer_to(dossier, "made after it was received").basis == (first,)
    assert answer_to(dossier, "that a program wrote it").basis == (first,)
    assert answer_to(dossier, "claim no time").basis == (second,)


def test_files_that_claim_different_days_are_found(cast: Cast, file: files.File) -> None:
    _examined(file.items[0], {"exif.DateTimeOriginal": "2013:05:14 10:00:00", "xmp.CreateDate": "2013-05-14T10:00:00"})
    _examined(file.items[1], {"exif.DateTimeOriginal": "2013:05:14 10:00:00", "xmp.ModifyDate": "2015-06-01T08:00:00"})
    dossier = assemble(chosen(cast.case, [file.victim]))
    assert answer_to(dossier, "claim different days").basis == (file.items[1].ern,)
