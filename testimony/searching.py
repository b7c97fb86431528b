"""Finding a person by name: sealed names inside the registrar, alleged names of victims here, each on record."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.utils.translation import gettext

from custody import acts, registrar
from custody.actions import Action
from custody.core import canonical
from custody.core.entries import Actor, Outcome
from custody.core.errors import CanonicalError
from custody.models import Case
from custody.registrar import searching
from custody.registrar.rules import query_digest
from custody.registrar.searching import Searchable
from testimony.core.errors import SearchError
from testimony.core.names import NameIndex, read
from testimony.models import SealedIdentity, Victim, Witness
from testimony.victims import victims_of

__all__ = ["Found", "find_people", "register"]

LONGEST: Final = 200


@dataclass(frozen=True)
class Found:
    """Whose names are like the one asked for, best first, with the likeness (0 to 1000)."""

    witnesses: tuple[tuple[Witness, int], ...]
    victims: tuple[tuple[Victim, int], ...]


def find_people(*, case: Case, query: str, actor: Actor, purpose: str) -> Found:
    """Search a case by name. The entry comes first and holds a salted digest of the query, never the query.

    Raises SearchError for what is no name; RegistrarRefused.
    """
    asked = " ".join(query.split())
    if not asked or len(asked) > LONGEST or not read(asked).parts:
        raise SearchError(gettext("Type a name, in Arabic or Latin letters."))
    salt = secrets.token_hex(16)
    with acts.act(actor=actor, purpose=purpose) as act:
        act.record(
            Action.SEALED_SEARCHED,
            streams=(f"case/{case.pk}",),
            subject={"case": str(case.pk), "query": query_digest(asked, salt)},
            outcome=Outcome.GRANTED,
        )
    searcher, seq = registrar.connect(), act.appended[0].seq
    hits = searcher.search_names(authority=seq, case=str(case.pk), query=asked, salt=salt)
    return Found(_witnesses(case, hits), _victims(case, asked))


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

    def find(self, query: str, limit: int, /) -> list[tuple[str, int]]:
        return [(hit.key, hit.score) for hit in self._index.search(query, limit)]


def register() -> None:
    """At start: where sealed names are, how to read them, and what compares them."""
    searching.register(Searchable(sealed=_sealed, names=_names_in, index=_Names))


def _sealed(case: str) -> list[tuple[str, str]]:
    rows = SealedIdentity.objects.filter(witness__case_id=UUID(case)).values_list("witness__person", "sealed_sha256")
    return [(str(person), sha256) for person, sha256 in rows]


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
