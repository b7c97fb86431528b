"""Disposal: by two, under an authority; the bytes go, and tombstone, receipt and history stay."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from custody import approvals, cases, clock, installation
from custody.actions import Action
from custody.actors import for_command
from custody.approvals import ApprovalRefused
from custody.core import cades, disposals
from custody.models import Account, Approval, ApprovalState, Entry
from custody.purposes import Purpose
from custody.verification import Inspection, inspect
from evidence import access, disposal, examining
from evidence.access import AccessRefused, Asker, Form
from evidence.admissions import admit_item
from evidence.disposal import DisposalRefused
from evidence.models import Derivative, EvidenceItem, ExaminationJob, ItemName, JobState, Receipt, Tombstone
from tests.cast import Cast, ledger_size
from tests.custody.approvals.releases import actor_of
from tests.evidence.disposal.orders import ORDER, approved_disposal, disposed, is_stored
from tests.exhibits import examine, picture, receive

CONTENT = picture(7)


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    """One picture with what an examination made of it, and another that stays."""
    first, _second = receive(cast.case, {"one.jpg": CONTENT, "two.jpg": picture(8)})
    examine(first)
    return first


def asker(cast: Cast, account: Account) -> Asker:
    role = cases.role_in(account, cast.case)
    return Asker(actor=actor_of(account), account=account, case=cast.case, role=role, purpose=Purpose.AUDIT)


def test_the_bytes_of_original_and_pictures_go_and_the_rows_stay(cast: Cast, item: EvidenceItem) -> None:
    objects = {item.sha256, *Derivative.objects.filter(item=item).values_list("sha256", flat=True)}
    assert len(objects) == 4
    assert all(map(is_stored, objects))
    disposed(cast, [item])
    assert not any(map(is_stored, objects))
    assert EvidenceItem.objects.filter(pk=item.pk).exists()
    assert Receipt.objects.filter(item=item).exists()
    assert ItemName.objects.filter(item=item).exists()
    other = EvidenceItem.objects.exclude(pk=item.pk).get()
    assert is_stored(other.sha256)


def test_the_tombstone_says_what_under_which_authority_and_by_whom(cast: Cast, item: EvidenceItem) -> None:
    request = disposed(cast, [item])
    stone = Tombstone.objects.get()
    record = disposals.decode(bytes(stone.record))
    assert (record.item, record.ern, record.original.sha256) == (str(item.pk), item.ern, item.sha256)
    assert record.receipt == Receipt.objects.get(item=item).record_sha256
    decision = record.decision
    assert (decision.authority, decision.approval) == (ORDER, str(request.pk))
    assert (decision.asked_by, decision.approved_by) == (str(cast.lawyer.pk), str(cast.lead.pk))
    assert decision.carried_out_by == str(cast.lawyer.pk)
    root, now = installation.root_certificate(), clock.now()
    cades.verify(bytes(stone.signature or b""), bytes(stone.record), anchor=root, at=now)


def test_entries_tell_of_the_use_the_disposal_and_the_removal(cast: Cast, item: EvidenceItem) -> None:
    request = approved_disposal(cast, [item])
    before = ledger_size()
    disposal.dispose(approval=request, actor=actor_of(cast.lawyer))
    rows = list(Entry.objects.filter(seq__gte=before))
    assert [row.action for row in rows] == [
        Action.APPROVAL_USED,
        Action.ITEM_DISPOSED,
        Action.ITEM_BYTES_REMOVED,
    ]
    assert rows[0].act == rows[1].act == Approval.objects.get().used_act
    assert Tombstone.objects.get().record_sha256.encode() in bytes(rows[1].body)


@pytest.mark.slow
def test_verify_takes_original_and_pictures_as_rightly_absent(cast: Cast) -> None:
    """Examined as in life, by the confined child."""
    first, second = receive(cast.case, {"one.jpg": picture(1), "two.jpg": picture(2)})
    examining.examine_waiting(actor=for_command())
    assert Derivative.objects.filter(item=first).exists()
    disposed(cast, [first])
    verdict = inspect(Inspection())
    assert (verdict.bottom_line, verdict.findings) == ("sound", ())
    assert (verdict.counts["disposals"], verdict.counts["originals"]) == (1, 1)
    assert is_stored(second.sha256)


def test_several_items_go_in_one_act(cast: Cast) -> None:
    items = receive(cast.case, {f"{shade}.jpg": picture(shade) for shade in range(5)})
    disposed(cast, items[:4])
    assert [is_stored(each.sha256) for each in items] == [False] * 4 + [True]
    acts = Entry.objects.filter(action=Action.ITEM_DISPOSED).values_list("act", flat=True)
    assert (len(acts), len(set(acts))) == (4, 1)


def test_bytes_that_another_item_has_stay_until_the_last_goes(cast: Cast) -> None:
    first, second = receive(cast.case, {"one.jpg": CONTENT, "again.jpg": CONTENT})
    assert first.sha256 == second.sha256
    disposed(cast, [first])
    assert is_stored(first.sha256)
    assert inspect(Inspection()).bottom_line == "sound"
    disposed(cast, [second])
    assert not is_stored(first.sha256)
    assert inspect(Inspection()).bottom_line == "sound"


def test_bytes_that_another_case_received_by_itself_stay(cast: Cast, item: EvidenceItem) -> None:
    (foreign,) = receive(cast.other_case, {"theirs.jpg": CONTENT})
    disposed(cast, [item])
    assert is_stored(foreign.sha256)


def test_what_another_case_admits_is_not_disposed_of(cast: Cast, item: EvidenceItem) -> None:
    request = approved_disposal(cast, [item])
    admit_item(case=cast.other_case, item=item, actor=for_command())
    with pytest.raises(DisposalRefused) as refused:
        disposal.dispose(approval=request, actor=actor_of(cast.lawyer))
    assert refused.value.code == "not-disposable"
    assert not Tombstone.objects.exists()
    assert Approval.objects.get().state == ApprovalState.APPROVED
    assert Entry.objects.order_by("-seq")[0].action == Action.DISPOSAL_REFUSED
    assert is_stored(item.sha256)


def test_what_the_case_does_not_admit_is_not_disposed_of(cast: Cast) -> None:
    (foreign,) = receive(cast.other_case, {"theirs.jpg": CONTENT})
    with pytest.raises(DisposalRefused) as refused:
        approved_disposal(cast, [foreign])
    assert refused.value.code == "not-in-case"
    assert f"item/{foreign.pk}".encode() not in bytes(Entry.objects.order_by("-seq")[0].body)
    assert not Approval.objects.exists()


def test_what_is_being_examined_is_not_disposed_of(cast: Cast, item: EvidenceItem) -> None:
    ExaminationJob.objects.filter(item=item).update(state=JobState.RUNNING)
    with pytest.raises(DisposalRefused):
        approved_disposal(cast, [item])
    assert is_stored(item.sha256)


def test_nobody_examines_what_is_about_to_go(cast: Cast) -> None:
    (item,) = receive(cast.case, {"one.jpg": CONTENT})
    assert ExaminationJob.objects.get(item=item).state == JobState.WAITING
    disposed(cast, [item])
    assert ExaminationJob.objects.get(item=item).state == JobState.FAILED


def test_it_happens_once(cast: Cast, item: EvidenceItem) -> None:
    request = disposed(cast, [item])
    before = ledger_size()
    with pytest.raises(ApprovalRefused):
        disposal.dispose(approval=request, actor=actor_of(cast.lawyer))
    with pytest.raises(DisposalRefused) as refused:
        approved_disposal(cast, [item])
    assert refused.value.code == "disposed"
    assert {row.outcome for row in Entry.objects.filter(seq__gte=before)} == {"denied"}


def test_without_the_second_person_nothing_goes(cast: Cast, item: EvidenceItem) -> None:
    request = disposal.ask_disposal(
        case=cast.case, items=[item], authority=ORDER, reason="why", actor=actor_of(cast.lead)
    )
    with pytest.raises(ApprovalRefused):
        approvals.approve(approval=request, actor=actor_of(cast.lead))
    with pytest.raises(ApprovalRefused):
        disposal.dispose(approval=request, actor=actor_of(cast.lead))
    assert not Tombstone.objects.exists()
    assert is_stored(item.sha256)


@pytest.mark.parametrize(("authority", "reason"), [("", "why"), (ORDER, "")])
def test_authority_and_reason_are_needed(cast: Cast, item: EvidenceItem, authority: str, reason: str) -> None:
    with pytest.raises(ValidationError):
        disposal.ask_disposal(
            case=cast.case, items=[item], authority=authority, reason=reason, actor=actor_of(cast.lawyer)
        )
    assert not Approval.objects.exists()


@pytest.mark.parametrize("count", [0, disposal.MOST_ITEMS + 1])
def test_neither_nothing_nor_everything_is_asked_at_once(cast: Cast, count: int) -> None:
    items = [EvidenceItem(ern=f"AMN-X-0000-{number:04}") for number in range(count)]
    with pytest.raises(ValidationError, match="Name the items"):
        disposal.ask_disposal(case=cast.case, items=items, authority=ORDER, reason="x", actor=actor_of(cast.lead))


@pytest.mark.parametrize("form", list(Form))
def test_the_door_stays_shut_and_sounds_no_alarm(cast: Cast, item: EvidenceItem, form: Form) -> None:
    disposed(cast, [item])
    with pytest.raises(AccessRefused) as refused:
        access.open_one(asker(cast, cast.lead), item, form)
    assert refused.value.reason == "disposed"
    assert not Entry.objects.filter(outcome="failed").exists()


def test_verifying_it_now_is_refused_and_no_alarm(cast: Cast, item: EvidenceItem) -> None:
    disposed(cast, [item])
    with pytest.raises(AccessRefused) as refused:
        access.verify_original(asker(cast, cast.lead), item)
    assert refused.value.reason == "disposed"


def test_the_same_file_received_again_is_a_new_item(cast: Cast, item: EvidenceItem) -> None:
    disposed(cast, [item])
    items = receive(cast.case, {"one.jpg": CONTENT})
    (again,) = [each for each in items if each.sha256 == item.sha256 and each.pk != item.pk]
    assert (again.duplicate_of, is_stored(again.sha256)) == (None, True)
    assert [finding for finding in inspect(Inspection()).findings if finding.fact == "disposal"] == []


def test_it_is_told_in_words_by_number_and_digest(cast: Cast, item: EvidenceItem) -> None:
    request = approved_disposal(cast, [item])
    told = {line.words: line.digest for line in disposal.tell_disposal(approvals.what_of(request))}
    assert told[item.ern] == item.sha256
