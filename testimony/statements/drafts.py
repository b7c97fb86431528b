"""Taking a statement down: a draft, its reading back to the witness, and its sealing.

What goes on record, and what does not. Every save seals the draft to the public key of its witness. Anybody may close;
no key of the registrar is used, nothing is opened, and so a save leaves no entry, however often a page saves by itself:
an entry for each pause in typing would tell the rhythm of a conversation and prove nothing. Opening uses the witness's
private key and always leaves an entry, by the author, before it happens: when a draft is taken up again, when it is
read back and when it is sealed. Between two openings its words exist in the author's browser alone.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, QuerySet

from custody import acts, clock
from custody.actions import Action
from custody.closed_cases import demand_open
from custody.core.entries import Actor
from custody.models import Account, Case
from testimony import sealed
from testimony.core import statement as tree
from testimony.core.errors import StatementError
from testimony.core.statement import (
    Confidential,
    Declaration,
    Following,
    Missing,
    ReadBack,
    Signature,
    StatementText,
)
from testimony.models import IdentificationMethod, Statement, StatementDraft, Victim, Witness
from testimony.statements import sealing
from testimony.witnesses import streams, subject

__all__ = [
    "About",
    "DraftChangedError",
    "Follows",
    "IncompleteError",
    "Signed",
    "begin",
    "discard",
    "drafts_of",
    "erase_drafts",
    "find_draft",
    "keep_confidential",
    "open_draft",
    "read_back",
    "save",
    "seal",
]


class DraftChangedError(StatementError):
    """The draft was saved from another window since this one was opened."""


class IncompleteError(StatementError):
    """Something is missing that a sealed statement has; `missing` says what."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = tuple(missing)
        super().__init__(f"not sealed, for it lacks: {', '.join(missing)}")


@dataclass(frozen=True)
class About:
    """The victim of whom the statement speaks, and how."""

    victim: Victim
    method: IdentificationMethod


@dataclass(frozen=True)
class Follows:
    """The sealed statement that the new one adds to or corrects, and in which of its paragraphs (by number)."""

    statement: Statement
    following: Following
    paragraphs: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Signed:
    """What is given at the end: by which words the witness stands to it, and how it was signed."""

    declaration: Declaration
    signature: Signature
    age: int | None = None
    reader: str = ""


def begin(
    *,
    witness: Witness,
    owner: Account,
    text: StatementText,
    actor: Actor,
    about: About | None = None,
    follows: Follows | None = None,
) -> StatementDraft:
    """Begin a draft for a witness. Raises CaseClosed, recorded; StatementError for an earlier statement of another."""
    demand_open(witness.case, Action.STATEMENT_CREATED, actor)
    if follows is not None and follows.statement.witness_id != witness.pk:
        raise StatementError("the earlier statement is another witness's")
    bytes_ = sealed.seal(witness.person, tree.dumps(text), actor=actor)
    moment = clock.now()
    draft = StatementDraft(
        case=witness.case,
        witness=witness,
        owner=owner,
        victim=about.victim if about else None,
        method=about.method if about else "",
        follows=follows.statement if follows else None,
        following=follows.following.value if follows else "",
        follows_paragraphs=sorted(follows.paragraphs) if follows else [],
        sealed=bytes_,
        sealed_sha256=sealed.digest(bytes_),
        begun=moment,
        saved=moment,
    )
    draft.save(force_insert=True)
    return draft


def save(*, draft: StatementDraft, text: StatementText, revision: int, actor: Actor) -> StatementDraft:
    """Keep the latest version, and it alone. A version that was read back has to be read back again.

    ``revision``: the one that the page was made from. Raises DraftChangedError when it is no longer the newest,
    CaseClosed for a closed case.
    """
    demand_open(draft.case, Action.STATEMENT_CREATED, actor)
    fresh = dataclasses.replace(text, salt=sealing.new_salt(), read_back=None)
    _keep(draft, fresh, revision, actor, read_at=None)
    return draft


def _keep(
    draft: StatementDraft, text: StatementText, revision: int, actor: Actor, *, read_at: datetime.datetime | None
) -> None:
    bytes_ = sealed.seal(draft.witness.person, tree.dumps(text), actor=actor)
    _update(draft, revision, sealed=bytes_, sealed_sha256=sealed.digest(bytes_), read_back=read_at)


def _update(draft: StatementDraft, revision: int, **columns: object) -> None:
    """Settle a race by the row itself: whoever comes with an old revision changes nothing."""
    rows = StatementDraft.objects.filter(pk=draft.pk, revision=revision)
    if not rows.update(revision=F("revision") + 1, saved=clock.now(), **columns):
        raise DraftChangedError("this draft was saved from another window since; nothing was written over it")
    draft.refresh_from_db()


