"""Putting the content of a dossier together from the records, frozen as of one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from django.conf import settings
from django.utils import translation

from custody import clock, registrar
from custody.core.checkpoints import Checkpoint
from custody.installation import verifier_key
from custody.models import Case
from custody.wording import words_of_action, words_of_purpose
from evidence import timeline
from evidence.models import EvidenceItem, Examination, ItemDescription, Receipt
from evidence.timeline import Told
from testimony.core import dossier as tree
from testimony.gathering import Fetched
from testimony.models import Consent, Statement, Victim
from testimony.statements import Opened

_MOST_CLAIMS: Final = 4


def cover(case: Case, victim: Victim, *, code: str, version: int, purpose: str) -> tree.Cover:
    """The first page, as of now."""
    return tree.Cover(
        dossier=code,
        version=version,
        marking=case.marking,
        purpose=purpose,
        case_code=case.code,
        case_title=tree.Name(case.title_ar, case.title_en),
        victim_code=victim.code,
        victim_name=tree.Name(victim.name_ar, victim.name_latin),
        submitted_by=tree.Name("", ""),
        as_of=clock.stamp(clock.now()),
        software=tree.Software("Amana", settings.AMANA_VERSION, settings.AMANA_COMMIT),
    )


def exhibits(items: Sequence[EvidenceItem], fetched: Mapping[str, Fetched]) -> tuple[tree.Exhibit, ...]:
    """One exhibit for each item that is not withheld, marked P-1, P-2 ... in the given order."""
    shown = [item for item in items if not fetched[str(item.pk)].withheld]
    with translation.override("en"):  # the tree is one for all readers, whoever builds it
        return tuple(_exhibit(f"P-{place}", item, fetched[str(item.pk)]) for place, item in enumerate(shown, start=1))


def _exhibit(mark: str, item: EvidenceItem, fetched: Fetched) -> tree.Exhibit:
    found = item.examinations.order_by("-examined_at").first()
    about = ItemDescription.objects.filter(item=item).first()
    receipt = Receipt.objects.filter(item=item).first()
    seen = timeline.sights(item, at_most=0)
    source = item.collection.source
    return tree.Exhibit(
        mark=mark,
        ern=item.ern,
        item=str(item.pk),
        sha256=item.sha256,
        sha512=item.sha512,
        size=item.size,
        media_type=found.media_type if found else "",
        title=tree.Name(about.title_ar, about.title_en) if about else tree.Name("", ""),
        caption=about.caption if about else "",
        received=clock.stamp(item.received_at),
        source=source.code if source else item.collection.code,
        receipt_sha256=receipt.record_sha256 if receipt else "",
        picture=fetched.picture,
        why_not=fetched.why_not,
        claims=tuple(_claims(found)),
        custody=tuple(_custody(item, found)),
        seen_times=seen.times,
        seen_people=seen.people,
    )


def _claims(found: Examination | None) -> Iterator[tree.Claim]:
    """The few claims that a court asks for first; all of them stand in the examination record."""
    if found is None:
        return
    said = {name: str(value) for name, value in found.claims.items()}
    if taken := said.get("capture.time") or said.get("exif.DateTimeOriginal") or said.get("exif.DateTime"):
        yield tree.Claim("taken", taken)
    device = " ".join(part for part in (said.get("exif.Make"), said.get("exif.Model")) if part)
    if device:
        yield tree.Claim("device", device)
    if software := said.get("exif.Software"):
        yield tree.Claim("software", software)
    if {"gps.latitude", "gps.longitude"} <= set(said):
        yield tree.Claim("position", f"{said['gps.latitude']} {said['gps.longitude']}")


def _custody(item: EvidenceItem, found: Examination | None) -> Iterator[tree.CustodyEvent]:
    taken = next((claim.value for claim in _claims(found) if claim.name == "taken"), "")
    if taken:
        yield tree.CustodyEvent(
            tree.LineKind.CLAIM,
            f"{taken[:16].replace('T', ' ')} claimed",
            "Photograph made",
            "not known",
            "file data",
            None,
            "",
        )
    for told in timeline.told_custody(item):
        yield from _told(told)
    for recorded in timeline.recorded_custody(item):
        failed = "" if recorded.outcome.value == "done" else f" ({recorded.outcome.value})"
        yield tree.CustodyEvent(
            tree.LineKind.EVENT,
            clock.stamp(recorded.time),
            f"{words_of_action(recorded.action)}{failed}",
            recorded.who or recorded.role,
            words_of_purpose(recorded.purpose),
            recorded.seq,
            recorded.leaf,
        )


def _told(told: Told) -> Iterator[tree.CustodyEvent]:
    stretch = told.stretch
    span = f"{stretch.since or 'not known'} to {stretch.until or 'not known'}"
    what = "; ".join(part for part in (stretch.how, stretch.medium, stretch.place) if part) or "Held"
    yield tree.CustodyEvent(tree.LineKind.CLAIM, span, what, stretch.holder.code, "as told", None, "")
    if told.gap_after:
        yield tree.CustodyEvent(
            tree.LineKind.GAP,
            f"from {stretch.until}" if stretch.until else "not known",
            "No record of who held it",
            "not known",
            "",
            None,
            "",
        )


def statement(mark: str, row: Statement, opened: Opened, consent: Consent) -> tree.Statement:
    """One statement with the line of the consent that covers it."""
    return tree.Statement(
        mark=mark,
        code=row.code,
        witness=row.witness.code,
        relation=row.witness.role,
        kind=row.kind,
        language=row.language,
        taken_on=row.taken_on.isoformat(),
        sha256=opened.sha256,
        consent=tree.ConsentLine(consent.code, consent.scope, consent.given_on.isoformat()),
        paragraphs=tuple(
            tree.StatementParagraph(number, paragraph.text, paragraph.translation, paragraph.basis)
            for number, paragraph in enumerate(opened.paragraphs, start=1)
        ),
    )


def verification(checkpoint: Checkpoint) -> tree.Verification:
    """What a stranger needs, out of the checkpoint that covers everything shown."""
    return tree.Verification(
        origin=checkpoint.origin,
        entries=checkpoint.size,
        root=checkpoint.root.hex(),
        ledger_key=verifier_key().encode(),
        certificate_sha256=hashlib.sha256(registrar.connect().certificate_der()).hexdigest(),
    )
