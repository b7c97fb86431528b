"""Hand-overs on paper, and labels: what they say, and what they leave out."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from custody.papers import compose
from evidence.handovers import Holder, Proposal, deciding, propose
from evidence.handovers.labels import code_of, object_labels
from evidence.handovers.papers import handover_paper
from evidence.models import Condition, Handover, HandoverReceipt
from tests.cast import Cast
from tests.evidence.handovers.hands import accepted, asker, drive, items, party, proposed, reply

_STEERING = re.compile("[\u202a-\u202e\u200e\u200f\u2066-\u2069]")
pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="NO pdftotext (Debian: poppler-utils): papers were not read back"
)


def read(content: bytes, folder: Path) -> str:
    path = folder / "paper.pdf"
    path.write_bytes(content)
    command = ["pdftotext", "-layout", str(path), "-"]
    text = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    return _STEERING.sub("", text)


def printed(handover: Handover, folder: Path) -> str:
    paper = handover_paper(Handover.objects.get(pk=handover.pk))
    assert compose(paper) == compose(paper)
    return read(compose(paper), folder)


def test_the_form_leaves_room_for_the_other_side(cast: Cast, tmp_path: Path) -> None:
    text = printed(proposed(cast, [drive(cast)], to=Holder(party=party())), tmp_path)
    for words in ("Form, to be signed by both sides", "COURT-1", "S-0042", "Received by", "RWB-04-H0001"):
        assert words in text


def test_the_receipt_holds_the_digest_of_the_record_and_the_entries(cast: Cast, tmp_path: Path) -> None:
    held = items(cast, 2)
    handover = accepted(cast, proposed(cast, [drive(cast)], held))
    text = printed(handover, tmp_path)
    digest = handover.record_sha256
    for start in range(0, 64, 8):
        assert digest[start : start + 8] in text
    for words in ("Receipt", "Hala Mansour", "Idris Faraj", held[0].ern, held[0].sha256[:16], "Entries of the ledger"):
        assert words in text


def test_the_receipt_holds_the_digest_of_the_signed_record_whether_it_is_signed_yet_or_not(
    cast: Cast, tmp_path: Path
) -> None:
    handover = accepted(cast, proposed(cast, [drive(cast)]))
    text = printed(handover, tmp_path)
    digest = HandoverReceipt.objects.get().record_sha256
    for start in range(0, 64, 8):
        assert digest[start : start + 8] in text
    assert "R=RWB-04-H0001.record.json" in text
    HandoverReceipt.objects.update(signature=None)
    assert printed(handover, tmp_path) == text


def test_before_records_were_signed_the_receipt_says_so(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "keep_receipt", lambda *_args: None)
    text = printed(accepted(cast, proposed(cast, [drive(cast)])), tmp_path)
    assert "made before records were signed" in text
    assert "openssl" not in text


def test_differences_are_printed(cast: Cast, tmp_path: Path) -> None:
    handover = proposed(cast, [drive(cast)])
    accepted(cast, handover, answer=reply(handover, seal="S-0043", condition=Condition.OPENED))
    text = printed(handover, tmp_path)
    for words in ("S-0042", "S-0043", "not found as they were given"):
        assert words in text


def test_words_in_arabic_and_signs_that_no_face_has_do_not_stop_a_paper(cast: Cast, tmp_path: Path) -> None:
    handover = propose(
        asker=asker(cast.lead, cast.case),
        proposal=Proposal(
            receiver=Holder(account=cast.investigator), objects=[drive(cast)], reason="تصوير في المختبر 🖨", place="غرفة"
        ),
    )
    assert "1F5A8" in printed(handover, tmp_path)


def test_a_large_set_is_a_count_and_a_manifest(cast: Cast, tmp_path: Path) -> None:
    held = items(cast, 21)
    handover = accepted(cast, proposed(cast, held=held))
    text = printed(handover, tmp_path)
    assert str(handover.items_id)[:8] in text
    assert held[0].ern not in text


def test_labels_hold_number_and_ledger_and_nothing_else(cast: Cast, tmp_path: Path) -> None:
    things = [drive(cast) for _ in range(11)]
    content = object_labels(things)
    assert content == object_labels(things)
    with pikepdf.open(io.BytesIO(content)) as file:
        assert len(file.pages) == 2
    text = read(content, tmp_path)
    for thing in things:
        assert thing.number in text
    for words in ("ORION", "black disk", "S-0042", "RWB-04-H", "Hala"):
        assert words not in text
    assert code_of(things[0]) == f"amana:object/{things[0].number}?ledger=test.amana.localhost/ledger"


def test_a_sheet_of_no_labels_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        object_labels([])
