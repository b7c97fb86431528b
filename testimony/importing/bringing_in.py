"""Bringing a table in: everything is read and tried first, then good rows are kept, each once."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final

from django.utils.translation import gettext

from custody import acts, clock, erasure
from custody.actions import Action
from custody.acts import Act
from custody.closed_cases import demand_open
from custody.core.entries import Actor
from custody.models import Case
from testimony.codes import next_codes
from testimony.importing.columns import check_mapping, guess_mapping
from testimony.importing.images import bring_in_images
from testimony.importing.people import Draft, Fault, read_draft
from testimony.importing.reading import heads_of, lines_of
from testimony.importing.tables import Progress, Report, Table
from testimony.models import ImportedRow, TableKind, Victim, Witness
from testimony.turns import take_turn
from testimony.witnesses import Identity, seal_identity, streams, subject

_AT_ONCE: Final = 200
_CREATED: Final[Mapping[TableKind, Action]] = {
    TableKind.VICTIM: Action.VICTIM_CREATED,
    TableKind.WITNESS: Action.WITNESS_CREATED,
    TableKind.BODY: Action.BODY_CREATED,
}


@dataclass(frozen=True)
class _Batch:
    """Some rows of the table: people who are not in the case, and people whose names are still to be sealed."""

    new: tuple[Draft, ...]
    unsealed: tuple[tuple[Witness, Draft], ...]


def _quietly(_done: int, _total: int) -> None:
    """Nobody watches."""


def bring_in(*, case: Case, table: Table, actor: Actor, dry_run: bool = False, progress: Progress = _quietly) -> Report:
    """Bring a table into a case; what was brought in before, by reference or row, is left as it is.

    The whole table is read and tried before the first row is kept. A run that broke off is made whole by the next.
    ``progress`` hears how many rows were read (of 0, as nobody knows yet), then how many were kept of how many.
    Raises PeopleFileError; CaseClosed, recorded.
    """
    demand_open(case, _CREATED[table.kind], actor)
    heads = heads_of(table.stream, table.limits)
    mapping = guess_mapping(table.kind, heads) if table.mapping is None else table.mapping
    check_mapping(table.kind, mapping, heads)
    report = Report(table.kind, digest_of(table.stream), mapping)
    if table.kind is TableKind.BODY:
        bring_in_images(case, table, report, actor=None if dry_run else actor, progress=progress)
    else:
        _bring_in_people(case, table, report, actor=None if dry_run else actor, progress=progress)
    return report


def _bring_in_people(case: Case, table: Table, report: Report, *, actor: Actor | None, progress: Progress) -> None:
    for batch in _batches(case, table, report):
        report.new += len(batch.new)
        report.unsealed += len(batch.unsealed)
        progress(report.rows, 0)
    if actor is not None:
        for batch in _batches(case, table, Report(table.kind, report.sha256, report.mapping)):
            report.codes += [person.code for person in _keep(case, table.kind, batch, actor)]
            progress(len(report.codes), report.new)


def digest_of(stream: BinaryIO) -> str:
    """SHA-256 of the file, in hex."""
    stream.seek(0)
    return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type]


def _batches(case: Case, table: Table, report: Report) -> Iterator[_Batch]:
    drafts = _drafts(case, table, report)
    while some := tuple(itertools.islice(drafts, _AT_ONCE)):
        known = _known(case, report.kind, some)
        report.known += len(known)
        yield _Batch(tuple(draft for draft in some if draft.mark not in known), _unsealed(some, known))


def _unsealed(drafts: Sequence[Draft], known: Mapping[str, ImportedRow]) -> tuple[tuple[Witness, Draft], ...]:
    """Witnesses who have a code from an earlier run and nothing under seal; nobody erased gets a key again."""
    found = [(known[draft.mark].witness, draft) for draft in drafts if draft.mark in known and draft.sealed]
    open_ = [(witness, draft) for witness, draft in found if witness and not hasattr(witness, "identity")]
    gone = erasure.erased() if open_ else {}
    return tuple((witness, draft) for witness, draft in open_ if witness.person not in gone)


def _drafts(case: Case, table: Table, report: Report) -> Iterator[Draft]:
    """The rows that can be kept; the faults of the others go into the report."""
    seen: dict[str, int] = {}
    for line in itertools.islice(lines_of(table.stream, table.limits), 1, None):
        report.rows += 1
        draft = read_draft(case.pk, report.kind, report.mapping, line)
        if isinstance(draft, list):
            report.faults += draft
        elif draft.mark in seen:
            words = gettext("The same as line %(line)s.") % {"line": seen[draft.mark]}
            report.faults.append(Fault(line.number, "", words))
        else:
            seen[draft.mark] = line.number
            yield draft


def _known(case: Case, kind: TableKind, drafts: Sequence[Draft]) -> dict[str, ImportedRow]:
    rows = ImportedRow.objects.filter(case=case, kind=kind, mark__in=[draft.mark for draft in drafts])
    return {row.mark: row for row in rows.select_related("witness__case", "witness__identity")}


def _keep(case: Case, kind: TableKind, batch: _Batch, actor: Actor) -> list[Victim | Witness]:
    """One act for the codes, then the sealing, person by person, as a key is made on an entry of its own."""
    made: list[tuple[Victim | Witness, Draft]] = []
    if batch.new:
        with acts.act(actor=actor) as act:
            # Two tables at one moment would count the same codes, and bring one row in twice.
            take_turn(case)
            known = _known(case, kind, batch.new)
            new = [draft for draft in batch.new if draft.mark not in known]
            made = _create(act, case, kind, new)
    sealing = [(person, draft) for person, draft in made if isinstance(person, Witness) and draft.sealed]
    for witness, draft in (*batch.unsealed, *sealing):
        seal_identity(witness=witness, identity=Identity(**draft.sealed), actor=actor)
    return [person for person, _ in made]


def _create(act: Act, case: Case, kind: TableKind, drafts: Sequence[Draft]) -> list[tuple[Victim | Witness, Draft]]:
    now = clock.now()
    model = Victim if kind is TableKind.VICTIM else Witness
    codes = next_codes(model, case, "VF" if model is Victim else "W", len(drafts))
    people: list[Victim | Witness] = [
        model(case=case, code=code, created=now, **draft.clear) for code, draft in zip(codes, drafts, strict=True)
    ]
    rows = [
        ImportedRow(case=case, kind=kind, mark=draft.mark, created=now, **{kind.value: person})
        for person, draft in zip(people, drafts, strict=True)
    ]
    act.save_many(people)
    act.save_many(rows)
    for person, row in zip(people, rows, strict=True):
        act.record(_CREATED[kind], streams=_streams(person), subject=_subject(person), snapshots=[person, row])
    return list(zip(people, drafts, strict=True))


def _streams(person: Victim | Witness) -> tuple[str, ...]:
    if isinstance(person, Witness):
        return streams(person)
    return (f"person/{person.pk}", f"case/{person.case_id}")


def _subject(person: Victim | Witness) -> dict[str, str]:
    if isinstance(person, Witness):
        return subject(person)
    return {"victim": str(person.pk), "case": str(person.case_id)}
