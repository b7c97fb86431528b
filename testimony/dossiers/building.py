"""Building a version: consent first, then the door, the content frozen, the pages, the signature, and only then kept.

What it does not do: nothing leaves the house by being built. That takes a second person (`testimony.dossiers.release`).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from custody import acts, clock, notary
from custody.actions import Action
from custody.anchoring import enclosing
from custody.anchoring.watch import Anchored
from custody.core.entries import Outcome
from evidence.access import Asker
from evidence.models import EvidenceItem
from testimony import assembly
from testimony.core import dossier as tree
from testimony.core.consent import Decision, Disclosure
from testimony.core.declarations import Jurisdiction
from testimony.dossiers import keeping, plans
from testimony.dossiers.keeping import Plain, VersionKey
from testimony.dossiers.progress import Progress, silent
from testimony.dossiers.readiness import Readiness, not_for, readiness
from testimony.dossiers.refusing import refuse, streams_of
from testimony.dossiers.signing import Signed, sign_volume
from testimony.gate import permit_on
from testimony.gathering import Fetched, Tray, tray
from testimony.models import (
    BuildStep,
    Consent,
    Dossier,
    DossierFile,
    DossierFileKind,
    DossierPart,
    DossierPlan,
    Statement,
)
from testimony.rendering import Rendered, render
from testimony.statements import Opened, open_statement

__all__ = ["Built", "build", "preview"]

_MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Built:
    """A version that was built and recorded, and who outside vouched for the checkpoint over its entry."""

    version: Dossier
    withheld: tuple[tree.Withheld, ...]
    anchored: Anchored


@dataclass(frozen=True, kw_only=True)
class _Made:
    """The files of a version as they lie in the tray."""

    content: tree.Dossier
    plain: tuple[Plain, ...]
    unsigned: str
    size: int
    pages: int


class _ConsentChangedError(Exception):
    """Somebody took a consent back while the pages were being set."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("a consent changed")
        self.reasons = tuple(reasons)


def build(*, plan: DossierPlan, asker: Asker, progress: Progress = silent) -> Built:
    """Build the next version of a plan, sign it, and keep it sealed to all whose words it holds.

    Raises ConsentError, recorded, for whoever may not build it, while a witness has to be asked first, and when no
    statement may go in; MissingGlyphError and PictureError when something cannot be shown.
    """
    ready = _demand(plan, asker)
    with tray() as waiting:
        key = VersionKey(uuid.uuid4())
        content = _freeze(waiting, ready, asker, progress)
        made = _make(waiting, content, key, plan, asker, progress)
        try:
            version = _keep(made, key, ready, asker, progress)
        except _ConsentChangedError as change:
            raise refuse(plan, asker, change.reasons) from change
    anchored = enclosing.vouch_now(notary.ensure_checkpoint().size)
    return Built(version, content.protection.withheld, anchored)


def preview(*, plan: DossierPlan, asker: Asker, to: BinaryIO, progress: Progress = silent) -> tree.Dossier:
    """Set the pages as they would be now, marked as a preview, into a stream; nothing is signed or kept.

    Everything that is opened for it is on record. Raises what `build` raises.
    """
    ready = _demand(plan, asker)
    with tray() as waiting:
        content = _freeze(waiting, ready, asker, progress)
        render(content, waiting.open, lambda _: to, preview=True)
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        subject = {"dossier": str(plan.pk), "case": str(plan.case_id), "content": tree.content_sha256(content)}
        act.record(Action.DOSSIER_PREVIEWED, streams=streams_of(plan, asker), subject=subject, outcome=Outcome.GRANTED)
    return content


def _demand(plan: DossierPlan, asker: Asker) -> Readiness:
    """What goes in. Raises ConsentError, recorded."""
    reasons = not_for(asker)
    if reasons:
        raise refuse(plan, asker, reasons)
    ready = readiness(plan, asker)
    if ready.reasons:
        raise refuse(plan, asker, ready.reasons)
    return ready


