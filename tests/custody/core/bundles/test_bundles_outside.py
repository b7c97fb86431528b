"""Outside parties in a bundle: what their word is worth with and without paper, and every way of bending it."""

import copy
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from custody.core import __main__ as command
from custody.core import checkpoints, notes
from custody.core.bundles import layout, previous, verify_bundle
from custody.core.bundles.stamps import Authority, _bracket, _Dated
from custody.core.checkpoints import Checkpoint
from custody.core.notes import VerifierKey
from custody.core.policies import Log
from custody.core.verdicts import Finding
from tests.custody.core.bundles import outsiders, samples
from tests.custody.core.bundles.acts import OTHER_LEDGER_KEY
from tests.custody.core.bundles.archives import zip_folder
from tests.custody.core.bundles.outsiders import EARLIER, LAST, PAPER, TSA_PAPER, close, line, note_of, stamp, vouch
from tests.custody.core.bundles.samples import LEDGER_PRIVATE_KEY, Ledger, bad_facts, put
from tests.custody.core.signers import ORIGIN
from tests.custody.core.timestamps.authorities import OTHER_ROOT, ROOT, SHORT_TSA
from tests.custody.core.timestamps.tokens import Recipe, token

SIZE = 610
SEALED = 612
OWN_SEAL = f"it is that of this bundle's own seal, over {SEALED} entries"
Bend = Callable[[Path, Ledger], object]


@pytest.fixture
def vouched(root: Path, ledger: Ledger) -> Path:
    vouch(root, ledger)
    return root


def of(findings: tuple[Finding, ...], fact: str) -> dict[str, str]:
    return {finding.subject: finding.message for finding in findings if finding.fact == fact}


def test_without_paper_it_holds_only_if_the_enclosed_keys_are_genuine(vouched: Path) -> None:
    verdict = verify_bundle(vouched)
    assert verdict.bottom_line == "sound"
    assert (verdict.counts["time_stamps"], verdict.counts["cosignatures"]) == (2, 1)
    assert not of(verdict.findings, "time-stamp")
    assert not of(verdict.findings, "cosigner")
    told = "\n".join(verdict.not_checked)
    assert TSA_PAPER in told
    assert f"partner {PAPER['partner']}" in told
    assert "stood in the tree by 2026-03-01T12:00:00Z" in told
    assert "no outside time-stamp is confirmed" in told
    assert "whether the operator showed others another ledger" in told


def test_with_paper_the_times_and_the_quorum_are_facts(vouched: Path) -> None:
    verdict = verify_bundle(vouched, fingerprints=[TSA_PAPER, PAPER["partner"], PAPER["university"]])
    assert verdict.bottom_line == "sound"
    times = of(verdict.findings, "time-stamp")
    assert "entries of this bundle (0 to 609) stood in the tree by 2026-03-01T12:00:00Z (clock)" in times["all"]
    assert times[layout.SEAL_STAMP].startswith("tagmanifest-sha256.txt, and all that it lists, was dated 2026-03-01T13")
    assert "The quorum quorum is met" in of(verdict.findings, "cosigner")[layout.CHECKPOINT]
    told = "\n".join(verdict.not_checked)
    assert "showed others another ledger" not in told
    assert "no outside time-stamp" not in told


def test_entries_that_came_later_than_a_dated_tree_are_told_to_have_come_later() -> None:
    clock = Authority("clock", ROOT.certificate, ())
    dated = [_Dated(size, datetime(2026, 3, day, tzinfo=UTC), clock) for size, day in ((10, 1), (20, 2), (90, 4))]
    words = _bracket(dated, 30, 80)
    assert "by 2026-03-04T00:00:00Z" in words
    assert "none of them stood in the tree that was dated 2026-03-02T00:00:00Z" in words
    assert _bracket(dated, 30, 90) == ""


