"""A marked word in every personal field: it is found nowhere in clear, neither before nor after the person is erased.

Searched are the database as its file would be (freed pages too), every file of the data folder (vault, sealed files,
tiles, work, keys), what was logged, the pages of the case, and a bundle of the whole case. A positive control shows
that the search finds what does stand in clear.
"""

from __future__ import annotations

import base64
import dataclasses
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from custody import approvals, erasure, notary
from custody.models import Account, PersonKey, SealedObject
from custody.purposes import Purpose
from evidence.access import asker_for_command
from evidence.bundles import Order, hand_out
from testimony.core.dossier import Basis
from testimony.core.statement import Confidential, Paragraph, Present, Signature
from testimony.identifying import recognitions
from testimony.identifying.recognitions import Shown, Words
from testimony.models import ProcedureKind, ProcedureResult, StatementDraft, Witness, WitnessFileKind, WitnessRole
from testimony.searching import find_people, find_words
from testimony.statements import drafts
from testimony.statements.drafts import Signed
from testimony.victims import create_victim
from testimony.witnesses import Identity, create_witness, seal_identity
from tests.cast import Cast, browser_of
from tests.custody.approvals.releases import actor_of
from tests.testimony import files, scans
from tests.testimony.services.test_erasure import ORDER
from tests.testimony.statements import taking

MARK = "Qaranfula7"
ARABIC = "قرنفلةالسياج"
PAGES = (
    "find/words/",
    "witnesses/",
    "witnesses/W-0001/",
    "witnesses/W-0001/identity/",
    "statements/ST-0001/",
    "files/F-0001/",
    "bodies/",
    "victims/",
)


def _marked(kind: type[Any]) -> Any:
    """A record of texts with the mark in each of them."""
    return kind(**{field.name: f"{MARK} {ARABIC} {field.name}" for field in dataclasses.fields(kind)})


def _fill(cast: Cast, folder: Path) -> Witness:
    """Everything that is sealed of a person, filled with the mark; an identity and a draft that were replaced too."""
    witness = create_witness(case=cast.case, role=WitnessRole.RELATIVE, identity=_marked(Identity), actor=files.ACTOR)
    seal_identity(witness=witness, identity=_marked(Identity), actor=files.ACTOR)
    draft = _draft(witness, cast.investigator)
    drafts.keep_confidential(draft=draft, confidential=_marked(Confidential), actor=files.ACTOR)
    taking.read(draft)
    signed = Signed(
        declaration=taking.SIGNED.declaration,
        signature=Signature(pages=True, end=True, day="2025-02-03", place=f"{MARK} {ARABIC}"),
        reader=f"{MARK} {ARABIC}",
    )
    drafts.seal(draft=draft, revision=draft.revision, signed=signed, actor=files.ACTOR, purpose="case-preparation")
    _draft(witness, cast.investigator)
    items = files.take_in(cast.case, folder)
    shown = Shown(
        kind=ProcedureKind.ARRAY,
        held_on=files.DAY,
        items=items,
        result=ProcedureResult.NOT_RECOGNISED,
    )
    recognitions.record_recognition(witness=witness, shown=shown, words=_marked(Words), actor=files.ACTOR)
    scans.keep(witness, scans.scan(f"{MARK} {ARABIC}"), name=f"{MARK} {ARABIC}.jpg")
    long = f"{MARK} {ARABIC} ".encode() * 60_000
    scans.read(scans.keep(witness, long, kind=WitnessFileKind.RECORDING, name=f"{ARABIC} {MARK}.wav"))
    find_people(case=cast.case, query=f"{MARK} {ARABIC}", actor=files.ACTOR, purpose="identification")
    asker = asker_for_command(case=cast.case, purpose=Purpose.IDENTIFICATION)
    assert find_words(asker=asker, query=f"{MARK} {ARABIC}").statements
    files.read_identity(witness)
    return witness


def _draft(witness: Witness, owner: Account) -> StatementDraft:
    text = dataclasses.replace(
        taking.text_of(),
        paragraphs=(Paragraph(f"{MARK} {ARABIC}", f"{MARK} {ARABIC}", Basis.OWN_KNOWLEDGE),),
        present=(Present(f"{MARK} {ARABIC}", "support"),),
        place=f"{MARK} {ARABIC}",
    )
    return drafts.begin(witness=witness, owner=owner, text=text, actor=files.ACTOR)


