"""The tamper table of disposals and holds: each row one named act, and what `verify` says of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from custody import acts, clock, notary
from custody.actions import Action
from custody.core import canonical
from custody.models import Approval, ApprovalKind
from custody.verification import Inspection, inspect
from evidence import intake
from evidence.models import EvidenceItem, LegalHold, Tombstone
from tests.cast import Cast
from tests.custody.approvals.releases import actor_of
from tests.evidence.disposal.orders import approved_disposal, disposed, hold
from tests.evidence.verification.test_tampering import sql
from tests.exhibits import picture, receive

Act = Callable[[Cast], None]


def gone() -> EvidenceItem:
    return EvidenceItem.objects.get(tombstone__isnull=False)


def standing() -> EvidenceItem:
    return EvidenceItem.objects.filter(tombstone=None).order_by("ern")[0]


def put_the_bytes_back(_cast: Cast) -> None:
    path = intake.store().path(gone().sha256)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(picture(0))
    path.chmod(0o400)


def delete_an_original(_cast: Cast) -> None:
    intake.store().path(standing().sha256).unlink()


def _stone(record: bytes) -> None:
    """A tombstone beside the record, without an entry, to excuse an original that is not there."""
    item, real = standing(), Tombstone.objects.get()
    Tombstone.objects.create(
        item=item,
        approval=real.approval,
        record=record,
        record_sha256=hashlib.sha256(record).hexdigest(),
        disposed=real.disposed,
        signature=real.signature,
        removed=clock.now(),
    )
    intake.store().path(item.sha256).unlink()


def forge_a_tombstone(_cast: Cast) -> None:
    item, value = standing(), canonical.loads(bytes(Tombstone.objects.get().record))
    assert isinstance(value, dict)
    original: dict[str, canonical.JsonValue] = {"bytes": item.size, "sha256": item.sha256, "sha512": item.sha512}
    _stone(canonical.dumps({**value, "item": str(item.pk), "ern": item.ern, "original": original}))


def forge_a_tombstone_of_nothing(_cast: Cast) -> None:
    _stone(b"{}")


def cite_another_authority(_cast: Cast) -> None:
    stone = Tombstone.objects.get()
    record = bytes(stone.record).replace(b"Order 12", b"Order 13")
    sql("UPDATE evidence_tombstone SET record = %s, record_sha256 = %s", record, hashlib.sha256(record).hexdigest())


def alter_the_record(_cast: Cast) -> None:
    sql("UPDATE evidence_tombstone SET record = %s", bytes(Tombstone.objects.get().record).replace(b"12", b"13"))


def bury_without_approval(cast: Cast) -> None:
    """By code that writes entry and row as the house does, on the strength of an approval used before."""
    real, item = Tombstone.objects.get(), standing()
    with acts.act(actor=actor_of(cast.lead)) as act:
        Tombstone.objects.create(
            item=item,
            approval=real.approval,
            record=b"[]",
            record_sha256=hashlib.sha256(b"[]").hexdigest(),
            disposed=clock.now(),
        )
        act.record(
            Action.ITEM_DISPOSED,
            streams=(f"item/{item.pk}",),
            subject={"item": str(item.pk), "record": hashlib.sha256(b"[]").hexdigest()},
        )


def dispose_under_a_hold(cast: Cast) -> None:
    """The row of the hold is dated back to before the disposal."""
    made = hold(cast.case, cast.lead, None)
    sql("UPDATE evidence_legalhold SET placed = %s WHERE id = %s", "2020-01-01 00:00:00+00:00", made.pk.hex)


def lift_in_the_row(cast: Cast) -> None:
    made = hold(cast.case, cast.lead, None)
    sql("UPDATE evidence_legalhold SET lifted = placed, lifted_by_id = placed_by_id WHERE id = %s", made.pk.hex)


def lift_alone(cast: Cast) -> None:
    """By code that writes row, history and entry as the house does, without a second person."""
    made = hold(cast.case, cast.lead, None)
    with acts.act(actor=actor_of(cast.lead)) as act:
        made.lifted, made.lifted_by = clock.now(), cast.lead
        act.save(made)
        act.record(
            Action.HOLD_LIFTED, streams=(f"case/{cast.case.pk}",), subject={"hold": str(made.pk)}, snapshots=[made]
        )


def name_another_approval(cast: Cast) -> None:
    other = approved_disposal(cast, [standing()])
    sql("UPDATE evidence_tombstone SET approval_id = %s", other.pk.hex)


def take_an_item_out(cast: Cast) -> None:
    hold(cast.case, cast.lead, [standing()])
    sql("DELETE FROM evidence_helditem")


TABLE: list[tuple[str, Act, str, str]] = [
    ("put the bytes back", put_the_bytes_back, "disposal", "are in the vault"),
    ("delete an original that nobody disposed of", delete_an_original, "original", "no object"),
    ("forge a tombstone to excuse it", forge_a_tombstone, "signature", "signature does not hold"),
    ("forge one that no entry tells of", forge_a_tombstone, "disposal", "no entry of the ledger"),
    ("forge one of nothing", forge_a_tombstone_of_nothing, "disposal", "can't be read"),
    ("cite another authority", cite_another_authority, "signature", "signature does not hold"),
    ("alter the record alone", alter_the_record, "disposal", "not that of its bytes"),
    ("delete the tombstone", lambda _cast: sql("DELETE FROM evidence_tombstone"), "disposal", "the tombstone is gone"),
    ("delete the tombstone, again", lambda _cast: sql("DELETE FROM evidence_tombstone"), "original", "no object"),
    (
        "remove the signature",
        lambda _cast: sql("UPDATE evidence_tombstone SET signature = NULL, removed = NULL"),
        "disposal",
        "differ on whether its bytes were removed",
    ),
    (
        "date it otherwise",
        lambda _cast: sql("UPDATE evidence_tombstone SET disposed = '2020-01-01 00:00:00+00:00'"),
        "disposal",
        "time differs",
    ),
    ("name another approval", name_another_approval, "disposal", "what was approved"),
    ("bury without an approval", bury_without_approval, "approval", "used no approval"),
    ("dispose of what was held", dispose_under_a_hold, "disposal", "while a legal hold covered it"),
    ("lift a hold in the row", lift_in_the_row, "hold", "no entry of the ledger says that it was lifted"),
    ("lift a hold in the row, again", lift_in_the_row, "history", "changed past the record"),
    ("lift a hold alone", lift_alone, "approval", "used no approval"),
    ("take an item out of a hold", take_an_item_out, "history", "history remains"),
]


@pytest.fixture
def house(cast: Cast) -> Cast:
    """Three originals, one of them disposed of."""
    first, *_others = receive(cast.case, {f"{shade}.jpg": picture(shade) for shade in (0, 1, 2)})
    disposed(cast, [first])
    notary.ensure_checkpoint()
    return cast


def test_an_untouched_disposal_verifies_clean(house: Cast) -> None:
    hold(house.case, house.lead, None)
    verdict = inspect(Inspection())
    assert (verdict.bottom_line, verdict.findings) == ("sound", ())
    assert (verdict.counts["disposals"], verdict.counts["originals"]) == (1, 2)


@pytest.mark.parametrize(("act", "fact", "words"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(house: Cast, act: Act, fact: str, words: str) -> None:
    act(house)
    verdict = inspect(Inspection())
    assert verdict.bottom_line == "unsound"
    told = [(finding.fact, finding.message) for finding in verdict.findings]
    assert any(found == fact and words in message for found, message in told), told


def test_a_used_approval_stays_with_its_kind(house: Cast) -> None:
    assert Approval.objects.get().kind == ApprovalKind.DISPOSAL
    assert not LegalHold.objects.exists()
