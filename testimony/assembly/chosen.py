"""What an assembly starts from: the choices of people, the decisions of the gate, what was opened and fetched."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final
from uuid import UUID

from custody.core.checkpoints import Checkpoint
from custody.models import Case, Party
from evidence.models import EvidenceItem
from testimony.core import dossier as tree
from testimony.core.consent import Decision, Disclosure, Scope
from testimony.core.declarations import Jurisdiction
from testimony.gate import Addressee, decision_for
from testimony.models import Statement, Victim, Witness
from testimony.pictures.gathering import Fetched
from testimony.statements import Opened

# What stands where a code would, in a dossier in which witnesses appear without one.
UNNAMED: Final = "—"


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """One dossier as it was asked for. `going` and `staying` are what the gate decided of its statements.

    `left_out` are statements that might go in and that people left out. `fetched` is by the id of the item.
    """

    case: Case
    code: str
    version: int
    supersedes: int
    edition: tree.Edition
    pictures: tree.PictureForm
    redacted: bool
    disclosure: Disclosure
    purpose: str
    law: Jurisdiction
    recipient: Party | None
    scope: Scope
    to: Addressee
    victims: Sequence[Victim]
    items: Sequence[EvidenceItem]
    fetched: Mapping[str, Fetched]
    going: Sequence[tuple[Statement, Decision, Opened]]
    staying: Sequence[tuple[Statement, Decision]]
    left_out: Sequence[Statement] = ()
    remarks: Sequence[tree.Said] = ()
    contested: Sequence[tree.Said] = ()
    checkpoint: Checkpoint
    as_of: datetime.datetime

    @cached_property
    def shown(self) -> tuple[EvidenceItem, ...]:
        """The items that become exhibits, in order."""
        return tuple(item for item in self.items if not self.fetched[str(item.pk)].withheld)

    @cached_property
    def marks(self) -> Mapping[str, str]:
        """The mark of each exhibit, by the id of its item."""
        return {str(item.pk): f"P-{place}" for place, item in enumerate(self.shown, start=1)}

    @cached_property
    def statement_marks(self) -> Mapping[str, str]:
        """The mark of each statement, by its id."""
        return {str(row.pk): f"S-{place}" for place, (row, _, _) in enumerate(self.going, start=1)}

    def covers(self, witness: Witness) -> bool:
        """Whether the consent of a witness covers this dossier today; for what is not a statement."""
        return self._decision(witness).allowed

    def code_of(self, witness: Witness) -> str:
        """Under what a witness stands in these pages."""
        return UNNAMED if self.disclosure is Disclosure.ANONYMOUS else witness.code

    def name_of(self, victim: Victim) -> tree.Name:
        """The alleged name, unless this edition shows none."""
        return tree.Name("", "") if self.redacted else tree.Name(victim.name_ar, victim.name_latin)

    def rests_on(self) -> list[tuple[Witness, Decision]]:
        """Every witness of whom something stands in these pages, each once; complete when they are assembled."""
        found = {row.witness_id: (row.witness, decision) for row, decision, _ in self.going}
        found |= {key: pair for key, pair in self._decided.items() if pair[1].allowed and key not in found}
        return list(found.values())

    def _decision(self, witness: Witness) -> Decision:
        if witness.pk not in self._decided:
            decided = decision_for(witness, scope=self.scope, to=self.to, disclosure=self.disclosure)
            self._decided[witness.pk] = (witness, decided)
        return self._decided[witness.pk][1]

    @cached_property
    def _decided(self) -> dict[UUID, tuple[Witness, Decision]]:
        return {}
