"""Signing the consent form on the screen: what is sealed is the form with the answers and the drawn signature."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse

from testimony.models import ConsentConversation, Witness, WitnessFile
from testimony.sealed import store
from tests.cast import Cast, browser_of
from tests.testimony import scans
from tests.testimony.statements import taking
from tests.testimony.tables import every_value
from tests.testimony.views.test_witness_pages import TALK, YES

STROKES = [[[100, 300], [300, 80], [420, 310]], [[200, 200], [380, 205]]]
DRAWN = {"how": "on-screen", "drawn": json.dumps(STROKES)}


@pytest.fixture
def witness(cast: Cast) -> Witness:
    return taking.witness_of(cast.case)


def talk(cast: Cast, **more: Any) -> HttpResponse:
    return browser_of(cast.investigator).post(TALK, YES | DRAWN | more)  # type: ignore[return-value]


def _text(file: WitnessFile, folder: Path) -> str:
    (folder / "form.pdf").write_bytes(scans.read(file))
    command = ["pdftotext", "-layout", str(folder / "form.pdf"), "-"]
    return subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="NO poppler-utils: the form was not read")
def test_the_signed_form_holds_answers_and_signature_on_one_page_under_seal(
    cast: Cast, witness: Witness, tmp_path: Path
) -> None:
    more = {
        "answer_media_media": "no",
        "conditions": ["no-death-penalty"],
        "interpreter": "I-4",
        "seconded": "S-2",
        "expires_on": "2030-01-31",
    }
    assert talk(cast, **more).status_code == 302
    file, conversation = WitnessFile.objects.get(), ConsentConversation.objects.get()
    assert (conversation.file, conversation.how, file.kind) == (file, "on-screen", "consent")
    assert file.media_type == "application/pdf"
    assert scans.open_at_the_console(file).name.startswith("consent-w-0001-")
    text = _text(file, tmp_path)
    for expected in (
        "W-0001",
        "no death penalty",
        "2030-01-31",
        "I-4",
        "S-2",
        "Idris Faraj",
        "the risks",
        "2025-02-03",
    ):
        assert expected in text, expected
    assert f"{file.created:%Y-%m-%d %H:%M}" in text
    with pikepdf.open(tmp_path / "form.pdf") as pdf:
        assert len(pdf.pages) == 1
        operators = [str(step.operator) for step in pikepdf.parse_content_stream(pdf.pages[0])]
    assert operators.count("J") == len(STROKES)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="NO poppler-utils: the form was not read")
def test_a_signature_on_a_second_page_says_what_it_stands_for(cast: Cast, witness: Witness, tmp_path: Path) -> None:
    page = browser_of(cast.investigator).get(TALK)
    every = {row.answer.html_name: "ask-first" for row in page.context["rows"]}
    assert talk(cast, **every).status_code == 302
    last = _text(WitnessFile.objects.get(), tmp_path).split("\f")[-2]
    assert "My signature" in last
    assert f"({len(every)})" in last
    assert len(every) > 10


def test_the_points_stand_nowhere_in_clear(cast: Cast, witness: Witness, data_dir: Path) -> None:
    assert talk(cast).status_code == 302
    assert not [value for value in every_value() if "300, 80" in str(value)]
    assert not [path for path in data_dir.rglob("*") if path.is_file() and b"%PDF" in path.read_bytes()]


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"drawn": ""}, "Nothing was drawn on the screen"),
        ({"drawn": "[[[0,0],[1,1]]]"}, "be taken for a signature"),
        ({"drawn": "<svg/>"}, "be taken for a signature"),
        ({"drawn": "[" * 130_000}, "120000"),
        ({"how": "signature"}, "A signature was drawn."),
        ({"file": SimpleUploadedFile("a.jpg", b"content")}, "is the file: bring no other"),
        ({"information": ["risks"]}, "A yes counts only when everything was explained."),
        ({"interpreter": "\U000e0041"}, "No face has a glyph"),
    ],
    ids=range(8),
)
def test_what_does_not_go_together_is_refused_and_nothing_is_kept(
    cast: Cast, witness: Witness, changes: dict[str, Any], fault: str
) -> None:
    answer = talk(cast, **changes)
    assert answer.status_code == 422
    assert fault in answer.content.decode()
    assert not ConsentConversation.objects.exists()
    assert not WitnessFile.objects.exists()
    assert list(store.standing()) == []


def test_what_was_drawn_stays_when_something_else_was_at_fault(cast: Cast, witness: Witness) -> None:
    page = talk(cast, held_on="2999-01-01").content.decode()
    assert "[[[100, 300], [300, 80]" in page


def test_the_form_is_read_out_in_both_languages_beginning_with_that_of_the_witness(
    cast: Cast, witness: Witness
) -> None:
    page = browser_of(cast.investigator).get(TALK).content.decode()
    assert 'data-spoken="ar" lang="ar" dir="rtl"' in page
    assert "what a withdrawal cannot undo" in page
    assert "الرجوع عن أي جواب" in page
    assert '<option value="ar" selected>' in page
    english = browser_of(cast.investigator)
    english.post("/cases/RWB-04/witnesses/", {**_PARTICULARS, "languages": "en ar"})
    page = english.get("/cases/RWB-04/witnesses/W-0002/consent/").content.decode()
    assert '<option value="en" selected>' in page


_PARTICULARS = {
    "role": "relative",
    "literacy": "reads",
    "relation": "sibling",
    "ready": "later",
    "prior_accounts": "some",
}
