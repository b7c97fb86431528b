"""Searching what is sealed: names of persons and words of statements, inside the registrar, each search on record.

What comes back are ids, and only those that whoever asks may see anyway: a search opens nothing. Alleged names of
victims are not sealed, so they are compared here.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext

from custody import acts, ledger, registrar
from custody.actions import Action
from custody.core import canonical
from custody.core.entries import Actor, Outcome
from custody.core.errors import CanonicalError
from custody.ledger import Draft
from custody.models import Case, SealedObject
from custody.registrar import searching
from custody.registrar.rules import query_digest
from custody.registrar.searching import Filed, Searchable
from evidence.access import Asker, Refusal
from testimony.core import statement as tree
from testimony.core.errors import SearchError, StatementError
from testimony.core.names import NameIndex, forget_compared, read
from testimony.core.texts import TextIndex, read_query
from testimony.gate import HEARERS
from testimony.models import SealedIdentity, Statement, Victim, Witness
from testimony.victims import victims_of
from testimony.witnesses.openings import NOT_THIS_ROLE

__all__ = ["Found", "FoundWords", "demand_hearer", "find_people", "find_words", "register"]

LONGEST: Final = 200
NAMES: Final = "names"
STATEMENTS: Final = "statements"
# What was erased is found no more, even before the registrar hears of it.
_KEPT: Final = Exists(SealedObject.objects.filter(sha256=OuterRef("sealed_sha256")))


@dataclass(frozen=True)
class Found:
    """Whose names are like the one asked for, best first, with the likeness (0 to 1000)."""

    witnesses: tuple[tuple[Witness, int], ...]
    victims: tuple[tuple[Victim, int], ...]


@dataclass(frozen=True)
class FoundWords:
    """In which statements all the words stand, and how often, the most often first."""

    statements: tuple[tuple[Statement, int], ...]


def demand_hearer(asker: Asker) -> None:
    """Raise SearchError, recorded, unless it is one of the interview team, or the operator at the console."""
    if asker.account is None or asker.role in HEARERS:
        return
    reason = NOT_THIS_ROLE if asker.is_member else Refusal.NOT_A_MEMBER.value
    case = f"case/{asker.case.pk}"
    ledger.append_alone(
        Draft(
            action=Action.SEALED_SEARCHED,
            actor=asker.actor,
            streams=(case, f"user/{asker.account.pk}"),
            subject={"case": str(asker.case.pk), "reason": reason},
            outcome=Outcome.DENIED,
            purpose=asker.purpose_code,
        )
    )
    raise SearchError(gettext("Only those who hear witnesses search what is sealed."))


def find_people(*, case: Case, query: str, actor: Actor, purpose: str) -> Found:
    """Search a case by name. The entry comes first and holds a salted digest of the query, never the query.

    Raises SearchError for what is no name; RegistrarRefused.
    """
    asked = " ".join(query.split())
    if not asked or len(asked) > LONGEST or not read(asked).parts:
        raise SearchError(gettext("Type a name, in Arabic or Latin letters."))
    hits = _search(NAMES, case, asked, actor, purpose)
    return Found(_witnesses(case, hits), _victims(case, asked))


def find_words(*, asker: Asker, query: str) -> FoundWords:
    """Search the sealed statements of a case for words that all stand in one, on an entry as with names.

    The confidential side and drafts are not searched. Raises SearchError for what holds no word, without a purpose,
    and, recorded, for whoever hears no witnesses; RegistrarRefused.
    """
    demand_hearer(asker)
    case, asked = asker.case, " ".join(query.split())
    if asker.purpose is None:
        raise SearchError(gettext("Choose a purpose first: every search is recorded with it."))
    if len(asked) > LONGEST or not read_query(asked):
        raise SearchError(gettext("Type one or more words."))
    hits = _search(STATEMENTS, case, asked, asker.actor, asker.purpose.value)
    rows = Statement.objects.filter(case=case, pk__in=[UUID(key) for key, _ in hits]).select_related("witness")
    known = {str(row.pk): row for row in rows}
    return FoundWords(tuple((known[key], times) for key, times in hits if key in known))


def _search(what: str, case: Case, asked: str, actor: Actor, purpose: str) -> Sequence[tuple[str, int]]:
    salt = secrets.token_hex(16)
    with acts.act(actor=actor, purpose=purpose) as act:
        act.record(
            Action.SEALED_SEARCHED,
            streams=(f"case/{case.pk}",),
            subject={"case": str(case.pk), "what": what, "query": query_digest(asked, salt)},
            outcome=Outcome.GRANTED,
        )
    searcher, seq = registrar.connect(), act.appended[0].seq
    return searcher.search_sealed(authority=seq, what=what, case=str(case.pk), query=asked, salt=salt)


def _witnesses(case: Case, hits: Sequence[tuple[str, int]]) -> tuple[tuple[Witness, int], ...]:
    rows = {str(row.person): row for row in Witness.objects.filter(case=case, person__in=[key for key, _ in hits])}
    return tuple((rows[person], score) for person, score in hits if person in rows)


def _victims(case: Case, asked: str) -> tuple[tuple[Victim, int], ...]:
    """Alleged names of victims are not sealed, so they are compared here."""
    index: NameIndex[Victim] = NameIndex()
    for victim in victims_of(case).exclude(name_ar="", name_latin=""):
        index.add(victim, [victim.name_ar, victim.name_latin])
    return tuple((hit.key, hit.score) for hit in index.search(asked, searching.MOST_HITS))


class _Names:
    """The index as the registrar asks it."""

    def __init__(self) -> None:
        self._index: NameIndex[str] = NameIndex()

    def add(self, key: str, names: Iterable[str], /) -> None:
        self._index.add(key, names)

    def remove(self, key: str, /) -> None:
        self._index.remove(key)
        forget_compared()

    def find(self, query: str, limit: int, /) -> list[tuple[str, int]]:
        return [(hit.key, hit.score) for hit in self._index.search(query, limit)]


class _Texts:
    """The same for words in texts."""

    def __init__(self) -> None:
        self._index: TextIndex[str] = TextIndex()

    def add(self, key: str, words: Iterable[str], /) -> None:
        self._index.add(key, words)

    def remove(self, key: str, /) -> None:
        self._index.remove(key)

    def find(self, query: str, limit: int, /) -> list[tuple[str, int]]:
        return [(hit.key, hit.times) for hit in self._index.search(query, limit)]


def register() -> None:
    """At start: where sealed names and statements are, how to read them, and what compares them."""
    searching.register(NAMES, Searchable(sealed=_identities, words=_names_in, index=_Names))
    searching.register(STATEMENTS, Searchable(sealed=_statements, words=_words_in, index=_Texts))


def _identities(case: str) -> list[tuple[str, Filed]]:
    rows = SealedIdentity.objects.filter(_KEPT, witness__case_id=UUID(case))
    told = rows.values_list("witness__person", "sealed_sha256")
    return [(str(person), Filed(str(person), sha256)) for person, sha256 in told]


def _statements(case: str) -> list[tuple[str, Filed]]:
    rows = Statement.objects.filter(_KEPT, case_id=UUID(case)).order_by("created", "code")
    told = rows.values_list("pk", "witness__person", "sealed_sha256")
    return [(str(key), Filed(str(person), sha256)) for key, person, sha256 in told]


def _words_in(plaintext: bytes) -> list[str]:
    """What was said, paragraph by paragraph, in the original and in translation, and what was put right in it."""
    try:
        text = tree.loads(plaintext)
    except StatementError:
        return []
    said = [piece for each in text.paragraphs for piece in (each.text, each.translation)]
    return [piece for piece in (*said, *(each.what for each in text.corrections)) if piece]


def _names_in(plaintext: bytes) -> list[str]:
    """The names in an opened identity; none in what cannot be read, which an opening of its own reports."""
    try:
        value = canonical.loads(plaintext)
    except CanonicalError:
        return []
    fields = value.get("identity") if isinstance(value, dict) else None
    if not isinstance(fields, dict):
        return []
    return [str(fields[name]) for name in ("name_ar", "name_latin", "other_names") if fields.get(name)]
