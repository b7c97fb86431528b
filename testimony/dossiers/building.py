"""Building a version: consent first, then the door, the content frozen, the pages, the signature, and only then kept.

What it does not do: nothing leaves the house by being built. That takes a second person (`testimony.dossiers.release`).
"""

from __future__ import annotations

import datetime
import hashlib
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from custody import acts, clock, notary
from custody.actions import Action
from custody.anchoring import enclosing
from custody.anchoring.watch import Anchored
from custody.cases import role_in
from custody.core.entries import Outcome
from custody.core.errors import CustodyError
from custody.models import Account
from evidence.access import Asker
from evidence.models import EvidenceItem
from testimony import assembly
from testimony.core import dossier as tree
from testimony.core.consent import Decision, Disclosure
from testimony.core.declarations import Jurisdiction
from testimony.core.errors import DossierError
from testimony.dossiers import due_dates, keeping, plans
from testimony.dossiers.keeping import Plain, VersionKey
from testimony.dossiers.progress import Progress, silent
from testimony.dossiers.readiness import Readiness, not_for, readiness
from testimony.dossiers.refusing import refuse, streams_of
from testimony.dossiers.signing import Signed, sign_volume
from testimony.gate import decision_for, permit_on
from testimony.models import (
    BuildStep,
    Consent,
    Dossier,
    DossierFile,
    DossierFileKind,
    DossierPart,
    DossierPlan,
    Statement,
    Witness,
)
from testimony.pictures.gathering import Fetched, Tray, tray
from testimony.rendering import Rendered, Volume, render
from testimony.statements import Opened, open_statement
from testimony.turns import take_turn

__all__ = ["Built", "build", "preview"]

_MEGABYTE = 1_000_000
_BLOCK = 1 << 20

# Takes the version for whoever asked for it, inside the act that records it.
Claim = Callable[[Dossier], None]


def unclaimed(_version: Dossier) -> None:
    """Nobody waits for it."""


@dataclass(frozen=True)
class Built:
    """A version that was built and recorded, and who outside vouched for the checkpoint over its entry."""

    version: Dossier
    withheld: tuple[tree.Withheld, ...]
    anchored: Anchored


@dataclass(frozen=True)
class _Frozen:
    """The content, and every witness of whom something stands in it, with the decision that it rests on."""

    content: tree.Dossier
    rests_on: tuple[tuple[Witness, Decision], ...]


@dataclass(frozen=True, kw_only=True)
class _Made:
    """The files of a version as they lie in the tray."""

    frozen: _Frozen
    plain: tuple[Plain, ...]
    unsigned: str
    size: int
    pages: int
    due: datetime.datetime


