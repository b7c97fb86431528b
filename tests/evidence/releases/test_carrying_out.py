"""A release by two: exactly what was approved, once, in the act that enters it."""

from __future__ import annotations

import hashlib
import io
import re
from pathlib import Path

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from pytest_django import Settings

from custody import approvals, cases, disclosures, ledger, notary, parties
from custody.actions import Action
from custody.actors import for_command
from custody.approvals import STANDS_FOR, ApprovalRefused
from custody.core.bundles import verify_bundle
from custody.core.entries import Entry
from custody.models import Approval, ApprovalKind, ApprovalState, PartyKind, Role
from custody.verification import Inspection, inspect
from evidence.bundles import Selection, contents, hand_out, hand_out_zip
from evidence.bundles.consent import ConsentMissing
from evidence.bundles.interruptions import BundleInterrupted
from evidence.descriptions import describe_item
from evidence.models import EvidenceItem
from tests.cast import Cast, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.custody.notary.ledgers import tamper
from tests.evidence.bundles.handed import order, quiet
from tests.evidence.releases.agreed import approved, ask, carry_out, court, taken_by


def created() -> Entry:
    (stored,) = ledger.entries_with(Action.EXPORT_CREATED)
    return ledger.entry_of(stored)


def test_the_use_and_the_release_are_one_act_and_everything_verifies(cast: Cast, tmp_path: Path) -> None:
    request = approved(cast)
    written = carry_out(cast, request, tmp_path / "b", cast.lawyer)
    entry, (row,) = created(), disclosures.disclosures_in(cast.case)
    request.refresh_from_db()
    assert (request.state, request.used_act) == (ApprovalState.USED, entry.act)
    assert (entry.subject["approval"], row.approval, written.items) == (str(request.pk), request, 4)
    assert "fewer" not in entry.subject
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    notary.ensure_checkpoint()
    verdict = inspect(Inspection())
    assert [each for each in verdict.findings if each.state == "bad"] == []
    assert (verdict.counts["releases_by_two"], verdict.counts["releases_by_one"]) == (1, 0)


def test_what_is_approved_says_in_words_what_the_digest_binds(cast: Cast) -> None:
    request = ask(cast, words="", authority="Order 12 of 2026", names=True)
    procedure = approvals.procedure_of(ApprovalKind.RELEASE)
    said = {line.term: f"{line.words}{line.digest}" for line in procedure.tell(approvals.what_of(request))}
    first, *_, last = EvidenceItem.objects.order_by("ern")
    assert said["Recipient"] == "COURT-1, A court"
    assert said["Evidence numbers"] == f"{first.ern} – {last.ern}"
    assert said["Items"].startswith("4 items, ")
    assert said["File names"] == "They go along."
    assert len(said["Digest of these items"]) == 64
    assert request.authority == "Order 12 of 2026"


def test_two_recipients_of_one_name_are_told_apart_and_words_hide_nobody(cast: Cast) -> None:
    other = parties.create_party(code="FIRM-2", name="A court", kind=PartyKind.ORGANISATION, actor=for_command())
    request = ask(cast, party=other, words="The Hague")
    told = approvals.procedure_of(ApprovalKind.RELEASE).tell(approvals.what_of(request))
    assert [line.words for line in told if line.term == "Recipient"] == ["FIRM-2, A court, The Hague"]


def test_without_an_approval_nothing_leaves_and_nothing_is_written(cast: Cast, tmp_path: Path) -> None:
    before, pipe = ledger_size(), io.BytesIO()
    with pytest.raises(ConsentMissing, match="two people"):
        hand_out(order(cast.case), to=tmp_path / "b", progress=quiet)
    for to in (pipe, tmp_path / "b.zip"):
        with pytest.raises(ConsentMissing):
            hand_out_zip(order(cast.case), to=to, progress=quiet)
    with pytest.raises(CommandError, match="--approval"):
        call_command("bundle", "RWB-04", "--to", str(tmp_path / "b"))
    assert (ledger_size(), pipe.getvalue(), list(tmp_path.glob("b*"))) == (before, b"", [])


def test_where_one_is_enough_the_entry_says_that_nobody_approved(
    cast: Cast, tmp_path: Path, settings: Settings
) -> None:
    settings.AMANA_RELEASE_BY_TWO = False
    hand_out(order(cast.case), to=tmp_path / "b", progress=quiet)
    assert created().subject["approval"] == "none"
    notary.ensure_checkpoint()
    verdict = inspect(Inspection())
    assert [each for each in verdict.findings if each.state == "bad"] == []
    assert verdict.counts["releases_by_one"] == 1