def keep_confidential(*, draft: StatementDraft, confidential: Confidential, actor: Actor) -> None:
    """Seal the confidential side of a draft by itself; what was there before is replaced and gone."""
    demand_open(draft.case, Action.STATEMENT_CREATED, actor)
    bytes_ = sealed.seal(draft.witness.person, tree.dumps_confidential(confidential), actor=actor)
    # No revision: this side is written from a page of its own, and the text of an open window stays the newest.
    if not StatementDraft.objects.filter(pk=draft.pk).update(confidential=bytes_):
        raise DraftChangedError("this draft was sealed or discarded meanwhile; what was typed here was not kept")
    draft.confidential = bytes_


def open_draft(*, draft: StatementDraft, actor: Actor, purpose: str) -> StatementText:
    """Open a draft to go on with it, with an entry by its author. Raises KeyDestroyedError, RegistrarRefused."""
    plaintext = sealed.open_sealed(
        bytes(draft.sealed),
        person=draft.witness.person,
        case=draft.case,
        actor=actor,
        purpose=purpose,
        draft=draft.pk,
    )
    return tree.loads(plaintext)


def read_back(
    *,
    draft: StatementDraft,
    revision: int,
    read: ReadBack,
    actor: Actor,
    purpose: str,
) -> StatementText:
    """Record that the draft, as it is kept, was read back to the witness.

    The `words` of ``read`` are filled in here: nobody says that something was read which is not what is kept.
    """
    demand_open(draft.case, Action.STATEMENT_READ_BACK, actor)
    if draft.revision != revision:
        raise DraftChangedError("this draft was saved from another window since; read back what is kept now")
    kept = open_draft(draft=draft, actor=actor, purpose=purpose)
    said = dataclasses.replace(read, words=tree.words_digest(kept))
    text = dataclasses.replace(kept, read_back=said)
    bytes_ = sealed.seal(draft.witness.person, tree.dumps(text), actor=actor)
    with acts.act(actor=actor) as act:
        _update(draft, revision, sealed=bytes_, sealed_sha256=sealed.digest(bytes_), read_back=clock.now())
        named = {**subject(draft.witness), "draft": str(draft.pk), "words": said.words}
        act.record(Action.STATEMENT_READ_BACK, streams=streams(draft.witness), subject=named)
    return text


def seal(*, draft: StatementDraft, revision: int, signed: Signed, actor: Actor, purpose: str) -> Statement:
    """Seal what was read back. Raises IncompleteError, DraftChangedError, StatementError, CaseClosed."""
    demand_open(draft.case, Action.STATEMENT_CREATED, actor)
    if draft.revision != revision:
        raise DraftChangedError("this draft was saved from another window since; nothing was sealed")
    if draft.read_back is None:
        raise IncompleteError([Missing.READ_BACK])
    kept = open_draft(draft=draft, actor=actor, purpose=purpose)
    text = dataclasses.replace(
        kept,
        declaration=signed.declaration,
        signature=signed.signature,
        age=signed.age,
        reader=signed.reader,
    )
    if lacking := tree.missing(text):
        raise IncompleteError(lacking)
    return sealing.seal_text(witness=draft.witness, text=text, taken_on=taken_on(text), actor=actor, draft=draft)


def taken_on(text: StatementText) -> datetime.date:
    """The first day on which the witness was heard. Raises StatementError for a day to come."""
    day = min(datetime.date.fromisoformat(each.day) for each in text.sessions if tree.is_day(each.day))
    # Somewhere on earth it is tomorrow already.
    if day > clock.now().date() + datetime.timedelta(days=1):
        raise StatementError("the day on which the statement was taken is still to come")
    return day


def discard(*, draft: StatementDraft, actor: Actor) -> None:
    """Throw a draft away, with an entry; nothing of it is kept."""
    with acts.act(actor=actor) as act:
        StatementDraft.objects.filter(pk=draft.pk).delete()
        named = {**subject(draft.witness), "draft": str(draft.pk)}
        act.record(Action.STATEMENT_DRAFT_DISCARDED, streams=streams(draft.witness), subject=named)


def erase_drafts(person: UUID) -> int:
    """Delete the drafts of a person who is erased; gives how many (`custody.erasure`)."""
    gone, _rows = StatementDraft.objects.filter(witness__person=person).delete()
    return gone


def drafts_of(witness: Witness) -> QuerySet[StatementDraft]:
    """The drafts for a witness, oldest first."""
    return StatementDraft.objects.filter(witness=witness).select_related("owner").order_by("begun")


def find_draft(case: Case, key: UUID) -> StatementDraft | None:
    """The draft with this id in a case."""
    rows = StatementDraft.objects.filter(case=case, pk=key)
    return rows.select_related("witness", "owner", "case", "victim", "follows").first()
