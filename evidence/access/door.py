"""The three ways through the door: one object, the pictures of a page, and reading an original back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from custody import ledger
from custody.actions import Action
from custody.core.entries import Outcome
from custody.ledger import Draft
from evidence import tombstones
from evidence.access import grants, objects, policies
from evidence.access.asking import Asker, Form
from evidence.access.objects import Stored
from evidence.access.refusing import AccessRefused, Refusal, refuse, streams_of, subject_of
from evidence.access.sending import Opened
from evidence.access.sheets import Picture, Sheet
from evidence.admissions import items_in
from evidence.models import EvidenceItem


def _granted(asker: Asker, item: EvidenceItem, form: Form, stored: Stored, *, act: str) -> Draft:
    return Draft(
        action=form.action,
        actor=asker.actor,
        streams=streams_of(asker, item),
        subject=subject_of(asker, item, form, sha256=stored.sha256),
        outcome=Outcome.GRANTED,
        purpose=asker.purpose_code,
        act=act,
    )


def _authorise(asker: Asker, item: EvidenceItem, form: Form) -> None:
    """Raise AccessRefused, recorded, unless membership, purpose, case and every policy allow it."""
    if not asker.is_member:
        raise refuse(asker, item, form, Refusal.NOT_A_MEMBER)
    if asker.purpose is None:
        raise refuse(asker, item, form, Refusal.NO_PURPOSE)
    if not items_in(asker.case).filter(pk=item.pk).exists():
        raise refuse(asker, item, form, Refusal.NOT_IN_CASE)
    reasons = policies.withheld(policies.Question(asker=asker, items=(item,), form=form))
    if reasons:
        raise refuse(asker, item, form, reasons[item.pk])


def open_one(asker: Asker, item: EvidenceItem, form: Form) -> Opened:
    """Open one object. When this returns, its `granted` entry is committed; the caller sends it and closes it.

    Raises AccessRefused, recorded. Never call it inside a transaction: the entry would not be committed before
    the bytes go.
    """
    _authorise(asker, item, form)
    stored = objects.find_object(asker.case, item, form)
    if stored is None:
        raise refuse(asker, item, form, Refusal.NOT_MADE)
    act = str(uuid.uuid4())
    opened = objects.open_checked(asker, item, form, stored, act=act)
    try:
        with transaction.atomic(durable=True):
            ledger.append(_granted(asker, item, form, stored, act=act))
    except BaseException:
        opened.abandon()
        raise
    return opened


def open_here(asker: Asker, item: EvidenceItem) -> Opened:
    """Open an original for work that is done in this house, such as making a picture from it. The bytes stay here.

    The caller records what it made, as the last statement of its transaction. Raises AccessRefused, recorded.
    """
    _authorise(asker, item, Form.ORIGINAL)
    stored = Stored(item.sha256, item.size, objects.UNKNOWN_TYPE)
    return objects.open_checked(asker, item, Form.ORIGINAL, stored, act="")


def open_sheet(asker: Asker, items: Sequence[EvidenceItem], form: Form, *, whole_page: bool = True) -> Sheet:
    """Grant the pictures of one page: one act, an entry for each picture shown and, for a `whole_page`, one for it.

    Nobody asked for each withheld picture by itself, so those get a reason and no entry. Without a purpose no
    picture is granted. Raises AccessRefused, recorded, for whoever is no member.
    """
    if not asker.is_member:
        raise refuse(asker, None, form, Refusal.NOT_A_MEMBER)
    act = str(uuid.uuid4())
    reasons = _reasons(asker, items, form)
    stored = objects.find_objects(asker.case, [item for item in items if item.pk not in reasons], form)
    shown = [item for item in items if item.pk in stored and _sound(asker, item, form, stored[item.pk], reasons)]
    drafts = [_granted(asker, item, form, stored[item.pk], act=act) for item in shown]
    if whole_page:
        drafts.insert(0, _page_viewed(asker, act, count=len(shown)))
    with transaction.atomic(durable=True):
        ledger.append_many(drafts)
    pictures = {item.pk: _picture(asker, item, form, stored[item.pk], act) for item in shown}
    for item in items:
        pictures.setdefault(item.pk, Picture(item.pk, reason=reasons.get(item.pk, Refusal.NOT_MADE)))
    return Sheet(act=act, pictures=pictures)


def _reasons(asker: Asker, items: Sequence[EvidenceItem], form: Form) -> dict[uuid.UUID, str]:
    if asker.purpose is None:
        return {item.pk: Refusal.NO_PURPOSE.value for item in items}
    held = set(items_in(asker.case).filter(pk__in=[item.pk for item in items]).values_list("pk", flat=True))
    reasons = {item.pk: Refusal.NOT_IN_CASE.value for item in items if item.pk not in held}
    return policies.withheld(policies.Question(asker=asker, items=tuple(items), form=form)) | reasons


def _sound(asker: Asker, item: EvidenceItem, form: Form, stored: Stored, reasons: dict[uuid.UUID, str]) -> bool:
    """Whether the stored picture is the one on record; the alarm is sounded otherwise."""
    try:
        objects.open_checked(asker, item, form, stored, act="").abandon()
    except AccessRefused as refusal:
        reasons[item.pk] = refusal.reason
        return False
    return True


def _page_viewed(asker: Asker, act: str, *, count: int) -> Draft:
    return Draft(
        action=Action.CASE_VIEWED,
        actor=asker.actor,
        streams=streams_of(asker, None),
        subject={"case": str(asker.case.pk), "pictures": str(count)},
        outcome=Outcome.GRANTED,
        purpose=asker.purpose_code,
        act=act,
    )


def _picture(asker: Asker, item: EvidenceItem, form: Form, stored: Stored, act: str) -> Picture:
    grant = grants.sign(asker, item=str(item.pk), form=form, sha256=stored.sha256, act=act)
    return Picture(item.pk, grant=grant, width=stored.width, height=stored.height)


def verify_original(asker: Asker, item: EvidenceItem) -> None:
    """Read the original back in full, compare, and record that it is the same. The bytes stay here.

    Raises AccessRefused, after an alarm entry, when they differ.
    """
    if not asker.is_member:
        raise refuse(asker, item, Form.ORIGINAL, Refusal.NOT_A_MEMBER)
    if not items_in(asker.case).filter(pk=item.pk).exists():
        raise refuse(asker, item, Form.ORIGINAL, Refusal.NOT_IN_CASE)
    if tombstones.disposed_among([item.pk]):
        raise refuse(asker, item, Form.ORIGINAL, Refusal.DISPOSED)
    stored = Stored(item.sha256, item.size, objects.UNKNOWN_TYPE)
    objects.open_checked(asker, item, Form.ORIGINAL, stored, act="").abandon()
    with transaction.atomic(durable=True):
        ledger.append(
            Draft(
                action=Action.ITEM_VERIFIED,
                actor=asker.actor,
                streams=streams_of(asker, item),
                subject=subject_of(asker, item, Form.ORIGINAL, sha256=item.sha256),
                outcome=Outcome.DONE,
                purpose=asker.purpose_code,
            )
        )
