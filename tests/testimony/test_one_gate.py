"""Nothing shows what a witness gave except on a permit of the gate: the source is read, and a new leak is found."""

from __future__ import annotations

import ast
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from testimony.core.consent import Answer, Decision, Why
from testimony.core.errors import ConsentError
from testimony.permits import Permit, grant

# The rooms below cannot import what opens: import-linter keeps the layers.
ROOMS = ("config", "testimony")
# Who may call what: everything else that opens goes through one of these, on a permit.
ALLOWED = {
    "open_sealed": {
        "testimony/statements/confidential.py",
        "testimony/dossiers/keeping.py",
        "testimony/statements/drafts.py",  # its author's own words, before they are sealed
        "testimony/identifying/recognitions.py",
        "testimony/sealed/objects.py",
        "testimony/statements/sealing.py",
        "testimony/witnesses/files.py",
        "testimony/witnesses/people.py",
    },
    "search_sealed": {"testimony/searching.py"},
    "grant": {"testimony/gate.py"},
    "permit_to_read": {
        "testimony/views/identities.py",
        "testimony/views/sealed_statements.py",
        "testimony/views/witness_files.py",
    },
    "permit_on": {"testimony/dossiers/building.py", "testimony/dossiers/versions.py", "testimony/handing_out.py"},
    "Permit": {"testimony/permits.py"},
    "kept": {
        "testimony/statements/confidential.py",
        "testimony/demonstration/show.py",  # its length alone
        "testimony/dossiers/keeping.py",
        "testimony/identifying/recognitions.py",
        "testimony/statements/sealing.py",
        "testimony/witnesses/files.py",
        "testimony/witnesses/people.py",
    },
    # What an opening gave reads the content: only where the permit of the opening is at hand.
    "content_of": {"testimony/views/witness_files.py"},
}
NEED_A_PERMIT = {"open_statement", "open_identity", "open_words", "open_confidential", "open_file"}


def leaks(root: Path) -> Iterator[str]:
    """Every call that opens something past the gate."""
    for room in ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            where = path.relative_to(root).as_posix()
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _wrong(node, where)


def _wrong(call: ast.Call, where: str) -> Iterator[str]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ALLOWED and where not in ALLOWED[name]:
        yield f"{where}:{call.lineno}: {name}() is not for this module"
    if name in NEED_A_PERMIT and "permit" not in {keyword.arg for keyword in call.keywords}:
        yield f"{where}:{call.lineno}: {name}() without a permit"


def test_nothing_opens_past_the_gate() -> None:
    assert list(leaks(settings.BASE_DIR)) == []


@pytest.mark.parametrize(
    "source",
    [
        "from testimony import sealed\ndef view(request): return sealed.open_sealed(b'')",
        "from testimony.statements import open_statement\ndef view(r): return open_statement(statement=r.s, actor=r.a)",
        "from testimony.gate import permit_to_read\ndef view(r): return permit_to_read(r.asker, r.witness)",
        "from testimony.permits import grant\ndef view(r): return grant(r.witness, None)",
        "from custody import registrar\ndef view(r): return registrar.connect().open_sealed(authority=1)",
        "from testimony.sealed import kept\ndef view(r): return kept(r.sha256)",
        "from testimony.witnesses.files import open_file\ndef view(r): return open_file(file=r.file, actor=r.actor)",
        "from testimony.witnesses import files\ndef view(r): return files.content_of(r.file, r.key)",
    ],
)
def test_a_new_view_that_leaks_is_found(tmp_path: Path, source: str) -> None:
    for room in ROOMS:
        (tmp_path / room / "views").mkdir(parents=True)
    (tmp_path / "testimony" / "views" / "fresh.py").write_text(source, "utf-8")
    assert len(list(leaks(tmp_path))) == 1


def test_nobody_makes_a_permit_by_hand() -> None:
    with pytest.raises(ConsentError):
        Permit(witness=None, decision=None, token=object())  # type: ignore[arg-type]


@pytest.mark.parametrize("answer", [Answer.ASK, Answer.WITHHELD])
def test_no_permit_rests_on_anything_but_a_yes(answer: Answer) -> None:
    with pytest.raises(ConsentError) as refused:
        grant(uuid.uuid4(), Decision(answer, (Why.NEVER_ASKED,), ()))
    assert refused.value.reasons == ("never-asked",)


def test_a_permit_for_one_witness_opens_nothing_of_another() -> None:
    permit = grant(uuid.uuid4(), None)
    with pytest.raises(ConsentError, match="another witness"):
        permit.check(uuid.uuid4())
