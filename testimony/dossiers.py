"""Building a dossier: consent first, then the door, then the pages, then the entry, and only then the file.

What it does not do: it is not signed and not approved by a second person.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils import translation

from custody import acts, clock, disclosures, ledger, notary
from custody.actions import Action
from custody.anchoring import enclosing
from custody.anchoring.watch import Anchored
from custody.cases import Role
from custody.core.entries import Outcome
from custody.disclosures import DisclosureKind
from custody.ledger import Draft
from custody.purposes import Purpose
from evidence.access import Asker, Refusal
from evidence.models import EvidenceItem
from testimony import assembly
from testimony.core import dossier as tree
from testimony.core.consent import Decision, Scope
from testimony.core.errors import ConsentError
from testimony.gate import COURTS, Addressee, decision_for, permit_on, scope_for
from testimony.gathering import Fetched, Tray, tray
from testimony.models import Consent, Dossier, Statement, Victim
from testimony.policies import NO_STATEMENT, NOT_THIS_ROLE
from testimony.rendering import render
from testimony.statements import Opened, open_statement, statements_about
from testimony.victims import pictures_of
from testimony.wording import words_of

__all__ = ["Built", "Dossier", "Readiness", "build_dossier", "dossiers_of", "readiness"]

Progress = Callable[[int, int], None]
# Those who answer for what goes to a court. The operator at the console is on record by that office.
BUILDERS = frozenset({Role.LEAD, Role.LAWYER})


@dataclass(frozen=True)
class Readiness:
    """What would go in and what would stay here, before anything is opened."""

    pictures: tuple[EvidenceItem, ...]
    statements: tuple[tuple[Statement, Decision], ...]
    to: Addressee = COURTS

    @property
    def allowed(self) -> tuple[tuple[Statement, Decision], ...]:
        """The statements that consent lets in."""
        return tuple(pair for pair in self.statements if pair[1].allowed)

    @property
    def withheld(self) -> tuple[tuple[Statement, Decision], ...]:
        """The statements that stay here, each with its reasons."""
        return tuple(pair for pair in self.statements if not pair[1].allowed)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why no dossier can be built; empty when one can."""
        if self.allowed:
            return ()
        found = [why.value for _, decision in self.withheld for why in decision.reasons]
        return tuple(dict.fromkeys(found)) or (NO_STATEMENT,)


@dataclass(frozen=True)
class Built:
    """A dossier that was built and recorded, and who outside vouched for the checkpoint over its entry."""

    dossier: Dossier
    path: Path
    withheld: tuple[tree.Withheld, ...]
    anchored: Anchored


class _ConsentChangedError(Exception):
    """Somebody took a consent back while the pages were being set."""

    def __init__(self, now: Readiness) -> None:
        super().__init__("a consent changed")
        self.reasons = tuple(dict.fromkeys(why.value for _, decision in now.withheld for why in decision.reasons))


def readiness(victim: Victim, to: Addressee = COURTS) -> Readiness:
    """Decide, today, for each statement about a victim whether consent covers a dossier for this addressee.

    A dossier goes to courts and authorities, or to the defence: whoever is neither gets no statement.
    """
    scope = scope_for(to, Purpose.DISCLOSURE)
    scope = scope if scope in (Scope.COURT_DOSSIER, Scope.DEFENCE) else Scope.COURT_DOSSIER
    decided = tuple((row, decision_for(row.witness, scope=scope, to=to)) for row in statements_about(victim))
    return Readiness(tuple(pictures_of(victim)), decided, to)


def dossiers_of(victim: Victim) -> Sequence[Dossier]:
    """The dossiers built about a victim, newest first."""
    return list(Dossier.objects.filter(victim=victim).order_by("-built"))


