"""Whatever witnesses and families answered, what the gate withholds stands nowhere in what leaves."""

from __future__ import annotations

import datetime
import random
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pikepdf
import pytest

from testimony.consents import Answered, withdraw
from testimony.core.consent import State
from testimony.dossiers import building, keeping, plans, versions
from testimony.models import Dossier, EditionChoice, PicturesWish, Statement
from testimony.victims import create_victim, link_pictures, set_wish
from tests.cast import Cast
from tests.testimony import files

pytestmark = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="NO pdftotext (Debian: poppler-utils): dossiers were not read back"
)
# Each stands for another kind of answer; only the first lets a statement in.
ANSWERS: Final = ("yes", "no", "ask-first", "never", "withdrawn", "expired", "other-party")
FRUITS: Final = ("quince", "medlar", "loquat", "damson", "sloe", "mulberry", "bilberry", "tamarind")


@dataclass(frozen=True)
class Told:
    """A statement with words of its own, and how its witness answered."""

    row: Statement
    words: str
    answer: str


def _answer(cast: Cast, row: Statement, answer: str) -> None:
    """Record the answer as in life."""
    if answer == "never":
        return
    if answer == "other-party":
        other = files.court(cast.case, f"P-{row.code}")
        files.answer(row.witness, Answered(state=State.YES, given_on=files.DAY, party=other))
        return
    states = {"no": State.NO, "ask-first": State.ASK_FIRST}
    expires = files.DAY + datetime.timedelta(days=30) if answer == "expired" else None
    consent = files.agree(row.witness, states.get(answer, State.YES), expires_on=expires)
    if answer == "withdrawn":
        withdraw(consent=consent, on=files.DAY + datetime.timedelta(days=9), actor=files.ACTOR)


def _world(cast: Cast, chance: random.Random, folder: Path) -> tuple[Dossier, list[Told], list[str], list[str]]:
    """A dossier about two persons, one of whose families may object, with statements answered at random."""
    items = files.take_in(cast.case, folder, count=4)
    victims = [
        create_victim(case=cast.case, name_latin=f"Person of the {word}", name_ar=f"شخص {index}", actor=files.ACTOR)
        for index, word in enumerate(("Heron", "Egret"))
    ]
    for place, victim in enumerate(victims):
        link_pictures(victim=victim, items=items[place * 2 : place * 2 + 2], actor=files.ACTOR)
    told = []
    for place, fruit in enumerate(FRUITS):
        answer = "yes" if place == 0 else chance.choice(ANSWERS)
        words = f"the {fruit} grew behind wall {chance.randrange(1000, 9999)}"
        row = files.give_statement(cast.case, chance.choice(victims), words=words)
        _answer(cast, row, answer)
        told.append(Told(row, words, answer))
    objects = chance.random() < 0.5
    if objects:
        set_wish(victim=victims[1], wish=PicturesWish.OBJECTS, actor=files.ACTOR)
    redacted = chance.random() < 0.5
    asker = files.operator(cast.case)
    choices = plans.Choices(
        recipient=files.court(cast.case), redacted=redacted, edition=chance.choice(list(EditionChoice))
    )
    plan = plans.create_plan(asker=asker, victims=victims, choices=choices)
    asked = {each.row.code for each in told if each.answer == "ask-first"}
    plans.leave_out(plan=plan, asker=asker, statements=asked)
    version = building.build(plan=plan, asker=asker).version
    kept = [item.sha256 for item in items[2:]] if objects else []
    names = ["Person of the Heron", "Person of the Egret"] if redacted else []
    return version, told, kept, names


def _everything(version: Dossier, folder: Path) -> str:
    """All that a reader, or a machine, can get out of the files that leave, and the frozen content."""
    assert version.plan is not None
    key = versions.open_kept(version, version.plan, files.operator(version.case))
    found = []
    for file in version.files.all():
        path = folder / file.name
        keeping.write_plain(key, file, path)
        if path.suffix == ".json":
            found.append(path.read_text())
            continue
        done = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True)
        found.append(" ".join(done.stdout.split()))
        with pikepdf.open(path) as pdf:
            found += [attached.get_file().read_bytes().decode() for attached in pdf.attachments.values()]
            found.append(str(pdf.docinfo))
            found.append(pdf.Root.Metadata.read_bytes().decode())
    return "\n".join(found)


def _check(cast: Cast, seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    version, told, kept, names = _world(cast, chance, tmp_path / "in")
    (tmp_path / "out").mkdir()
    text = _everything(version, tmp_path / "out")
    wanted = {each.words: each.answer == "yes" for each in told}
    found = {words: words in text for words in wanted}
    assert found == wanted
    for hidden in (files.CANARY_LATIN, files.CANARY_NAME, "by the well", *names, *kept):
        assert hidden not in text


@pytest.mark.parametrize("seed", range(2))
def test_what_is_withheld_stands_nowhere(cast: Cast, tmp_path: Path, seed: int) -> None:
    _check(cast, seed, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, 14))
def test_what_is_withheld_stands_nowhere_in_many_more(cast: Cast, tmp_path: Path, seed: int) -> None:
    _check(cast, seed, tmp_path)
