"""The tamper table of releases by two: each row one named act, and what `verify` says of it."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from custody import acts, approvals, disclosures, ledger, notary
from custody.actions import Action
from custody.core.entries import Outcome
from custody.disclosures import DisclosureKind, Release
from custody.models import Approval, ApprovalKind
from custody.verification import Inspection, inspect
from evidence.bundles import Selection
from evidence.models import EvidenceItem
from tests.cast import Cast
from tests.custody.approvals.releases import actor_of
from tests.custody.notary.ledgers import tamper
from tests.custody.releases import released
from tests.evidence.releases.agreed import approved, carry_out, court, fill

Act = Callable[[Cast], None]


@pytest.fixture
def house(cast: Cast, tmp_path: Path, settings: Settings) -> Cast:
    """One release as it should be; before it one of a version that knew of no approvals."""
    settings.AMANA_RELEASE_BY_TWO = True
    fill(cast.case)
    released(cast.case)
    carry_out(cast, approved(cast), tmp_path / "b", cast.lawyer)
    return cast


def bad() -> list[str]:
    notary.ensure_checkpoint()
    return [f"{each.subject}: {each.message}" for each in inspect(Inspection()).findings if each.state == "bad"]


def test_an_honest_house_has_nothing_to_tell(house: Cast) -> None:
    assert bad() == []


def forge(cast: Cast, request: Approval, *, named: str = "", items: tuple[EvidenceItem, ...] = (), **more: Any) -> None:
    """A release past the rules, by code that writes rows, history and entries as the house does."""
    actor, manifest = actor_of(cast.lawyer), hashlib.sha256(uuid.uuid4().bytes).hexdigest()
    with acts.act(actor=actor, purpose="disclosure") as act:
        for item in items:
            act.record(
                Action.ITEM_DOWNLOADED,
                streams=(f"item/{item.pk}", f"case/{cast.case.pk}"),
                subject={"item": str(item.pk), "case": str(cast.case.pk), "sha256": item.sha256, "form": "original"},
                outcome=Outcome.GRANTED,
            )
        approvals.spend(
            act,
            approval=request,
            kind=ApprovalKind.RELEASE,
            subject=approvals.subject_of(request),
            what=approvals.what_of(request),
        )
        told: dict[str, Any] = {"recipient": court(), "approval": request, "account": cast.lawyer, "items": 1, **more}
        row = disclosures.enter(
            act,
            Release(
                case=cast.case,
                kind=DisclosureKind.BUNDLE,
                code=cast.case.code,
                version=disclosures.next_version(cast.case, DisclosureKind.BUNDLE, cast.case.code),
                purpose="disclosure",
                manifest=manifest,
                checkpoint=1,
                act=act.id,
                **told,
            ),
        )
        act.record(
            Action.EXPORT_CREATED,
            streams=(f"case/{cast.case.pk}",),
            subject={
                **disclosures.subject_of(row),
                "tagmanifest": manifest,
                "heads": "00" * 32,
                "approval": named or str(request.pk),
            },
            snapshots=[row],
        )


def of_one(cast: Cast) -> tuple[Approval, EvidenceItem]:
    """A release of the first item, approved; and another item."""
    first, _, other, *_ = EvidenceItem.objects.order_by("ern")
    return approved(cast, selection=Selection("item", (first.ern,))), other


def hand_out_alone_and_say_nothing(cast: Cast) -> None:
    released(cast.case)


def name_another_approval(cast: Cast) -> None:
    other = approved(cast)
    forge(cast, of_one(cast)[0], named=str(other.pk), approval=other)


def let_more_leave(cast: Cast) -> None:
    request, other = of_one(cast)
    forge(cast, request, items=(other,))


def hand_it_to_somebody_else(cast: Cast) -> None:
    forge(cast, of_one(cast)[0], recipient=None, recipient_words="A newspaper")


def put_a_statement_in(cast: Cast) -> None:
    forge(cast, of_one(cast)[0], touches=[("consent", str(uuid.uuid4()))])


def say_in_the_entry_that_there_was_none(cast: Cast) -> None:
    forge(cast, of_one(cast)[0], named=disclosures.NO_APPROVAL)


def take_the_approval_off_the_row(_cast: Cast) -> None:
    tamper("UPDATE custody_disclosure SET approval_id = NULL WHERE approval_id IS NOT NULL")


TAMPERINGS: dict[str, tuple[Act, str]] = {
    "handed out alone, in silence": (hand_out_alone_and_say_nothing, "export.created was done in an act that used no"),
    "another approval named": (name_another_approval, "which was not used in its act"),
    "more left": (let_more_leave, "1 items left that were not approved"),
    "another recipient": (hand_it_to_somebody_else, "recipient, words for the recipient differs"),
    "a statement put in": (put_a_statement_in, "it holds or rests on what was not approved"),
    "an entry that says none": (say_in_the_entry_that_there_was_none, "approval differs"),
    "the row without it": (take_the_approval_off_the_row, "approval differs"),
}


@pytest.mark.parametrize(("act", "words"), TAMPERINGS.values(), ids=TAMPERINGS.keys())
def test_it_is_found(house: Cast, act: Act, words: str) -> None:
    act(house)
    assert any(words in each for each in bad()), bad()


def test_a_ledger_of_an_earlier_version_still_verifies(cast: Cast) -> None:
    released(cast.case)
    released(cast.case)
    assert bad() == []
    assert ledger.count(Action.EXPORT_CREATED) == 2
