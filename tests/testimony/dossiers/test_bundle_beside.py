"""A dossier and the bundle of its exhibits: asked for, approved, entered and handed out as one, or not at all."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError

from custody import approvals, disclosures
from custody.actions import Action
from custody.approvals import ApprovalRefused
from custody.core.bundles import verify_bundle
from custody.models import Approval, ApprovalState, Disclosure, DisclosureKind, Entry
from custody.verification import Inspection, inspect
from evidence import releases
from evidence.access import Asker
from evidence.bundles.consent import ReleaseChanged
from evidence.core.boxes import Box, BoxReason
from evidence.core.errors import EvidenceError
from evidence.descriptions import describe_item
from evidence.examining import examine_waiting
from evidence.redactions import redact
from testimony.consents import withdraw
from testimony.core.errors import ConsentError, DossierError
from testimony.dossiers import beside, release, unfinished, versions
from testimony.dossiers.release import Handed
from testimony.models import Dossier, DossierPart
from testimony.models.consents import ConsentDisclosure
from tests.cast import Cast
from tests.custody.notary.ledgers import tamper
from tests.testimony import files


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    return files.file_of(cast.case, tmp_path / "in")


@pytest.fixture
def version(cast: Cast, file: files.File) -> Dossier:
    return files.build(file, recipient=files.court(cast.case))


def _lawyer(cast: Cast) -> Asker:
    return files.signed_in(cast.case, cast.lawyer)


def _ask(cast: Cast, version: Dossier) -> Approval:
    return release.ask_release(version=version, asker=_lawyer(cast), reason="for the hearing", with_bundle=True)


def _approved(cast: Cast, version: Dossier) -> Approval:
    lead = files.signed_in(cast.case, cast.lead).actor
    return approvals.approve(approval=_ask(cast, version), actor=lead)


def _hand_out(cast: Cast, version: Dossier, approval: Approval, to: Path, *, with_bundle: bool = True) -> Handed:
    return release.release(version=version, approval=approval, asker=_lawyer(cast), to=to, with_bundle=with_bundle)


def _nothing_left(tmp_path: Path) -> None:
    assert not [path for path in tmp_path.iterdir() if "out" in path.name]
    assert not Disclosure.objects.filter(broken_off=None).exists()


def _wrong() -> set[str]:
    return {each.message for each in inspect(Inspection()).findings if each.state == "bad"}


def test_one_request_one_approval_and_one_folder_that_a_stranger_can_check(
    cast: Cast, file: files.File, version: Dossier, tmp_path: Path
) -> None:
    approval = _approved(cast, version)
    handed = _hand_out(cast, version, approval, tmp_path / "out")
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == sorted([*handed.files, release.SUMS, "bundle"])
    for line in (out / release.SUMS).read_text().splitlines():
        sha256, name = line.split("  ")
        assert hashlib.sha256((out / name).read_bytes()).hexdigest() == sha256
    assert "bundle/tagmanifest-sha256.txt" in (out / release.SUMS).read_text()
    assert verify_bundle(out / "bundle").bottom_line == "sound"
    photos = {path.name.partition(".")[0] for path in (out / "bundle/data/photos").iterdir()}
    assert photos == {item.sha256 for item in file.items}
    assert not (out / "bundle/data/statements").exists()
    assert not (out / "bundle/data/names.jsonl").exists()
    assert Approval.objects.get().state == ApprovalState.USED
    assert inspect(Inspection()).bottom_line == "sound"


def test_the_register_has_both_and_finds_both_when_an_exhibit_is_corrected(
    cast: Cast, file: files.File, version: Dossier, tmp_path: Path
) -> None:
    handed = _hand_out(cast, version, _approved(cast, version), tmp_path / "out")
    rows = list(disclosures.made_in(handed.release.made_act).order_by("kind"))
    assert [row.kind for row in rows] == [DisclosureKind.BUNDLE, DisclosureKind.DOSSIER]
    assert {row.approval_id for row in rows} == {Approval.objects.get().pk}
    assert rows[0].sealed is not None
    describe_item(item=file.items[0], case=cast.case, actor=files.ACTOR, words={"description_en": "another word"})
    due = {each.disclosure.kind for each in disclosures.due_in(cast.case) if each.cause.kind == "item"}
    assert due == {DisclosureKind.BUNDLE, DisclosureKind.DOSSIER}


def test_a_changed_byte_of_an_original_in_the_folder_is_found(cast: Cast, version: Dossier, tmp_path: Path) -> None:
    _hand_out(cast, version, _approved(cast, version), tmp_path / "out")
    photo = next((tmp_path / "out/bundle/data/photos").iterdir())
    content = bytearray(photo.read_bytes())
    content[-1] ^= 1
    photo.write_bytes(content)
    assert verify_bundle(tmp_path / "out/bundle").bottom_line == "unsound"


def test_the_second_person_reads_what_the_bundle_holds_and_is_another_one(cast: Cast, version: Dossier) -> None:
    approval = _ask(cast, version)
    told = {line.term: line.words or line.digest for line in release.tell(approvals.what_of(approval))}
    assert told["Items"].startswith("2 items")
    assert told["File names"] == "They stay here."
    assert "originals" in told["Bundle beside it"]
    assert len(told["Digest of these items"]) == 64
    with pytest.raises(ValidationError):
        approvals.approve(approval=approval, actor=_lawyer(cast).actor)


def test_without_a_bundle_the_second_person_reads_that_there_is_none(cast: Cast, version: Dossier) -> None:
    approval = release.ask_release(version=version, asker=_lawyer(cast), reason="for the hearing")
    told = {line.term: line.words for line in release.tell(approvals.what_of(approval))}
    assert told["Bundle beside it"].startswith("none")


def test_an_approval_is_spent_once_for_both(cast: Cast, version: Dossier, tmp_path: Path) -> None:
    approval = _approved(cast, version)
    _hand_out(cast, version, approval, tmp_path / "out")
    with pytest.raises(ApprovalRefused) as refused:
        _hand_out(cast, version, approval, tmp_path / "again")
    assert refused.value.code == "already-used"
    assert not (tmp_path / "again").exists()
    assert Disclosure.objects.count() == 2


def test_the_bundle_is_not_taken_alone_on_the_approval_of_both(cast: Cast, version: Dossier) -> None:
    with pytest.raises(ValidationError, match="not the request of a release"):
        releases.order_for(_approved(cast, version), _lawyer(cast))


def test_a_bundle_is_not_added_to_what_was_approved_without_one(cast: Cast, version: Dossier, tmp_path: Path) -> None:
    asked = release.ask_release(version=version, asker=_lawyer(cast), reason="for the hearing")
    approval = approvals.approve(approval=asked, actor=files.signed_in(cast.case, cast.lead).actor)
    handed = _hand_out(cast, version, approval, tmp_path / "out")
    assert handed.bundle is None
    assert not (tmp_path / "out/bundle").exists()
    with pytest.raises(DossierError):
        beside.acting(_lawyer(cast), approval)


def test_other_items_than_were_approved_are_refused_on_record(
    cast: Cast, version: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    approval = _approved(cast, version)
    more = files.take_in(cast.case, tmp_path / "in", count=3)
    monkeypatch.setattr(beside, "exhibits_of", lambda _: more)
    with pytest.raises(ReleaseChanged):
        _hand_out(cast, version, approval, tmp_path / "out")
    assert Entry.objects.filter(action=Action.APPROVAL_REFUSED).count() == 1
    _nothing_left(tmp_path)
    approval.refresh_from_db()
    assert approval.state == ApprovalState.APPROVED


def test_another_bundle_finished_for_this_recipient_meanwhile_stops_it(
    cast: Cast, version: Dossier, tmp_path: Path
) -> None:
    approval, other = _approved(cast, version), _approved(cast, version)
    _hand_out(cast, version, other, tmp_path / "in/first")
    with pytest.raises(ReleaseChanged, match="finished for this recipient"):
        _hand_out(cast, version, approval, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_the_bundle_may_stay_here_and_the_entry_says_so(cast: Cast, version: Dossier, tmp_path: Path) -> None:
    handed = _hand_out(cast, version, _approved(cast, version), tmp_path / "out", with_bundle=False)
    assert not (tmp_path / "out/bundle").exists()
    assert handed.bundle is None
    (entry,) = Entry.objects.filter(action=Action.DOSSIER_RELEASED)
    assert b'"bundle":"left-out"' in bytes(entry.body)
    assert not Entry.objects.filter(action=Action.EXPORT_CREATED).exists()
    assert _wrong() == set()


def _withdraw(file: files.File) -> None:
    withdraw(consent=file.witness.consents.get(), on=datetime.date(2025, 3, 1), actor=files.ACTOR)


def _make_privileged(file: files.File) -> None:
    describe_item(item=file.items[0], case=file.case, actor=files.ACTOR, words={"privileged": True})


@pytest.mark.parametrize("change", [_withdraw, _make_privileged])
def test_what_changed_between_approval_and_handing_out_lets_nothing_leave(
    cast: Cast, file: files.File, version: Dossier, tmp_path: Path, change: Callable[[files.File], None]
) -> None:
    approval = _approved(cast, version)
    change(file)
    with pytest.raises(ConsentError):
        _hand_out(cast, version, approval, tmp_path / "out")
    _nothing_left(tmp_path)
    assert not Entry.objects.filter(action=Action.EXPORT_OPENED).exists()


@pytest.mark.parametrize("change", [_withdraw, _make_privileged])
def test_what_changes_while_the_bundle_is_written_lets_nothing_leave(
    cast: Cast,
    file: files.File,
    version: Dossier,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[files.File], None],
) -> None:
    approval, real = _approved(cast, version), release._Leaving.complete

    def meanwhile(self: release._Leaving, tagmanifest: str) -> None:
        real(self, tagmanifest)
        change(file)

    monkeypatch.setattr(release._Leaving, "complete", meanwhile)
    with pytest.raises((DossierError, EvidenceError)):
        _hand_out(cast, version, approval, tmp_path / "out")
    _nothing_left(tmp_path)
    assert Approval.objects.get().state == ApprovalState.APPROVED
    assert not Entry.objects.filter(action=Action.DOSSIER_RELEASED).exists()


def test_a_redacted_edition_has_none(cast: Cast, file: files.File) -> None:
    examine_waiting(actor=files.ACTOR, limit=10)
    for item in file.items:
        redact(asker=files.operator(cast.case), item=item, boxes=[Box(1, 1, 20, 20, BoxReason.FACE)])
    version = files.build(file, recipient=files.court(cast.case), redacted=True)
    assert version.exhibits == 2
    with pytest.raises(DossierError, match="redacted edition"):
        _ask(cast, version)
    assert not Approval.objects.exists()


def test_what_was_covered_has_none_where_the_witnesses_are_not_named(
    cast: Cast, file: files.File, version: Dossier, tmp_path: Path
) -> None:
    """Also when it was covered after two people agreed; the dossier may then go alone."""
    approval = _approved(cast, version)
    examine_waiting(actor=files.ACTOR, limit=10)
    redact(asker=files.operator(cast.case), item=file.items[0], boxes=[Box(1, 1, 20, 20, BoxReason.FACE)])
    with pytest.raises(DossierError, match="was covered"):
        _hand_out(cast, version, approval, tmp_path / "out")
    _nothing_left(tmp_path)
    version.disclosure = ConsentDisclosure.NAMED
    assert beside.why_none(version) == ""
    version.disclosure = ConsentDisclosure.PSEUDONYM
    assert _hand_out(cast, version, approval, tmp_path / "out", with_bundle=False).bundle is None


def test_no_exhibit_no_bundle(cast: Cast, version: Dossier) -> None:
    tamper("DELETE FROM testimony_dossierpart WHERE kind = 'item'")
    assert not DossierPart.objects.filter(kind="item").exists()
    assert beside.why_none(version) == "There is no exhibit in it."


def test_a_seal_that_fails_breaks_both_off_and_the_version_can_be_asked_for_anew(
    cast: Cast, version: Dossier, tmp_path: Path
) -> None:
    approval = _approved(cast, version)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evidence.bundles.proofs.write_seal", _full)
        with pytest.raises(OSError, match="full"):
            _hand_out(cast, version, approval, tmp_path / "out")
    _nothing_left(tmp_path)
    assert Disclosure.objects.exclude(broken_off=None).count() == 2
    assert versions.standing_of(version).state is versions.State.BUILT
    assert not unfinished.clear_killed()
    _hand_out(cast, version, _approved(cast, version), tmp_path / "out")
    assert verify_bundle(tmp_path / "out/bundle").bottom_line == "sound"
    assert _wrong() == set()


def _full(*_: object) -> None:
    raise OSError(28, "the disk is full")


TAMPERINGS = {
    "the dossier's row taken out": (
        [
            "DELETE FROM custody_disclosuretouch",
            "DELETE FROM custody_disclosure WHERE kind = 'dossier'",
        ],
        "it was agreed on as part of another release",
    ),
    "the bundle's row taken out": (
        ["DELETE FROM custody_disclosure WHERE kind = 'bundle'"],
        "the bundle beside it is not as its entry and its approval tell",
    ),
    "another recipient": (
        ["UPDATE custody_disclosure SET recipient_id = NULL WHERE kind = 'dossier'"],
        "two people approved another release: recipient",
    ),
}


@pytest.mark.parametrize(("statements", "words"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_verify_holds_both_against_what_was_approved(
    cast: Cast, version: Dossier, tmp_path: Path, statements: list[str], words: str
) -> None:
    _hand_out(cast, version, _approved(cast, version), tmp_path / "out")
    assert _wrong() == set()
    for statement in statements:
        tamper(statement)
    assert any(words in message for message in _wrong())


def test_verify_finds_a_bundle_that_nobody_approved(
    cast: Cast, version: Dossier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever gets round the checks at handing out is told of by `verify`."""
    asked = release.ask_release(version=version, asker=_lawyer(cast), reason="for the hearing")
    approval = approvals.approve(approval=asked, actor=files.signed_in(cast.case, cast.lead).actor)
    monkeypatch.setattr("evidence.bundles.consent.changes_of", lambda *_: [])
    monkeypatch.setattr("evidence.bundles.consent.limit", lambda _: {item.pk for item in beside.exhibits_of(version)})
    monkeypatch.setattr(beside, "is_agreed_in", lambda _: True)
    monkeypatch.setattr(beside, "acting", lambda asker, _: replace(asker))
    _hand_out(cast, version, approval, tmp_path / "out")
    found = _wrong()
    assert any("two people approved another release" in message for message in found)
    assert any("items left that were not approved" in message for message in found)
    assert any("the bundle beside it is not as" in message for message in found)