def test_a_certificate_that_expired_since_is_valid_when_stamped(root: Path, ledger: Ledger) -> None:
    vouch(root, ledger)
    note = note_of(ledger, SIZE)
    put(root, layout.stamp_path(SIZE, "clock"), token(Recipe(data=note, signer=SHORT_TSA, enclosed=(SHORT_TSA.der,))))
    close(root, ledger)
    now = datetime(2027, 1, 1, tzinfo=UTC)
    verdict = verify_bundle(root, fingerprints=[TSA_PAPER], now=now)
    assert verdict.bottom_line == "sound"
    assert "valid when stamped" in of(verdict.findings, "time-stamp")[layout.stamp_path(SIZE, "clock")]


def test_one_confirmed_cosigner_of_two_wanted_is_not_enough_to_tell(root: Path, ledger: Ledger) -> None:
    vouch(root, ledger)
    put(root, layout.POLICY, outsiders.policy(2).encode())
    close(root, ledger)
    verdict = verify_bundle(root, fingerprints=list(PAPER.values()))
    assert verdict.bottom_line == "unknown"
    assert "1 of 2 cosigners signed" in of(verdict.findings, "cosigner")[layout.CHECKPOINT]


def test_a_policy_that_the_recipient_holds_counts_instead_of_the_enclosed_one(vouched: Path) -> None:
    assert verify_bundle(vouched, policy=outsiders.policy(1).encode()).bottom_line == "sound"
    verdict = verify_bundle(vouched, policy=outsiders.policy(2).encode())
    assert verdict.bottom_line == "unsound"
    assert "the policy you gave is not met" in of(verdict.findings, "cosigner")[layout.CHECKPOINT]


def test_a_policy_that_cannot_be_read_is_told(vouched: Path) -> None:
    verdict = verify_bundle(vouched, policy=b"log nonsense\n")
    assert verdict.bottom_line == "unknown"


def test_the_seals_checkpoint_may_meet_the_quorum_because_it_extends_the_bundles(root: Path, ledger: Ledger) -> None:
    vouch(root, ledger)
    put(root, layout.CHECKPOINT, note_of(ledger, SIZE))
    close(root, ledger)
    fingerprints = list(PAPER.values())
    assert verify_bundle(root, fingerprints=fingerprints).bottom_line == "unknown"
    sealed = (root / layout.SEAL_CHECKPOINT).read_bytes()
    put(root, layout.SEAL_CHECKPOINT, sealed + line(sealed))
    verdict = verify_bundle(root, fingerprints=fingerprints)
    assert verdict.bottom_line == "sound"
    assert layout.SEAL_CHECKPOINT in of(verdict.findings, "cosigner")


def test_what_was_shown_before_is_held_against_this_bundle(vouched: Path, ledger: Ledger) -> None:
    enclosed = verify_bundle(vouched)
    assert layout.consistency_path(LAST, SIZE) in of(enclosed.findings, "consistency")
    assert "give yours with --since" in "\n".join(enclosed.not_checked)
    held = verify_bundle(vouched, since=note_of(ledger, LAST))
    assert held.bottom_line == "sound"
    assert "that you hold" in of(held.findings, "consistency")[previous.GIVEN]
    assert "--since" not in "\n".join(held.not_checked)


@pytest.mark.parametrize(("entries", "bottom_line"), [(LAST, "sound"), (LAST + 1, "unsound")])
def test_a_checkpoint_that_another_key_of_the_ledger_signed_is_held_against_the_tree_all_the_same(
    vouched: Path, ledger: Ledger, entries: int, bottom_line: str
) -> None:
    """The ledger's key was changed honestly since, or whoever has a new one shows another history."""
    true = checkpoints.parse(notes.read_unchecked(note_of(ledger, LAST))[0])
    told = Checkpoint(true.origin, entries, true.root)
    note = checkpoints.sign(told, private_key=OTHER_LEDGER_KEY).encode()
    verdict = verify_bundle(vouched, since=note)
    assert verdict.bottom_line == bottom_line
    assert previous.ANOTHER_KEY in verdict.not_checked