def build_dossier(
    *, victim: Victim, asker: Asker, to: Path, addressee: Addressee = COURTS, progress: Progress | None = None
) -> Built:
    """Build the dossier of a victim into the file `to`, which appears only when its entry is committed.

    Raises ConsentError, recorded, for whoever may not build it and when no statement about the victim may go in;
    MissingGlyphError and PictureError when something cannot be shown.
    """
    ready = readiness(victim, addressee)
    reasons = _not_for(asker) or ready.reasons
    if reasons:
        raise _refuse(victim, asker, reasons)
    with tray() as waiting:
        fetched = _fetch(waiting, asker, ready.pictures, progress)
        content = _content(victim, asker, ready, fetched)
        drawn = waiting.folder / "dossier.pdf"
        with drawn.open("wb") as stream:
            sha256 = render(content, waiting.open, stream)
            stream.flush()
            os.fsync(stream.fileno())
        try:
            dossier = _record(ready, victim, asker, content, sha256=sha256, size=drawn.stat().st_size)
        except _ConsentChangedError as change:
            raise _refuse(victim, asker, change.reasons) from change
        _deliver(drawn, to)
    # A dossier is handed out when it is built: outside parties are asked at once, and whoever is late stops nothing.
    anchored = enclosing.vouch_now(notary.ensure_checkpoint().size)
    return Built(dossier, to, content.withheld, anchored)


def _not_for(asker: Asker) -> tuple[str, ...]:
    """Why this person may not build dossiers; nothing is opened before this is settled."""
    if not asker.is_member:
        return (Refusal.NOT_A_MEMBER.value,)
    if asker.account is not None and asker.role not in BUILDERS:
        return (NOT_THIS_ROLE,)
    return () if asker.purpose else (Refusal.NO_PURPOSE.value,)


def _refuse(victim: Victim, asker: Asker, reasons: Sequence[str]) -> ConsentError:
    ledger.append_alone(
        Draft(
            action=Action.DOSSIER_REFUSED,
            actor=asker.actor,
            streams=_streams(victim, asker),
            subject={"victim": str(victim.pk), "case": str(victim.case_id), "reason": " ".join(reasons)},
            outcome=Outcome.DENIED,
            purpose=asker.purpose_code,
        )
    )
    words = "; ".join(_english(reason) for reason in reasons)
    return ConsentError(f"no dossier for {victim.code}: {words}", tuple(reasons))


def _fetch(waiting: Tray, asker: Asker, items: Sequence[EvidenceItem], progress: Progress | None) -> dict[str, Fetched]:
    fetched = {}
    for place, item in enumerate(items, start=1):
        fetched[str(item.pk)] = waiting.fetch(asker, item)
        if progress:
            progress(place, len(items))
    return fetched


def _content(victim: Victim, asker: Asker, ready: Readiness, fetched: dict[str, Fetched]) -> tree.Dossier:
    purpose = asker.purpose_code or ""
    opened = [(row, _open(row, decision, asker, purpose), decision.codes[0]) for row, decision in ready.allowed]
    # Everything that is shown was opened by now, so this checkpoint covers the entries of the opening too.
    checkpoint = notary.ensure_checkpoint()
    code, version = _next_version(victim)
    return tree.Dossier(
        demonstration=settings.AMANA_DEMONSTRATION,
        cover=assembly.cover(victim.case, victim, code=code, version=version, purpose=purpose),
        exhibits=assembly.exhibits(ready.pictures, fetched),
        statements=tuple(
            assembly.statement(f"S-{place}", row, text, Consent.objects.get(case=victim.case, code=consent))
            for place, (row, text, consent) in enumerate(opened, start=1)
        ),
        withheld=tuple(_withheld(ready, fetched)),
        verification=assembly.verification(checkpoint),
    )


def _open(row: Statement, decision: Decision, asker: Asker, purpose: str) -> Opened:
    return open_statement(statement=row, permit=permit_on(row.witness, decision), actor=asker.actor, purpose=purpose)


def _withheld(ready: Readiness, fetched: dict[str, Fetched]) -> list[tree.Withheld]:
    statements = [
        tree.Withheld(row.code, "; ".join(_english(why.value) for why in decision.reasons))
        for row, decision in ready.withheld
    ]
    pictures = [
        tree.Withheld(item.ern, _english(fetched[str(item.pk)].withheld))
        for item in ready.pictures
        if fetched[str(item.pk)].withheld
    ]
    return statements + pictures


