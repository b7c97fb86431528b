"""Exhibits: what is known and claimed of each item, and who held it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final
from uuid import UUID

from django.utils.translation import gettext, gettext_noop

from custody import clock
from custody.core.entries import Outcome
from custody.wording import OUTCOMES, words_of_action, words_of_purpose
from evidence import timeline
from evidence.admissions import items_in
from evidence.models import Collection, CoverReason, EvidenceItem, Examination, ItemDescription, Receipt
from evidence.schedules import schedules
from evidence.timeline import Recorded, Told
from testimony.assembly.chosen import Chosen
from testimony.assembly.sayings import NOTHING, said, typed
from testimony.core import dossier as tree
from testimony.models import VictimPicture

# What a redacted edition does not repeat: where a camera was, and whose it may be.
_REVEALING: Final = frozenset({"device", "position"})


class _Records:
    """What the records say of all items that are shown, read once for all of them."""

    def __init__(self, chosen: Chosen) -> None:
        keys = [item.pk for item in chosen.shown]
        self.examined: dict[UUID, Examination] = {}
        for found in Examination.objects.filter(item__in=keys).order_by("examined_at").defer("record", "signature"):
            self.examined[found.item_id] = found
        self.described = {one.item_id: one for one in ItemDescription.objects.filter(item__in=keys)}
        self.receipts = {one.item_id: one for one in Receipt.objects.filter(item__in=keys)}
        self.concerned = _concerned(chosen)
        self.schedules = schedules(chosen.shown, before=chosen.checkpoint.size)
        collections = {item.collection_id: item.collection for item in chosen.shown}
        self.told = {key: tuple(_prior(chosen, one)) for key, one in collections.items()}
        self.same: dict[str, list[str]] = defaultdict(list)
        twins = items_in(chosen.case).filter(sha256__in=[item.sha256 for item in chosen.shown])
        for sha256, ern in twins.order_by("ern").values_list("sha256", "ern"):
            self.same[sha256].append(ern)


def _concerned(chosen: Chosen) -> Mapping[UUID, list[str]]:
    codes = {victim.pk: victim.code for victim in chosen.victims}
    found: dict[UUID, list[str]] = defaultdict(list)
    links = VictimPicture.objects.filter(victim__in=codes, item__in=[item.pk for item in chosen.shown], ended=None)
    for victim, item in links.order_by("victim__code").values_list("victim", "item"):
        found[item].append(codes[victim])
    return found


def exhibits(chosen: Chosen) -> tuple[tree.Exhibit, ...]:
    """One exhibit for each item that is not withheld, in the given order."""
    records = _Records(chosen)
    return tuple(_exhibit(chosen, records, item) for item in chosen.shown)


def _exhibit(chosen: Chosen, records: _Records, item: EvidenceItem) -> tree.Exhibit:
    found, about = records.examined.get(item.pk), records.described.get(item.pk)
    fetched = chosen.fetched[str(item.pk)]
    receipt = records.receipts.get(item.pk)
    schedule = records.schedules[item.pk]
    source = item.collection.source
    return tree.Exhibit(
        mark=chosen.marks[str(item.pk)],
        ern=item.ern,
        item=str(item.pk),
        sha256=item.sha256,
        sha512=item.sha512,
        size=item.size,
        media_type=found.media_type if found else "",
        title=_title(chosen, about),
        caption="" if chosen.redacted or about is None else about.caption,
        received=clock.stamp(item.received_at),
        source=source.code if source else item.collection.code,
        collection=item.collection.code,
        receipt_sha256=receipt.record_sha256 if receipt else "",
        concerned=tuple(records.concerned.get(item.pk, ())),
        same_bytes=tuple(ern for ern in records.same[item.sha256] if ern != item.ern),
        picture=fetched.picture,
        why_not=tree.Said(fetched.why_not, ""),
        treatment=tree.Said(fetched.why_copy, ""),
        redaction=fetched.redaction,
        redacted=tuple(said(partial(_covered, reason)) for reason in fetched.redacted),
        claims=tuple(claim for claim in claims(found) if not (chosen.redacted and claim.name in _REVEALING)),
        custody=(*_claimed(found), *records.told[item.collection_id], *map(_recorded, schedule.recorded)),
        seen_times=schedule.times,
        seen_people=schedule.people,
    )


def _covered(reason: str) -> str:
    return str(CoverReason(reason).label)


def _title(chosen: Chosen, about: ItemDescription | None) -> tree.Name:
    """Free text of people: in a redacted edition nobody has looked through it, so it stays out."""
    return tree.Name("", "") if chosen.redacted or about is None else tree.Name(about.title_ar, about.title_en)


def claims(found: Examination | None) -> Iterator[tree.Claim]:
    """The few claims that a court asks for first; all of them stand in the examination record."""
    if found is None:
        return
    told = {name: str(value) for name, value in found.claims.items()}
    if taken := told.get("capture.time") or told.get("exif.DateTimeOriginal") or told.get("exif.DateTime"):
        yield tree.Claim("taken", taken)
    device = " ".join(part for part in (told.get("exif.Make"), told.get("exif.Model")) if part)
    if device:
        yield tree.Claim("device", device)
    if software := told.get("exif.Software"):
        yield tree.Claim("software", software)
    if {"gps.latitude", "gps.longitude"} <= set(told):
        yield tree.Claim("position", f"{told['gps.latitude']} {told['gps.longitude']}")


def taken(found: Examination | None) -> str:
    """When the file claims to have been made, as it claims it; empty where it claims nothing."""
    return next((claim.value for claim in claims(found) if claim.name == "taken"), "")


def _claimed(found: Examination | None) -> Iterator[tree.CustodyEvent]:
    moment = taken(found)
    if moment:
        yield tree.CustodyEvent(
            kind=tree.LineKind.CLAIM,
            time=moment[:16].replace("T", " "),
            until="",
            what=said(lambda: gettext("Photograph made")),
            who="",
            authority=said(lambda: gettext("file data")),
            entry=None,
            digest="",
        )


def _prior(chosen: Chosen, collection: Collection) -> Iterator[tree.CustodyEvent]:
    """What was told of the time before receipt; that nothing was told is a gap like any other."""
    stretches = timeline.told_of(collection)
    if not stretches:
        yield _gap("", gettext_noop("Nothing is recorded of who held it before."))
    for told in stretches:
        yield from _told(chosen, told)


def _recorded(recorded: Recorded) -> tree.CustodyEvent:
    handed = recorded.sides is not None
    return tree.CustodyEvent(
        kind=tree.LineKind.HANDOVER if handed else tree.LineKind.EVENT,
        time=clock.stamp(recorded.time),
        until="",
        what=said(partial(_words_of, recorded)),
        who=recorded.role,
        authority=said(lambda: words_of_purpose(recorded.purpose)) if recorded.purpose else NOTHING,
        entry=recorded.seq,
        digest=recorded.leaf,
    )


def _words_of(recorded: Recorded) -> str:
    words = words_of_action(recorded.action)
    return words if recorded.outcome is Outcome.DONE else f"{words} ({OUTCOMES[recorded.outcome]})"


def _told(chosen: Chosen, told: Told) -> Iterator[tree.CustodyEvent]:
    stretch = told.stretch
    words = "" if chosen.redacted else "; ".join(part for part in (stretch.how, stretch.medium, stretch.place) if part)
    yield tree.CustodyEvent(
        kind=tree.LineKind.CLAIM,
        time=str(stretch.since or ""),
        until=str(stretch.until or ""),
        what=typed(words) if words else said(lambda: gettext("Held")),
        who=stretch.holder.code,
        authority=said(lambda: gettext("as told")),
        entry=None,
        digest="",
    )
    if told.gap_after:
        yield _gap(str(stretch.until or ""), gettext_noop("No record of who held it"))


def _gap(since: str, words: str) -> tree.CustodyEvent:
    return tree.CustodyEvent(
        kind=tree.LineKind.GAP,
        time=since,
        until="",
        what=said(partial(gettext, words)),
        who="",
        authority=NOTHING,
        entry=None,
        digest="",
    )