def _freeze(waiting: Tray, ready: Readiness, asker: Asker, progress: Progress) -> tree.Dossier:
    """Fetch and open everything, and put the content together as of the checkpoint that covers those openings."""
    fetched = _fetch(waiting, asker, ready, progress)
    going = []
    for place, (row, decision) in enumerate(ready.allowed, start=1):
        going.append((row, decision, _open(row, decision, asker)))
        progress(BuildStep.STATEMENTS, place, len(ready.allowed), 0)
    checkpoint = notary.ensure_checkpoint()
    plan = ready.plan
    last = Dossier.objects.filter(case=plan.case, code=plan.code).order_by("-version").first()
    return assembly.assemble(
        assembly.Chosen(
            case=plan.case,
            code=plan.code,
            version=last.version + 1 if last else 1,
            supersedes=last.version if last else 0,
            edition=tree.Edition(plan.edition),
            pictures=tree.PictureForm(plan.pictures),
            redacted=plan.redacted,
            disclosure=Disclosure(plan.disclosure),
            purpose=asker.purpose_code or "",
            law=Jurisdiction(plan.law),
            recipient=plan.recipient,
            scope=ready.use,
            to=ready.addressee,
            victims=plans.victims_in(plan),
            items=ready.pictures,
            fetched=fetched,
            going=going,
            staying=ready.withheld,
            left_out=ready.left_out,
            remarks=_said(plan.remarks_en, plan.remarks_ar),
            contested=_said(plan.contested_en, plan.contested_ar),
            checkpoint=checkpoint,
            as_of=clock.now(),
        )
    )


def _said(english: str, arabic: str) -> tuple[tree.Said, ...]:
    return (tree.Said(english.strip(), arabic.strip()),) if english.strip() or arabic.strip() else ()


def _fetch(waiting: Tray, asker: Asker, ready: Readiness, progress: Progress) -> dict[str, Fetched]:
    fetched: dict[str, Fetched] = {}
    size = 0
    full = ready.plan.pictures == tree.PictureForm.ORIGINALS
    for place, item in enumerate(ready.pictures, start=1):
        why = ready.kept.get(item.pk)
        found = Fetched.kept_back(why) if why else _fetch_one(waiting, asker, item, full, ready.plan.redacted)
        fetched[str(item.pk)] = found
        size += found.picture.size if found.picture else 0
        progress(BuildStep.PICTURES, place, len(ready.pictures), size)
    return fetched


def _fetch_one(waiting: Tray, asker: Asker, item: EvidenceItem, full: bool, redacted: bool) -> Fetched:
    return waiting.fetch(asker, item, full_size=full, redacted=redacted)


def _open(row: Statement, decision: Decision, asker: Asker) -> Opened:
    permit = permit_on(row.witness, decision)
    return open_statement(statement=row, permit=permit, actor=asker.actor, purpose=asker.purpose_code or "")


def _make(
    waiting: Tray, content: tree.Dossier, key: VersionKey, plan: DossierPlan, asker: Asker, progress: Progress
) -> _Made:
    """The content as data, and each volume set and signed."""
    data = waiting.folder / "content.json"
    data.write_bytes(tree.dumps(content))
    rendered = _set_pages(waiting, content, plan, progress)
    name = f"{plan.case.code}-{plan.code}-{content.cover.version}"
    plain = [Plain(path=data, kind=DossierFileKind.CONTENT, volume=0, name=f"{name}.json")]
    for place, volume in enumerate(rendered.volumes, start=1):
        progress(BuildStep.SIGNING, place, len(rendered.volumes), volume.size)
        signed = sign_volume(_drawn(waiting, volume.number), document=key.dossier, plan=plan, asker=asker)
        suffix = f"-{volume.number}" if len(rendered.volumes) > 1 else ""
        plain.append(_plain(signed, volume.number, f"{name}{suffix}.pdf", volume.pages))
    unsigned = hashlib.sha256("\n".join(each.sha256 for each in rendered.volumes).encode()).hexdigest()
    return _Made(
        content=content,
        plain=tuple(plain),
        unsigned=unsigned,
        size=sum(each.path.stat().st_size for each in plain[1:]),
        pages=sum(each.pages for each in rendered.volumes),
    )


def _plain(signed: Signed, volume: int, name: str, pages: int) -> Plain:
    return Plain(
        path=signed.path, kind=DossierFileKind.SIGNED, volume=volume, name=name, pages=pages, level=signed.level
    )


def _drawn(waiting: Tray, volume: int) -> Path:
    return waiting.folder / f"volume-{volume}.pdf"