class _ConsentChangedError(Exception):
    """Somebody took a consent back while the pages were being set."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("a consent changed")
        self.reasons = tuple(reasons)


def build(*, plan: DossierPlan, asker: Asker, progress: Progress = silent, claim: Claim = unclaimed) -> Built:
    """Build the next version of a plan, sign it, and keep it sealed to all whose words it holds.

    Raises ConsentError, recorded, for whoever may not build it, while a witness has to be asked first, and when no
    statement may go in; MissingGlyphError and PictureError when something cannot be shown. ``claim`` is called inside
    the act that records the version, and may refuse it.
    """
    ready = _demand(plan, asker)
    with tray() as waiting:
        key = VersionKey(uuid.uuid4())
        frozen = _freeze(waiting, ready, asker, progress)
        made = _make(waiting, frozen, key, plan, asker, progress)
        try:
            version = _keep(made, key, ready, asker, progress, claim)
        except _ConsentChangedError as change:
            raise refuse(plan, asker, change.reasons) from change
    return Built(version, frozen.content.protection.withheld, _vouched())


def _vouched() -> Anchored:
    """Outside parties are asked at once; the version is kept whatever comes of it."""
    size = notary.ensure_checkpoint().size
    try:
        return enclosing.vouch_now(size)
    except (CustodyError, OSError) as error:
        return Anchored(size, (), {"-": str(error)})


def preview(*, plan: DossierPlan, asker: Asker, to: BinaryIO, progress: Progress = silent) -> tree.Dossier:
    """Set the pages as they would be now, marked as a preview, into a stream; nothing is signed or kept.

    Everything that is opened for it is on record. Raises what `build` raises.
    """
    ready = _demand(plan, asker)
    with tray() as waiting:
        content = _freeze(waiting, ready, asker, progress).content
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


def _freeze(waiting: Tray, ready: Readiness, asker: Asker, progress: Progress) -> _Frozen:
    """Fetch and open everything, and put the content together as of the checkpoint that covers those openings."""
    fetched = _fetch(waiting, asker, ready, progress)
    going = []
    for place, (row, decision) in enumerate(ready.allowed, start=1):
        going.append((row, decision, _open(row, decision, asker)))
        progress(BuildStep.STATEMENTS, place, len(ready.allowed), 0)
    checkpoint = notary.ensure_checkpoint()
    plan = ready.plan
    last = Dossier.objects.filter(case=plan.case, code=plan.code).order_by("-version").first()
    chosen = assembly.Chosen(
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
    return _Frozen(assembly.assemble(chosen), tuple(chosen.rests_on()))


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
    waiting: Tray, frozen: _Frozen, key: VersionKey, plan: DossierPlan, asker: Asker, progress: Progress
) -> _Made:
    """The content as data, and each volume set and signed."""
    content = frozen.content
    data = waiting.folder / "content.json"
    data.write_bytes(tree.dumps(content))
    rendered = _set_pages(waiting, content, plan, progress)
    name = f"{plan.case.code}-{plan.code}-{content.cover.version}"
    plain = [Plain(path=data, kind=DossierFileKind.CONTENT, volume=0, name=f"{name}.json")]
    for place, volume in enumerate(rendered.volumes, start=1):
        progress(BuildStep.SIGNING, place, len(rendered.volumes), volume.size)
        signed = sign_volume(_drawn(waiting, volume.number), document=key.dossier, plan=plan, asker=asker)
        _check_drawn(signed.path, volume)
        suffix = f"-{volume.number}" if len(rendered.volumes) > 1 else ""
        plain.append(_plain(signed, volume.number, f"{name}{suffix}.pdf", volume.pages))
    unsigned = hashlib.sha256("\n".join(each.sha256 for each in rendered.volumes).encode()).hexdigest()
    return _Made(
        frozen=frozen,
        plain=tuple(plain),
        unsigned=unsigned,
        size=sum(each.path.stat().st_size for each in plain[1:]),
        pages=sum(each.pages for each in rendered.volumes),
        due=due_dates.due_of(each.path for each in plain[1:]),
    )


def _check_drawn(signed: Path, volume: Volume) -> None:
    """What was signed begins with exactly what was drawn. Raises DossierError."""
    digest, left = hashlib.sha256(), volume.size
    with signed.open("rb") as stream:
        while left and (block := stream.read(min(left, _BLOCK))):
            digest.update(block)
            left -= len(block)
    if left or digest.hexdigest() != volume.sha256:
        raise DossierError("a volume was changed between drawing and signing; nothing was kept")


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


def _keep(made: _Made, key: VersionKey, ready: Readiness, asker: Asker, progress: Progress, claim: Claim) -> Dossier:
    """Seal the files, and commit rows and entry. A race for one version is lost by whoever comes second."""
    rests_on = made.frozen.rests_on
    shares = keeping.shares_of(key, [witness for witness, _ in rests_on], actor=asker.actor)
    parts = _parts(ready, made.frozen)
    with keeping.shelf(key) as shelf:
        files = []
        for place, plain in enumerate(made.plain, start=1):
            files.append(shelf.put(plain))
            progress(BuildStep.KEEPING, place, len(made.plain), plain.path.stat().st_size)
        version = _version(made, key, ready, asker, files)
        with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
            take_turn(ready.plan.case)
            _check_again(ready, made.frozen, asker)
            version.full_clean()
            version.save(force_insert=True)
            for file in files:
                file.save(force_insert=True)
            kept = keeping.keep_shares(version, shares)
            DossierPart.objects.bulk_create(
                [DossierPart(dossier=version, kind=kind, subject=subject) for kind, subject in parts]
            )
            claim(version)
            due_dates.note(version, made.due)
            act.record(
                Action.DOSSIER_BUILT,
                streams=(f"dossier/{version.pk}", *streams_of(ready.plan, asker))[:4],
                subject=_subject(version, keeping.version_digest(version, files, kept, parts)),
            )
        shelf.keep()
    return version


def _check_again(ready: Readiness, frozen: _Frozen, asker: Asker) -> None:
    """Raise _ConsentChangedError unless all of it may still go in, and by this person, read inside the act."""
    reasons = not_for(_as_now(asker))
    now = readiness(ready.plan, asker)
    shown = {statement.code for statement in frozen.content.statements}
    if not reasons and not shown <= {row.code for row, _ in now.allowed}:
        reasons = tuple(why.value for _, decision in now.withheld for why in decision.reasons)
    if not reasons:
        level = Disclosure(ready.plan.disclosure)
        asked = [decision_for(one, scope=ready.use, to=ready.addressee, disclosure=level) for one, _ in frozen.rests_on]
        reasons = tuple(why.value for decision in asked if not decision.allowed for why in decision.reasons)
    if not reasons and set(now.kept) - set(ready.kept):
        reasons = tuple(now.kept.values())
    if reasons:
        raise _ConsentChangedError(tuple(dict.fromkeys(reasons)))


def _as_now(asker: Asker) -> Asker:
    """The same person in the role that they have by now."""
    if asker.account is None:
        return asker
    account = Account.objects.get(pk=asker.account.pk)
    return replace(asker, account=account, role=role_in(account, asker.case))


def _version(made: _Made, key: VersionKey, ready: Readiness, asker: Asker, files: Sequence[DossierFile]) -> Dossier:
    content, plan = made.frozen.content, ready.plan
    volumes = [file for file in files if file.kind == DossierFileKind.SIGNED]
    return Dossier(
        id=key.dossier,
        case=plan.case,
        plan=plan,
        code=content.cover.dossier,
        version=content.cover.version,
        edition=plan.edition,
        disclosure=plan.disclosure,
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


def _subject(version: Dossier, record: str) -> Mapping[str, str]:
    return {
        "dossier": str(version.pk),
        "case": str(version.case_id),
        "sha256": version.sha256,
        "content": version.content_sha256,
        "unsigned": version.unsigned_sha256,
        "entries": str(version.entries),
        "record": record,
    }


def _parts(ready: Readiness, frozen: _Frozen) -> list[tuple[str, str]]:
    numbers = {exhibit.ern for exhibit in frozen.content.exhibits}
    shown = {statement.code for statement in frozen.content.statements}
    parts = {("victim", str(victim.pk)) for victim in plans.victims_in(ready.plan)}
    parts |= {("item", str(item.pk)) for item in ready.pictures if item.ern in numbers}
    parts |= {("statement", str(row.pk)) for row, _ in ready.allowed if row.code in shown}
    for witness, decision in frozen.rests_on:
        parts.add(("witness", str(witness.pk)))
        given = Consent.objects.filter(case=witness.case_id, witness=witness, code__in=decision.codes)
        parts |= {("consent", str(consent.pk)) for consent in given}
    return sorted(parts)
