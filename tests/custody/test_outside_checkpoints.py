"""A checkpoint that came back from outside: contained, missing, forged, another history, another ledger; each told."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as some

from custody import keyring, ledger, notary, outside_checkpoints
from custody.actions import Action
from custody.actors import for_command
from custody.core import checkpoints, merkle
from custody.core.checkpoints import Checkpoint
from custody.models import Entry, SignedCheckpoint
from custody.notary.mirror import Mirror
from custody.outside_checkpoints import Comparison, Signature, Standing, UnreadableCheckpoint, read
from custody.registrar import keyfiles
from tests.custody.notary.ledgers import grow_to, tamper

OTHER_ROOT = bytes(range(32))


def newest() -> SignedCheckpoint:
    return SignedCheckpoint.objects.get(size=notary.ensure_checkpoint().size)


@pytest.fixture
def old(installation: Path) -> SignedCheckpoint:
    """Read into the minutes at 300 entries; the ledger has grown to 700 since."""
    grow_to(300)
    row = newest()
    grow_to(700)
    newest()
    return row


def note(row: SignedCheckpoint) -> str:
    return bytes(row.note).decode()


def signed(size: int, root: bytes, *, key: Ed25519PrivateKey | None = None, origin: str = "") -> str:
    """What the holder of the ledger's key, or of another one, can sign."""
    checkpoint = Checkpoint(origin or ledger.origin(), size, root)
    return checkpoints.sign(checkpoint, private_key=key or keyfiles.load_ledger_key())


def compare(text: str) -> Comparison:
    return outside_checkpoints.compare(text, actor=for_command())


def told(found: Comparison) -> tuple[str, str, str]:
    return str(found.signature), str(found.standing), found.verdict.bottom_line


def test_an_older_one_is_contained_and_the_proof_says_so_to_anybody(old: SignedCheckpoint) -> None:
    found = compare(note(old))
    assert told(found) == ("ours", "contained", "sound")
    now = SignedCheckpoint.objects.get(size=found.here)
    merkle.verify_consistency(
        old_size=old.size, old_root=bytes(old.root), size=found.here, root=bytes(now.root), proof=found.proof
    )
    assert "contains these 300 unchanged" in found.verdict.findings[1].message


def test_the_newest_is_todays_ledger(old: SignedCheckpoint) -> None:
    found = compare(note(newest()))
    assert told(found) == ("ours", "contained", "sound")
    assert "exactly this one" in found.verdict.findings[1].message


def test_three_lines_out_of_the_minutes_are_enough(old: SignedCheckpoint) -> None:
    typed = f"{ledger.origin()}\n{old.size}\n{bytes(old.root).hex()}"
    assert told(compare(typed)) == ("none", "contained", "sound")


def test_one_over_more_entries_that_our_key_signed_says_that_entries_are_missing(old: SignedCheckpoint) -> None:
    found = compare(signed(701, OTHER_ROOT))
    assert told(found) == ("ours", "beyond", "unsound")
    assert found.verdict.findings[1].message.startswith("Entries are missing: the ledger's key signed 701")


def test_a_larger_number_without_a_signature_may_be_mistyped(old: SignedCheckpoint) -> None:
    found = compare(f"{ledger.origin()}\n3000\n{bytes(old.root).hex()}")
    assert told(found) == ("none", "beyond", "unsound")
    assert "mistyped, or entries are missing" in found.verdict.findings[1].message


def test_another_history_that_our_key_signed_is_an_alarm(old: SignedCheckpoint) -> None:
    for size in (1, 299, 300, 512, 700):
        found = compare(signed(size, OTHER_ROOT))
        assert told(found) == ("ours", "different", "unsound"), size
        assert found.verdict.findings[1].message.startswith("Another history: ")
        assert found.proof == ()