def test_a_checkpoint_of_another_ledger_or_with_a_wrong_signature_is_still_refused(
    vouched: Path, ledger: Ledger
) -> None:
    true = checkpoints.parse(notes.read_unchecked(note_of(ledger, LAST))[0])
    other = Checkpoint("another.example/ledger", true.size, true.root)
    signed = note_of(ledger, LAST)
    forged = signed[:-12] + (b"AAAA" if signed[-12:-8] != b"AAAA" else b"BBBB") + signed[-8:]
    for note in (checkpoints.sign(other, private_key=OTHER_LEDGER_KEY).encode(), forged, b"no note"):
        verdict = verify_bundle(vouched, since=note)
        assert verdict.bottom_line == "unsound"
        assert previous.ANOTHER_KEY not in verdict.not_checked


def test_a_newer_checkpoint_than_the_bundles_cannot_be_told(vouched: Path, ledger: Ledger) -> None:
    ledger.append("case.viewed", ("user/1",), {})
    verdict = verify_bundle(vouched, since=note_of(ledger, SIZE + 1))
    assert verdict.bottom_line == "unknown"
    assert "check the newer one" in of(verdict.findings, "consistency")[previous.GIVEN]


def test_the_checkpoint_of_its_own_seal_is_held_against_it(vouched: Path) -> None:
    held = verify_bundle(vouched, since=(vouched / layout.SEAL_CHECKPOINT).read_bytes())
    assert held.bottom_line == "sound"
    assert OWN_SEAL in of(held.findings, "consistency")[previous.GIVEN]
    forked = verify_bundle(vouched, since=_another_tree(SEALED))
    assert forked.bottom_line == "unsound"
    assert "history was rewritten" in of(forked.findings, "consistency")[previous.GIVEN]


@pytest.mark.parametrize(("dropped", "status"), [(True, 1), (False, 0)])
def test_whether_the_last_bundles_own_entry_still_stands_in_the_ledger(
    root: Path, ledger: Ledger, tmp_path: Path, capsys: pytest.CaptureFixture[str], dropped: bool, status: int
) -> None:
    """The operator forks right below the entry that says what was handed over: proof/checkpoint can't tell."""
    later = copy.deepcopy(ledger)
    if dropped:
        for _ in range(2):
            later.append("case.viewed", ("user/1",), {})
    else:
        samples.seal(root, later)
    second = _copy(root, tmp_path)
    for folder in ("seal", "proof"):
        shutil.rmtree(second / folder)
    samples.write_proof(second, later)
    samples.rebag(second)
    samples.seal(second, later)
    assert command.main(["verify", str(second)]) == 0
    assert command.main(["verify", str(second), "--since", str(root)]) == status
    assert command.main(["verify", str(second), "--since", str(root / layout.SEAL_CHECKPOINT)]) == status
    assert ("history was rewritten" in capsys.readouterr().out) is dropped


def _bent(path: str, data: bytes) -> Bend:
    return lambda root, _ledger: put(root, path, data)


def _another_tree(size: int) -> bytes:
    """Signed with the ledger's own key: the operator may do that."""
    return checkpoints.sign(Checkpoint(ORIGIN, size, bytes(32)), private_key=LEDGER_PRIVATE_KEY).encode()


def _by_another_key(root: Path, ledger: Ledger) -> None:
    checkpoint = checkpoints.parse(note_of(ledger, EARLIER).decode().partition("\n\n")[0] + "\n")
    note = checkpoints.sign(checkpoint, private_key=OTHER_LEDGER_KEY).encode()
    put(root, layout.stamped_note_path(EARLIER), note)
    put(root, layout.stamp_path(EARLIER, "clock"), stamp(note))