def _shapes(word: str) -> set[bytes]:
    """A word as databases, logs and exports may write it."""
    plain = word.encode()
    shapes = {plain, word.encode("utf-16-le"), plain.hex().encode(), word.encode("unicode_escape")}
    # Base64 of a longer text depends on where the word begins in it.
    return shapes | {base64.b64encode(b" " * shift + plain)[4 * (shift > 0) : -4] for shift in range(3)}


def _database() -> Iterator[tuple[str, bytes]]:
    if connection.vendor == "sqlite":
        yield "the database", connection.connection.serialize()
        return
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608  names of our own tables
            yield table, repr([[bytes(v) if isinstance(v, memoryview) else v for v in r] for r in cursor]).encode()


def _everything(cast: Cast, root: Path, log: str) -> Iterator[tuple[str, bytes]]:
    yield from _database()
    yield from ((path.relative_to(root).as_posix(), path.read_bytes()) for path in root.rglob("*") if path.is_file())
    yield "the log", log.encode()
    for account in (cast.investigator, cast.lawyer, cast.auditor):
        browser = browser_of(account, purpose=Purpose.IDENTIFICATION, case=cast.case)
        for page in PAGES:
            yield f"{account.name} on {page}", browser.get(f"/cases/RWB-04/{page}").content


def _found(cast: Cast, root: Path, log: str) -> list[str]:
    shapes = _shapes(MARK) | _shapes(ARABIC)
    return [where for where, data in _everything(cast, root, log) if any(shape in data for shape in shapes)]


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_nothing_of_a_person_stands_in_clear(
    cast: Cast, data_dir: Path, tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    _fill(cast, tmp_path / "in")
    notary.ensure_checkpoint()
    assert _found(cast, data_dir, log.text) == []


def test_a_bundle_of_the_whole_case_holds_nothing_of_it_without_consent(cast: Cast, tmp_path: Path) -> None:
    _fill(cast, tmp_path / "in")
    asker = asker_for_command(case=cast.case, purpose=Purpose.DISCLOSURE)
    hand_out(Order(asker=asker), to=tmp_path / "bundle", progress=lambda _done, _total: None)
    shapes = _shapes(MARK) | _shapes(ARABIC)
    bundle = [path for path in (tmp_path / "bundle").rglob("*") if path.is_file()]
    assert len(bundle) > 10
    assert [path.name for path in bundle if any(shape in path.read_bytes() for shape in shapes)] == []


def test_the_search_finds_what_does_stand_in_clear(
    cast: Cast, data_dir: Path, tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    create_victim(case=cast.case, notes=ARABIC, actor=files.ACTOR)
    (data_dir / "work" / "left.txt").write_text(f"x{MARK}", "utf-8")
    logging.getLogger("amana").info(base64.b64encode(f"the word {MARK} stood here".encode()).decode())
    found = _found(cast, data_dir, log.text)
    assert {"work/left.txt", "the log"} <= set(found)
    assert len(found) >= 3


def test_after_erasure_and_yesterdays_backup_nothing_opens_and_nothing_stands_there(
    cast: Cast, data_dir: Path, tmp_path: Path, log: pytest.LogCaptureFixture
) -> None:
    witness = _fill(cast, tmp_path / "in")
    yesterday = [*PersonKey.objects.all(), *SealedObject.objects.all(), *StatementDraft.objects.all()]
    sealed = [bytes(row.sealed) for row in SealedObject.objects.all()]
    stored = {path: path.read_bytes() for path in (data_dir / "sealed").rglob("*") if path.is_file()}
    assert len(stored) == 2
    asked = erasure.ask_erasure(
        case=cast.case, person=witness.person, authority=ORDER, reason="asked for", actor=actor_of(cast.investigator)
    )
    approvals.approve(approval=asked, reason="ordered", actor=actor_of(cast.lead))
    erasure.erase(approval=asked, actor=actor_of(cast.investigator))
    for row in yesterday:
        row.save(force_insert=True)
    for path, content in stored.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)
    assert erasure.replay() == [witness.person]
    assert _found(cast, data_dir, log.text) == []
    everything = list(_everything(cast, data_dir, log.text))
    gone = [*sealed, *(content[100:200] for content in stored.values())]
    assert [where for where, data in everything if any(text in data for text in gone)] == []
    assert list((data_dir / "sealed").iterdir()) == []
    assert not StatementDraft.objects.exists()
