"""The tamper table of the disclosure register: each row one named act, and that `verify` tells of it."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest

from custody import clock, disclosures, notary
from custody.actors import for_command
from custody.disclosures import Cause, Receipt
from custody.models import Disclosure
from custody.verification import Inspection, inspect
from custody.verification.disclosures import check_disclosures
from tests.cast import Cast
from tests.custody.notary.ledgers import tamper
from tests.custody.releases import released

ITEM = str(uuid.UUID(int=7))


class _Thing:
    pk = ITEM


@pytest.fixture
def row(cast: Cast) -> Disclosure:
    row = released(cast.case, item=_Thing, authority="Order 7")
    disclosures.record_receipt(row, receipt=Receipt(on=clock.now().date(), sha256="ab" * 32), actor=for_command())
    told = Cause(kind="item", subject=ITEM, reason="item-described-anew", since=clock.now(), label="AMN-1")
    disclosures.tell(row, cause=told, how="By letter", actor=for_command())
    return row


def wrong() -> set[str]:
    inspection = Inspection()
    check_disclosures(inspection)
    return {finding.message for finding in inspection.verdict().findings if finding.state == "bad"}


def test_an_honest_register_holds(row: Disclosure) -> None:
    notary.ensure_checkpoint()
    assert wrong() == set()
    assert not [each for each in inspect(Inspection()).findings if each.state == "bad"]


def setting(columns: str) -> Callable[[], None]:
    return lambda: tamper(f"UPDATE custody_disclosure SET {columns}")  # noqa: S608  our own words


TAMPERINGS: dict[str, tuple[Callable[[], None], str]] = {
    "another manifest": (setting(f"manifest = '{'00' * 32}'"), "manifest differs"),
    "fewer items": (setting("items = 0"), "items differs"),
    "another authority": (setting("authority = 'Order 8'"), "authority differs"),
    "another purpose": (setting("purpose = 'audit'"), "purpose differs"),
    "another act": (setting("made_act = 'other'"), "its act differs"),
    "a receipt taken back": (setting("receipt_on = NULL, receipt_sha256 = ''"), "receipt differs"),
    "another receipt": (setting(f"receipt_sha256 = '{'cd' * 32}'"), "receipt differs"),
    "said to have broken off": (
        setting("receipt_on = NULL, broken_off = released"),
        "receipt, breaking off differs",
    ),
    "said to have been sealed": (setting("sealed = released"), "seal differs"),
    "what it rests on, taken out": (lambda: tamper("DELETE FROM custody_disclosuretouch"), "what it rests on differs"),
    "a notice taken out": (lambda: tamper("DELETE FROM custody_disclosurenotice"), "notices differs"),
}


@pytest.mark.parametrize(("act", "words"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_tampering_with_the_register_is_found(row: Disclosure, act: Callable[[], None], words: str) -> None:
    act()
    (found,) = wrong()
    assert found.endswith(words)


def test_a_release_taken_out_is_found(row: Disclosure) -> None:
    for table in ("touch", "notice", ""):
        tamper(f"DELETE FROM custody_disclosure{table}")  # noqa: S608  our own words
    (found,) = wrong()
    assert found.endswith("its row is gone")


def test_a_release_that_no_entry_tells_of_is_found(row: Disclosure) -> None:
    tamper("UPDATE custody_entry SET action = 'case.viewed' WHERE action = 'export.created'")
    assert "no entry of the ledger says that it was made" in wrong()