def _dated_fork(root: Path, _ledger: Ledger) -> None:
    put(root, layout.stamped_note_path(EARLIER), _another_tree(EARLIER))
    put(root, layout.stamp_path(EARLIER, "clock"), stamp(_another_tree(EARLIER)))


def _beyond(root: Path, _ledger: Ledger) -> None:
    put(root, layout.stamped_note_path(SIZE + 1), _another_tree(SIZE + 1))
    put(root, layout.stamp_path(SIZE + 1, "clock"), stamp(_another_tree(SIZE + 1)))


def _line_of_another_checkpoint(root: Path, ledger: Ledger) -> None:
    put(root, layout.CHECKPOINT, note_of(ledger, SIZE) + line(note_of(ledger, EARLIER)))


OTHER_LOG = Log(VerifierKey.of(ORIGIN, OTHER_LEDGER_KEY.public_key()))
BENT: dict[str, tuple[Bend, str]] = {
    "a cosigner's line under another checkpoint": (_line_of_another_checkpoint, "cosigner"),
    "a policy that is none": (_bent(layout.POLICY, b"quorum\n"), "cosigner"),
    "a policy of another log": (_bent(layout.POLICY, outsiders.policy(log=OTHER_LOG).encode()), "cosigner"),
    "a time-stamp of other bytes": (_bent(layout.stamp_path(SIZE, "clock"), stamp(b"other")), "time-stamp"),
    "a time-stamp that is none": (_bent(layout.stamp_path(SIZE, "clock"), b"0\x00"), "time-stamp"),
    "a time-stamp moved to another size": (
        lambda root, ledger: put(root, layout.stamp_path(EARLIER, "clock"), stamp(note_of(ledger, SIZE))),
        "time-stamp",
    ),
    "a dated note of another size": (
        lambda root, ledger: put(root, layout.stamped_note_path(EARLIER), note_of(ledger, EARLIER + 1)),
        "time-stamp",
    ),
    "a dated note signed by another key": (_by_another_key, "time-stamp"),
    "a dated note of a rewritten tree": (_dated_fork, "time-stamp"),
    "a dated note beyond the bundle's tree": (
        _beyond,
        "time-stamp",
    ),
    "a dated note gone": (lambda root, _: (root / layout.stamped_note_path(SIZE)).unlink(), "time-stamp"),
    "another authority's certificate": (_bent(layout.authority_path("clock"), OTHER_ROOT.pem), "time-stamp"),
    "a certificate that is none": (_bent(layout.authority_path("clock"), b"x"), "time-stamp"),
    "an unknown file among the time-stamps": (_bent("proof/tsa/readme", b"x"), "time-stamp"),
    "a proof with a hash changed": (
        lambda root, _: put(
            root, layout.consistency_path(LAST, SIZE), previous.encode_proof([bytes(32)] * 9)
        ),
        "consistency",
    ),
    "a proof that is none": (_bent(layout.consistency_path(LAST, SIZE), b"AAAA\n"), "consistency"),
    "a proof without its note": (lambda root, _: (root / layout.previous_note_path(LAST)).unlink(), "consistency"),
    "a note of another tree beside the proof": (
        _bent(layout.previous_note_path(LAST), _another_tree(LAST)),
        "consistency",
    ),
    "an unknown file among the proofs": (_bent("proof/consistency/readme", b"x"), "consistency"),
}  # fmt: skip


@pytest.mark.parametrize(("bend", "fact"), BENT.values(), ids=BENT.keys())
def test_bending_it_is_found_even_by_whoever_has_the_ledgers_key(
    root: Path, ledger: Ledger, bend: Bend, fact: str
) -> None:
    vouch(root, ledger)
    bend(root, ledger)
    close(root, ledger)
    assert fact in bad_facts(root)


def test_a_seal_dated_before_it_was_written_is_found(vouched: Path) -> None:
    put(vouched, layout.SEAL_STAMP, stamp(b"another tag manifest"))
    assert "time-stamp" in bad_facts(vouched)