def _set_pages(waiting: Tray, content: tree.Dossier, plan: DossierPlan, progress: Progress) -> Rendered:
    streams: list[BinaryIO] = []

    def volume(number: int) -> BinaryIO:
        progress(BuildStep.PAGES, number, number, 0)
        streams.append(_drawn(waiting, number).open("wb"))
        return streams[-1]

    try:
        return render(content, waiting.open, volume, limit=plan.volume_megabytes * _MEGABYTE)
    finally:
        for stream in streams:
            stream.close()


def _keep(made: _Made, key: VersionKey, ready: Readiness, asker: Asker, progress: Progress) -> Dossier:
    """Seal the files, and commit rows and entry. A race for one version is lost by whoever comes second."""
    shown = {statement.code for statement in made.content.statements}
    going = [(row, decision) for row, decision in ready.allowed if row.code in shown]
    shares = keeping.shares_of(key, [row.witness for row, _ in going], actor=asker.actor)
    with keeping.shelf(key) as shelf:
        files = []
        for place, plain in enumerate(made.plain, start=1):
            files.append(shelf.put(plain))
            progress(BuildStep.KEEPING, place, len(made.plain), plain.path.stat().st_size)
        version = _version(made, key, ready, asker, files)
        with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
            _check_again(ready, shown, asker)
            version.full_clean()
            version.save(force_insert=True)
            for file in files:
                file.save(force_insert=True)
            keeping.keep_shares(version, shares)
            DossierPart.objects.bulk_create(_parts(version, ready, made.content, going))
            act.record(
                Action.DOSSIER_BUILT,
                streams=(f"dossier/{version.pk}", *streams_of(ready.plan, asker))[:4],
                subject=_subject(version, files),
            )
        shelf.keep()
    return version


def _check_again(ready: Readiness, shown: set[str], asker: Asker) -> None:
    """Raise _ConsentChangedError unless everything that is shown may still go in, read inside the act."""
    now = readiness(ready.plan, asker)
    if not shown <= {row.code for row, _ in now.allowed}:
        reasons = [why.value for _, decision in now.withheld for why in decision.reasons]
        raise _ConsentChangedError(tuple(dict.fromkeys(reasons)))
    if set(now.kept) - set(ready.kept):
        raise _ConsentChangedError(tuple(dict.fromkeys(now.kept.values())))


def _version(made: _Made, key: VersionKey, ready: Readiness, asker: Asker, files: Sequence[DossierFile]) -> Dossier:
    content, plan = made.content, ready.plan
    volumes = [file for file in files if file.kind == DossierFileKind.SIGNED]
    return Dossier(
        id=key.dossier,
        case=plan.case,
        plan=plan,
        code=content.cover.dossier,
        version=content.cover.version,
        edition=plan.edition,
        redacted=plan.redacted,
        recipient=plan.recipient,
        sha256=volumes[0].sha256,
        unsigned_sha256=made.unsigned,
        size=made.size,
        pages=made.pages,
        volumes=len(volumes),
        level=volumes[0].level,
        content_sha256=tree.content_sha256(content),
        exhibits=len(content.exhibits),
        statements=len(content.statements),
        withheld=len(content.protection.withheld),
        entries=content.verification.entries,
        purpose=content.cover.purpose,
        built=clock.now(),
        built_by=asker.account,
    )


def _subject(version: Dossier, files: Sequence[DossierFile]) -> Mapping[str, str]:
    return {
        "dossier": str(version.pk),
        "case": str(version.case_id),
        "sha256": version.sha256,
        "content": version.content_sha256,
        "unsigned": version.unsigned_sha256,
        "entries": str(version.entries),
        "files": keeping.files_digest(files),
    }


def _parts(
    version: Dossier, ready: Readiness, content: tree.Dossier, going: Sequence[tuple[Statement, Decision]]
) -> list[DossierPart]:
    numbers = {exhibit.ern for exhibit in content.exhibits}
    parts = {("victim", victim.pk) for victim in plans.victims_in(ready.plan)}
    parts |= {("item", item.pk) for item in ready.pictures if item.ern in numbers}
    parts |= {("statement", row.pk) for row, _ in going}
    for row, decision in going:
        given = Consent.objects.filter(case=row.case, witness=row.witness, code__in=decision.codes)
        parts |= {("consent", consent.pk) for consent in given}
    return [DossierPart(dossier=version, kind=kind, subject=key) for kind, key in sorted(parts, key=str)]