def test_a_forged_one_is_told_as_such(old: SignedCheckpoint) -> None:
    stranger = Ed25519PrivateKey.generate()
    found = compare(signed(300, OTHER_ROOT, key=stranger))
    assert told(found) == ("not-ours", "different", "unsound")
    assert "mistyped, altered or forged" in found.verdict.findings[0].message
    assert "the paper is not ours" in found.verdict.findings[1].message


def test_our_numbers_under_a_strangers_signature_are_contained_and_not_sound(old: SignedCheckpoint) -> None:
    found = compare(signed(300, bytes(old.root), key=Ed25519PrivateKey.generate()))
    assert told(found) == ("not-ours", "contained", "unsound")


def test_our_signature_under_other_numbers_is_not_ours(old: SignedCheckpoint) -> None:
    lines = note(old).split("\n")
    lines[2] = base64.b64encode(OTHER_ROOT).decode()
    assert told(compare("\n".join(lines))) == ("not-ours", "different", "unsound")
    lines = note(old).split("\n")
    lines[1] = "299"
    assert told(compare("\n".join(lines))) == ("not-ours", "different", "unsound")


def test_one_of_another_ledger_is_named_so(old: SignedCheckpoint) -> None:
    found = compare(signed(300, bytes(old.root), origin="other.example/ledger"))
    assert told(found) == ("not-ours", "other-ledger", "unsound")


@pytest.mark.usefixtures("one_alone")
def test_a_retired_keys_signature_counts_for_what_it_signed_in_its_time(old: SignedCheckpoint) -> None:
    key = keyfiles.load_ledger_key()
    keyring.rotate_ledger(actor=for_command())
    grow_to(800)
    later = newest()
    assert told(compare(note(old))) == ("ours", "contained", "sound")
    assert told(compare(signed(later.size, bytes(later.root), key=key))) == ("not-ours", "contained", "unsound")


def test_a_mirror_that_lost_its_tiles_is_not_taken_for_another_history(old: SignedCheckpoint) -> None:
    root = Mirror().path("tile/0")
    for path in sorted(root.rglob("*")):
        if path.is_file():
            path.write_bytes(bytes(len(path.read_bytes())))
    assert told(compare(note(old))) == ("ours", "untold", "unknown")
    for path in sorted(root.rglob("*")):
        if path.is_file():
            path.unlink()
            path.mkdir()
    assert told(compare(note(old))) == ("ours", "untold", "unknown")
    for path in sorted(root.rglob("*"), reverse=True):
        path.rmdir()
    assert told(compare(note(old))) == ("ours", "untold", "unknown")


def test_each_comparison_is_an_entry(old: SignedCheckpoint) -> None:
    before = ledger.size()
    compare(note(old))
    stored = ledger.find_entry(before)
    assert stored is not None
    entry = ledger.entry_of(stored)
    assert entry.action == Action.VERIFY_RUN
    assert entry.subject == {
        "checkpoint": "300",
        "root": bytes(old.root).hex(),
        "standing": Standing.CONTAINED,
        "signature": Signature.OURS,
    }


SPELLINGS: dict[str, Callable[[str], str]] = {
    "as it was scanned": lambda text: text,
    "with the line ends of another system": lambda text: text.replace("\n", "\r\n"),
    "without its last line end": lambda text: text.rstrip("\n"),
    "with blanks around": lambda text: "\ufeff\n" + "\n".join(f"  {line}\t" for line in text.split("\n")) + "\n\n",
    "with another dash": lambda text: text.replace("\N{EM DASH}", "-"),
    "with a dash in the wrong table of signs": lambda text: text.replace("\N{EM DASH}", "\u00e2\u20ac\u201d"),
    "with a grouped number": lambda text: text.replace("\n1300\n", "\n1,300\n"),
    "out of an Arabic page, with signs that nobody sees": lambda text: "\u2068" + text.replace("\n", "\u2069\n\u200e"),
    "with Arabic digits": lambda text: text.replace("\n1300\n", "\n١٣٠٠\n"),
}


