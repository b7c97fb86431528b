"""Handing many originals over at once: one act, an entry for each item, all committed before the first byte."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from custody import ledger
from custody.core.entries import Outcome
from custody.ledger import Draft
from evidence.access import objects, policies
from evidence.access.asking import Asker, Form
from evidence.access.refusing import AccessRefused, Refusal, refuse, streams_of, subject_of
from evidence.access.sending import Opened
from evidence.admissions import items_in
from evidence.models import EvidenceItem

_AT_ONCE = 500


@dataclass
class Export:
    """What may leave, and what stays with its reason code, both by item id."""

    act: str
    granted: set[UUID] = field(default_factory=set)
    withheld: dict[UUID, str] = field(default_factory=dict)


def grant_export(asker: Asker, *, act: str, only: Collection[UUID] | None = None) -> Export:
    """Grant every item of the case (of those ``only``) that no rule withholds, each by an entry, committed at return.

    Privileged items (work product) never go into an export, whoever asks, nor does another item with their bytes.
    Raises AccessRefused, recorded, for whoever is no member or names no purpose.
    """
    _check_asker(asker)
    export = Export(act=act)
    for page, reasons in _decided(asker, only):
        going = [item for item in page if item.pk not in reasons]
        with transaction.atomic(durable=True):
            ledger.append_many([_granted(asker, item, act) for item in going])
        export.withheld |= reasons
        export.granted.update(item.pk for item in going)
    return export


def still_granted(asker: Asker, export: Export, *, only: Collection[UUID] | None = None) -> bool:
    """Whether the rules would grant exactly the same today; nothing is granted or recorded by asking.

    Raises AccessRefused, recorded, as ``grant_export`` does.
    """
    _check_asker(asker)
    going: set[UUID] = set()
    for page, reasons in _decided(asker, only):
        export.withheld |= reasons
        going.update(item.pk for item in page if item.pk not in reasons)
    return going == export.granted


def foresee_export(
    asker: Asker, *, only: Collection[UUID] | None = None
) -> Iterator[tuple[list[EvidenceItem], dict[UUID, str]]]:
    """Page by page what ``grant_export`` would decide today: items, and the reason for each that stays.

    Nothing is granted. Raises AccessRefused, recorded, as ``grant_export`` does.
    """
    _check_asker(asker)
    yield from _decided(asker, only)


def _check_asker(asker: Asker) -> None:
    if not asker.is_member:
        raise refuse(asker, None, Form.ORIGINAL, Refusal.NOT_A_MEMBER)
    if asker.purpose is None:
        raise refuse(asker, None, Form.ORIGINAL, Refusal.NO_PURPOSE)


def _decided(asker: Asker, only: Collection[UUID] | None) -> Iterator[tuple[list[EvidenceItem], dict[UUID, str]]]:
    """Page by page, with the reason for each item that some rule withholds."""
    for whole in _pages(asker):
        page = whole if only is None else [item for item in whole if item.pk in only]
        yield page, policies.kept_back(asker, page)


def open_exported(asker: Asker, item: EvidenceItem, export: Export) -> Opened:
    """Open an original that the export grants. Raises AccessRefused, recorded, for any other."""
    if item.pk not in export.granted:
        raise refuse(asker, item, Form.ORIGINAL, export.withheld.get(item.pk, Refusal.NOT_IN_CASE))
    stored = objects.find_object(asker.case, item, Form.ORIGINAL)
    if stored is None:
        raise AccessRefused(Refusal.BYTES_MISSING)
    return objects.open_checked(asker, item, Form.ORIGINAL, stored, act=export.act)


def _pages(asker: Asker) -> Iterator[list[EvidenceItem]]:
    """Yield the items of the case, some hundreds at a time, each page by a query of its own.

    One query left open while grants are written would keep an old view of the database; SQLite refuses to write from
    there as soon as another process (the notary) has written in between.
    """
    after = ""
    while page := list(items_in(asker.case).filter(ern__gt=after)[:_AT_ONCE]):
        yield page
        after = page[-1].ern


def _granted(asker: Asker, item: EvidenceItem, act: str) -> Draft:
    return Draft(
        action=Form.ORIGINAL.action,
        actor=asker.actor,
        streams=streams_of(asker, item),
        subject=subject_of(asker, item, Form.ORIGINAL, sha256=item.sha256),
        outcome=Outcome.GRANTED,
        purpose=asker.purpose_code,
        act=act,
    )