@pytest.mark.parametrize("piped", [False, True])
def test_it_leaves_once(cast: Cast, tmp_path: Path, piped: bool) -> None:
    request = approved(cast)
    if piped:
        hand_out_zip(taken_by(cast, request, cast.lawyer), to=io.BytesIO(), progress=quiet)
    else:
        carry_out(cast, request, tmp_path / "b", cast.lawyer)
    pipe = io.BytesIO()
    for account in (cast.lawyer, cast.lead, None):
        with pytest.raises(ApprovalRefused) as refused:
            carry_out(cast, request, tmp_path / "c", account)
        assert refused.value.code == "already-used"
        with pytest.raises(ApprovalRefused):
            hand_out_zip(taken_by(cast, request, account), to=pipe, progress=quiet)
    assert (pipe.getvalue(), (tmp_path / "c").exists(), ledger.count(Action.EXPORT_CREATED)) == (b"", False, 1)


def test_a_pipe_uses_it_before_the_first_byte(cast: Cast) -> None:
    """Two pipes at once: the second finds the approval used, although nothing was entered as handed out yet."""
    request = approved(cast)
    inner = io.BytesIO()

    class Racing(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            if not self.getvalue():
                assert Approval.objects.get().state == ApprovalState.USED
                with pytest.raises(ApprovalRefused):
                    hand_out_zip(taken_by(cast, request, cast.lead), to=inner, progress=quiet)
            return super().write(data)

    hand_out_zip(taken_by(cast, request, cast.lawyer), to=Racing(), progress=quiet)
    assert inner.getvalue() == b""


@pytest.mark.parametrize("account", ["lead", "lawyer", None])
def test_one_of_the_two_carries_it_out_or_the_console(cast: Cast, tmp_path: Path, account: str | None) -> None:
    carry_out(cast, approved(cast), tmp_path / "b", getattr(cast, account) if account else None)
    assert Approval.objects.get().state == ApprovalState.USED


@pytest.mark.parametrize(
    ("account", "reason"),
    [("investigator", "not-of-the-two"), ("auditor", "not-of-the-two"), ("outsider", "not-a-member")],
)
def test_nobody_else_does(cast: Cast, tmp_path: Path, account: str, reason: str) -> None:
    request = approved(cast)
    with pytest.raises(ApprovalRefused) as refused:
        carry_out(cast, request, tmp_path / "b", getattr(cast, account))
    assert refused.value.code == reason
    assert Approval.objects.get().state == ApprovalState.APPROVED
    assert ledger.count(Action.EXPORT_OPENED) == 0


def test_one_of_the_two_whose_office_ended_does_not(cast: Cast, tmp_path: Path) -> None:
    """An auditor looks, and takes nothing out, whatever he was when he asked."""
    request = approved(cast)
    member = cast.case.memberships.get(account=cast.lawyer, ended=None)
    cases.end_membership(membership=member, actor=actor_of(cast.lead))
    cases.grant_membership(case=cast.case, account=cast.lawyer, role=Role.AUDITOR, actor=actor_of(cast.lead))
    with pytest.raises(ApprovalRefused) as refused:
        carry_out(cast, request, tmp_path / "b", cast.lawyer)
    assert refused.value.code == "not-in-office"
    carry_out(cast, request, tmp_path / "b", cast.lead)


@pytest.mark.parametrize("name", ["investigator", "auditor", "outsider", "administrator"])
def test_lead_and_lawyers_ask_others_do_not(cast: Cast, name: str) -> None:
    ask(cast, cast.lead)
    ask(cast)
    with pytest.raises(ApprovalRefused):
        ask(cast, getattr(cast, name))
    assert Approval.objects.count() == 2


def test_nobody_approves_their_own(cast: Cast) -> None:
    request = ask(cast, cast.lead)
    assert approvals.deciders_of(request) == []
    with pytest.raises(ApprovalRefused) as refused:
        approvals.approve(approval=request, actor=actor_of(cast.lead))
    assert refused.value.code == "own-request"
    assert approvals.deciders_of(ask(cast)) == [cast.lead]


def test_what_was_not_approved_or_has_run_out_does_not_leave(cast: Cast, tmp_path: Path) -> None:
    late, waiting = approved(cast), ask(cast)
    with pytest.raises(ApprovalRefused) as refused:
        carry_out(cast, waiting, tmp_path / "b", cast.lawyer)
    assert refused.value.code == "not-approved"
    with time_machine.travel(late.asked + STANDS_FOR, tick=False), pytest.raises(ApprovalRefused) as refused:
        carry_out(cast, late, tmp_path / "b", cast.lawyer)
    assert refused.value.code == "approval-expired"
    assert ledger.count(Action.EXPORT_OPENED) == 0


def test_one_that_is_withdrawn_while_it_is_written_stays_here(cast: Cast, tmp_path: Path) -> None:
    request = approved(cast)

    def take_back(done: int, _total: int) -> None:
        if done == 4:
            approvals.withdraw(approval=request, actor=actor_of(cast.lawyer))

    with pytest.raises(ApprovalRefused):
        hand_out(taken_by(cast, request, cast.lead), to=tmp_path / "b", progress=take_back)
    assert not (tmp_path / "b").exists()
    assert list((tmp_path / "b.unfinished").iterdir()) == []
    assert ledger.count(Action.EXPORT_CREATED) == 0


def test_a_run_that_broke_off_goes_on_with_the_same_approval(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = approved(cast)
    with monkeypatch.context() as patch:
        patch.setattr(contents, "write_records", _refuse)
        with pytest.raises(BundleInterrupted, match="full"):
            carry_out(cast, request, tmp_path / "b")
    assert Approval.objects.get().state == ApprovalState.APPROVED
    call_command("bundle", "RWB-04", "--to", str(tmp_path / "b"), "--approval", str(request.pk), "--resume")
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"
    assert Approval.objects.get().state == ApprovalState.USED


def test_one_whose_seal_is_missing_is_sealed_without_another_approval(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = approved(cast)
    with monkeypatch.context() as patch:
        patch.setattr("evidence.bundles.proofs.write_seal", _refuse)
        with pytest.raises(BundleInterrupted, match="full"):
            carry_out(cast, request, tmp_path / "b")
    assert Approval.objects.get().state == ApprovalState.USED
    assert carry_out(cast, request, tmp_path / "b").resumed
    assert verify_bundle(tmp_path / "b").bottom_line == "sound"


def test_the_console_takes_what_the_approval_says_and_nothing_beside(cast: Cast, tmp_path: Path) -> None:
    item = EvidenceItem.objects.order_by("ern")[1]
    request = approved(cast, selection=Selection("item", (item.ern,)), names=True, authority="Order 7")
    for more in (["--recipient", "X"], ["--purpose", "audit"], ["--item", item.ern], ["--with-names"]):
        with pytest.raises(CommandError, match="leave out"):
            call_command("bundle", "RWB-04", "--to", str(tmp_path / "b"), "--approval", str(request.pk), *more)
    with pytest.raises(CommandError, match="no request"):
        call_command("bundle", "SHD-01", "--to", str(tmp_path / "b"), "--approval", str(request.pk))
    call_command("bundle", "RWB-04", "--to", str(tmp_path / "b"), "--approval", str(request.pk))
    (row,) = disclosures.disclosures_in(cast.case)
    assert (row.items, row.recipient, row.authority) == (1, court(), "Order 7")
    assert (tmp_path / "b" / "data" / "names.jsonl").exists()


def test_a_request_of_another_kind_is_no_release(cast: Cast, tmp_path: Path) -> None:
    other = approved(cast)
    other.kind = ApprovalKind.DISPOSAL
    other.description = other.description.replace('"kind":"release"', '"kind":"disposal"')
    other.content = hashlib.sha256(other.description.encode()).hexdigest()
    with pytest.raises(ValidationError, match="not the request of a release"):
        carry_out(cast, other, tmp_path / "b")


@pytest.mark.parametrize("numbers", ['"AMN-X-0000-0001"', '"no number"'])
def test_a_description_that_was_altered_carries_nothing_and_that_is_recorded(
    cast: Cast, tmp_path: Path, numbers: str
) -> None:
    request = approved(cast)
    altered = re.sub(r'"numbers":\[[^]]*\]', f'"numbers":[{numbers}]', request.description)
    assert altered != request.description
    tamper("UPDATE custody_approval SET description = %s", altered)
    request.refresh_from_db()
    with pytest.raises(ApprovalRefused) as refused:
        carry_out(cast, request, tmp_path / "b", cast.lawyer)
    assert refused.value.code == "altered"
    assert ledger.count(Action.APPROVAL_REFUSED) == 1
    with pytest.raises(CommandError, match="not the one that was entered"):
        call_command("bundle", "RWB-04", "--to", str(tmp_path / "b"), "--approval", str(request.pk))
    assert ledger.count(Action.EXPORT_OPENED) == 0


def test_nobody_asks_for_nothing_or_for_nobody(cast: Cast) -> None:
    with pytest.raises(ValidationError, match="Say who"):
        ask(cast, party=None)
    for item in EvidenceItem.objects.all():
        describe_item(item=item, case=cast.case, actor=actor_of(cast.lead), words={"privileged": True})
    with pytest.raises(ValidationError, match="Nothing of what was chosen"):
        ask(cast)


def _refuse(*_: object) -> None:
    raise OSError(28, "the disk is full")