def test_it_is_read_however_a_camera_or_a_typist_gives_it_back(installation: Path, subtests: pytest.Subtests) -> None:
    grow_to(1300)
    row = newest()
    for name, spell in SPELLINGS.items():
        with subtests.test(name):
            kept = read(spell(note(row)))
            assert kept.note == bytes(row.note)
            assert (kept.checkpoint.size, kept.checkpoint.root) == (1300, bytes(row.root))


UNREADABLE = {
    "nothing": "",
    "a digest alone": "ab" * 32,
    "two lines": "log\n300",
    "no number": f"log\nmany\n{'ab' * 32}",
    "no entries": f"log\n0\n{'ab' * 32}",
    "a negative number": f"log\n-5\n{'ab' * 32}",
    "an endless number": f"log\n{'9' * 30}\n{'ab' * 32}",
    "a short root": f"log\n300\n{'ab' * 31}",
    "a root of other signs": f"log\n300\n{'zz' * 32}!",
    "a last sign that says more than the root": f"log\n300\n{'q6ur' * 10}q6t=",
    "words below": f"log\n300\n{'ab' * 32}\nread out on Monday",
    "a book": "x" * 30_000,
}


@pytest.mark.parametrize("text", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(UnreadableCheckpoint):
        read(text)


@given(some.text(max_size=400))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        kept = read(text)
    except UnreadableCheckpoint:
        return
    assert kept.checkpoint.size > 0


@given(some.integers(1, 2**62), some.binary(min_size=32, max_size=32), some.booleans())
def test_what_was_written_is_read_back(size: int, root: bytes, as_hex: bool) -> None:
    checkpoint = Checkpoint("log.example/ledger", size, root)
    text = checkpoint.body()
    if as_hex:
        groups = " ".join(root.hex()[start : start + 4] for start in range(0, 64, 4))
        text = f"{checkpoint.origin}\n{size:,}\n{groups}\n"
    assert read(text) == outside_checkpoints.Kept(checkpoint, None)


def run(path: Path, *more: str) -> tuple[int, str]:
    out = io.StringIO()
    try:
        call_command("ledger", "compare", str(path), *more, stdout=out)
    except SystemExit as stop:
        return int(stop.code or 0), out.getvalue()
    return 0, out.getvalue()


def test_the_command_says_it_and_exits_by_it(old: SignedCheckpoint, tmp_path: Path) -> None:
    path = tmp_path / "minutes.txt"
    path.write_text(note(old), "utf-8")
    code, out = run(path)
    assert code == 0
    assert "contains these 300 unchanged" in out
    path.write_text(signed(300, OTHER_ROOT), "utf-8")
    assert run(path)[0] == 1
    path.write_text("nothing of the kind")
    with pytest.raises(CommandError) as refused:
        call_command("ledger", "compare", str(path))
    assert refused.value.returncode == 2


def test_the_command_gives_the_proof_to_machines(old: SignedCheckpoint, tmp_path: Path) -> None:
    path = tmp_path / "minutes.txt"
    path.write_text(note(old), "utf-8")
    told_: dict[str, Any] = json.loads(run(path, "--json")[1])
    proof = [base64.b64decode(node) for node in told_["proof"]]
    root = bytes(SignedCheckpoint.objects.get(size=told_["newest"]).root)
    merkle.verify_consistency(old_size=old.size, old_root=bytes(old.root), size=told_["newest"], root=root, proof=proof)
    assert told_["bottom_line"] == "sound"


def test_a_ledger_cut_short_behind_the_minutes_is_told(old: SignedCheckpoint) -> None:
    """Everything from entry 300 on is gone, checkpoints included, as after an old copy was put back."""
    late = note(newest())
    tamper("DELETE FROM custody_signedcheckpoint WHERE size > 300")
    assert Entry.objects.count() > 300
    found = compare(late)
    assert told(found) == ("ours", "beyond", "unsound")
