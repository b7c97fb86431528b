"""Collections: where things came from, and who held them before."""

from __future__ import annotations

import hashlib
import re
import unicodedata

from custody import acts, clock
from custody.actions import Action
from custody.closed_cases import demand_open
from custody.core.entries import Actor
from custody.models import Case, Party
from evidence import admissions
from evidence.models import Collection, PriorCustody

_LONGEST_CODE = 32


def create_collection(
    *, code: str, title: str, actor: Actor, source: Party | None = None, notes: str = "", case: Case | None = None
) -> Collection:
    """Open a collection; ``case`` when it is the one for files of a case that name no source.

    Raises ValidationError (code taken or malformed).
    """
    collection = Collection(code=code, title=title, source=source, channel_notes=notes, case=case, created=clock.now())
    with acts.act(actor=actor) as act:
        act.save(collection)
        act.record(
            Action.COLLECTION_CREATED,
            streams=(f"collection/{collection.pk}",),
            subject={"collection": str(collection.pk)},
            snapshots=[collection],
        )
    return collection


def record_prior_custody(*, stretch: PriorCustody, actor: Actor) -> PriorCustody:
    """Keep one stretch of earlier custody, new or corrected. Raises ValidationError."""
    with acts.act(actor=actor) as act:
        act.save(stretch)
        act.record(
            Action.CUSTODY_RECORDED,
            streams=(f"collection/{stretch.collection_id}", f"party/{stretch.holder_id}"),
            subject={"collection": str(stretch.collection_id), "holder": str(stretch.holder_id)},
            snapshots=[stretch],
        )
    return stretch


def collection_for(*, case: Case, source: str | None, actor: Actor) -> Collection:
    """The collection that files go into, made when it is new, and admitted to the case.

    ``source`` is the code or the title of a collection; without one the case's own collection is meant. Raises
    CaseClosed, recorded.
    """
    demand_open(case, Action.COLLECTION_ADMITTED, actor)
    collection = _named(source) if source else Collection.objects.filter(case=case).first()
    if collection is None:
        collection = create_collection(
            code=_free_code(code_from(source or case.code)),
            title=source or f"Received for {case.code}",
            actor=actor,
            case=None if source else case,
        )
    admissions.admit_collection(case=case, collection=collection, actor=actor)
    return collection


def _named(source: str) -> Collection | None:
    by_code = Collection.objects.filter(code=source).first()
    return by_code or Collection.objects.filter(title=source).order_by("created").first()


def code_from(title: str) -> str:
    """A collection code out of a title: its Latin letters and digits, or a short digest when it has none."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().upper()
    code = re.sub(r"[^A-Z0-9]+", "-", plain).strip("-")[: _LONGEST_CODE - 4].strip("-")
    return code or f"C-{hashlib.sha256(title.encode()).hexdigest()[:8].upper()}"


def _free_code(wanted: str) -> str:
    taken = set(Collection.objects.filter(code__startswith=wanted).values_list("code", flat=True))
    candidates = (wanted if place == 1 else f"{wanted}-{place}" for place in range(1, len(taken) + 2))
    return next(code for code in candidates if code not in taken)