def _next_version(victim: Victim) -> tuple[str, int]:
    """A victim keeps one dossier code in a case; each build is a version of it."""
    newest = Dossier.objects.filter(victim=victim).order_by("-version").first()
    if newest:
        return newest.code, newest.version + 1
    taken = Dossier.objects.filter(case=victim.case).values("code").distinct().count()
    return f"D-{taken + 1:04d}", 1


def _record(
    ready: Readiness, victim: Victim, asker: Asker, content: tree.Dossier, *, sha256: str, size: int
) -> Dossier:
    """Commit the row and its entry. A race for one version is lost by whoever comes second, with an error."""
    dossier = Dossier(
        case=victim.case,
        victim=victim,
        code=content.cover.dossier,
        version=content.cover.version,
        sha256=sha256,
        size=size,
        content_sha256=tree.content_sha256(content),
        exhibits=len(content.exhibits),
        statements=len(content.statements),
        withheld=len(content.withheld),
        entries=content.verification.entries,
        purpose=content.cover.purpose,
        built=clock.now(),
    )
    with acts.act(actor=asker.actor, purpose=asker.purpose_code) as act:
        now = readiness(victim, ready.to)
        if not {statement.code for statement in content.statements} <= {row.code for row, _ in now.allowed}:
            raise _ConsentChangedError(now)
        dossier.full_clean()
        dossier.save(force_insert=True)
        release = disclosures.enter(act, _release(dossier, asker, now, content, act=act.id))
        act.record(
            Action.DOSSIER_BUILT,
            streams=(f"dossier/{dossier.pk}", *_streams(victim, asker))[:4],
            subject={
                **disclosures.subject_of(release),
                "dossier": str(dossier.pk),
                "victim": str(victim.pk),
                "sha256": sha256,
                "content": dossier.content_sha256,
                "entries": str(dossier.entries),
            },
            snapshots=[release],
        )
    return dossier


def _release(
    dossier: Dossier, asker: Asker, ready: Readiness, content: tree.Dossier, *, act: str
) -> disclosures.Release:
    """A build is a release to whoever it was built for: the file is not kept here, so that it left is all there is."""
    shown = {statement.code for statement in content.statements}
    numbers = {exhibit.ern for exhibit in content.exhibits}
    going = [(row, decision) for row, decision in ready.allowed if row.code in shown]
    touches = [("statement", str(row.pk)) for row, _ in going]
    touches += [("item", str(item.pk)) for item in ready.pictures if item.ern in numbers]
    for row, decision in going:
        given = Consent.objects.filter(case=row.case, witness=row.witness, code__in=decision.codes)
        touches += [("consent", str(consent.pk)) for consent in given]
    return disclosures.Release(
        case=dossier.case,
        kind=DisclosureKind.DOSSIER,
        code=dossier.code,
        version=dossier.version,
        recipient=ready.to.party,
        recipient_words="",
        purpose=dossier.purpose,
        manifest=dossier.sha256,
        items=len(numbers),
        checkpoint=dossier.entries,
        act=act,
        touches=touches,
        account=asker.account,
    )


def _deliver(drawn: Path, to: Path) -> None:
    """Put the file where it was asked for, whole or not at all, readable by its owner alone."""
    part = to.with_name(f".{to.name}.{uuid.uuid4().hex}.part")
    try:
        with (
            drawn.open("rb") as source,
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out,
        ):
            while block := source.read(1 << 20):
                out.write(block)
            out.flush()
            os.fsync(out.fileno())
        part.replace(to)
    finally:
        part.unlink(missing_ok=True)


def _streams(victim: Victim, asker: Asker) -> tuple[str, ...]:
    streams = (f"person/{victim.pk}", f"case/{victim.case_id}")
    return (*streams, f"user/{asker.account.pk}") if asker.account else streams


def _english(reason: str) -> str:
    """The tree is one for all readers, whoever builds it."""
    with translation.override("en"):
        return words_of(reason)