def test_a_time_stamp_without_any_certificate_cannot_be_told(root: Path, ledger: Ledger) -> None:
    vouch(root, ledger)
    (root / layout.authority_path("clock")).unlink()
    close(root, ledger)
    assert verify_bundle(root).bottom_line == "unknown"


@pytest.mark.parametrize("held", ["note", "folder", "zip"])
def test_the_command_takes_what_was_given_before_in_any_form(
    vouched: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], held: str
) -> None:
    before = {"note": vouched / layout.CHECKPOINT, "folder": vouched, "zip": tmp_path / "b.zip"}[held]
    if held == "zip":
        zip_folder(vouched, before)
    (tmp_path / "policy").write_bytes(outsiders.policy().encode())
    line = ["verify", str(vouched), "--since", str(before), "--policy", str(tmp_path / "policy")]
    assert command.main([*line, "--at", "2026-06-01T00:00:00Z"]) == 0
    text = capsys.readouterr().out
    assert {"note": "the tree extends the one of 610 entries that you hold"}.get(held, OWN_SEAL) in text
    assert "The quorum quorum is met" in text


@pytest.mark.parametrize(
    "options", [["--since", "nothing"], ["--policy", "nothing"], ["--at", "noon"], ["--at", "2026-01-01"]]
)
def test_the_command_refuses_what_it_cannot_read(
    vouched: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        command.main(["verify", str(vouched), *options])
    assert stop.value.code == 2
    assert options[0] in capsys.readouterr().err


@pytest.fixture(scope="module")
def fork(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    """A second ledger of the same operator, alike up to the items' own entries, and a bundle of it."""
    folder = tmp_path_factory.mktemp("fork") / "bundle"
    ledger = samples.write(folder, filler="case.changed")
    return folder, ledger


class TestAForkShownToOneRecipientOnly:
    """The operator, with all keys of its own, shows this recipient a ledger that nobody else sees."""

    def test_by_itself_it_is_sound_which_is_why_it_is_said(self, fork: tuple[Path, Ledger]) -> None:
        verdict = verify_bundle(fork[0])
        assert verdict.bottom_line == "sound"
        assert "showed others another ledger" in "\n".join(verdict.not_checked)

    def test_what_the_recipient_holds_shows_it(self, fork: tuple[Path, Ledger], ledger: Ledger) -> None:
        verdict = verify_bundle(fork[0], since=note_of(ledger, LAST))
        assert verdict.bottom_line == "unsound"
        assert "history was rewritten" in of(verdict.findings, "consistency")[previous.GIVEN]

    def test_a_cosigners_line_taken_from_the_true_ledger_shows_it(
        self, fork: tuple[Path, Ledger], ledger: Ledger, tmp_path: Path
    ) -> None:
        root = _copy(fork[0], tmp_path)
        put(root, layout.POLICY, outsiders.policy().encode())
        put(root, layout.CHECKPOINT, note_of(fork[1], SIZE) + line(note_of(ledger, SIZE)))
        close(root, fork[1])
        assert "cosigner" in bad_facts(root)

    def test_that_no_cosigner_saw_it_shows_it_to_whoever_holds_the_policy(self, fork: tuple[Path, Ledger]) -> None:
        assert verify_bundle(fork[0], policy=outsiders.policy().encode()).bottom_line == "unsound"

    def test_a_true_line_under_the_fork_does_not_help_against_the_recipients_own_checkpoint(
        self, fork: tuple[Path, Ledger], ledger: Ledger, tmp_path: Path
    ) -> None:
        root = _copy(fork[0], tmp_path)
        vouch(root, fork[1])
        verdict = verify_bundle(root, since=note_of(ledger, LAST), fingerprints=[PAPER["partner"], TSA_PAPER])
        assert verdict.bottom_line == "unsound"


def _copy(root: Path, to: Path) -> Path:
    return Path(shutil.copytree(root, to / "copied"))
