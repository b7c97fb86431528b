"""The cover, where the exhibits come from, and the codes that stand in the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from django.conf import settings

from custody import clock
from custody.models import Party
from evidence.admissions import items_in
from testimony.assembly.chosen import UNNAMED, Chosen
from testimony.assembly.people import Sheets
from testimony.core import dossier as tree


def cover(chosen: Chosen) -> tree.Cover:
    """The first page. In a redacted edition no name of a victim stands anywhere."""
    case, recipient = chosen.case, chosen.recipient
    return tree.Cover(
        dossier=chosen.code,
        version=chosen.version,
        supersedes=chosen.supersedes,
        edition=chosen.edition,
        pictures=chosen.pictures,
        redacted=chosen.redacted,
        disclosure=chosen.disclosure.value,
        marking=case.marking,
        purpose=chosen.purpose,
        case_code=case.code,
        case_title=tree.Name(case.title_ar, case.title_en),
        concerned=tuple(tree.Concerned(victim.code, chosen.name_of(victim)) for victim in chosen.victims),
        recipient=recipient.code if recipient else "",
        recipient_name=tree.Name("", recipient.name) if recipient else tree.Name("", ""),
        submitted_by=tree.Name("", ""),
        as_of=clock.stamp(chosen.as_of),
        software=tree.Software("Amana", settings.AMANA_VERSION, settings.AMANA_COMMIT),
    )


def scope(chosen: Chosen) -> tree.Scope:
    """Each collection that something shown comes from, and how much of it the case holds."""
    shown = Counter(item.collection_id for item in chosen.shown)
    collections = {item.collection_id: item.collection for item in chosen.shown}
    held = Counter(items_in(chosen.case).filter(collection__in=shown).values_list("collection", flat=True))
    origins = [
        tree.Origin(
            collection=one.code,
            title="" if chosen.redacted else one.title,
            source=one.source.code if one.source else "",
            received=clock.stamp(one.created),
            held=held[key],
            shown=shown[key],
        )
        for key, one in collections.items()
    ]
    return tree.Scope(tuple(sorted(origins, key=lambda one: one.collection)), tuple(chosen.remarks))


def codes(
    chosen: Chosen, shown: Iterable[tree.Exhibit], pieces: Iterable[tree.Statement], sheets: Sheets
) -> tuple[tree.Coded, ...]:
    """Every code that stands for somebody or something in these pages, once."""
    every = [*_of_persons(chosen, sheets), *_of_statements(pieces), *_of_parties(chosen, shown)]
    found = {(coded.kind, coded.code): coded for coded in every if coded.code not in ("", UNNAMED)}
    return tuple(found[key] for key in sorted(found))


def _of_persons(chosen: Chosen, found: Sheets) -> Iterator[tree.Coded]:
    for victim in chosen.victims:
        yield tree.Coded(victim.code, "victim", "")
    yield from (tree.Coded(code, "witness", role) for code, role in found.witnesses.items())
    for sheet in found.sheets:
        yield from (tree.Coded(body.code, "body", "") for body in sheet.bodies)
        yield from (tree.Coded(rival, "victim", "") for tie in sheet.ties for rival in tie.rivals)


def _of_statements(pieces: Iterable[tree.Statement]) -> Iterator[tree.Coded]:
    for piece in pieces:
        yield tree.Coded(piece.witness, "witness", piece.relation)
        if piece.taken.interpreter:
            yield tree.Coded(piece.taken.interpreter.code, "interpreter", "")
        if piece.taken.translator:
            yield tree.Coded(piece.taken.translator.code, "translator", "")


def _of_parties(chosen: Chosen, shown: Iterable[tree.Exhibit]) -> Iterator[tree.Coded]:
    """Who gave a collection, who is told to have held it before, and whom the dossier is for."""
    claims = (line for exhibit in shown for line in exhibit.custody if line.kind is tree.LineKind.CLAIM)
    holders = Party.objects.filter(code__in={line.who for line in claims if line.who})
    yield from (tree.Coded(code, "party", kind) for code, kind in holders.values_list("code", "kind"))
    for item in chosen.shown:
        if item.collection.source:
            yield tree.Coded(item.collection.source.code, "party", item.collection.source.kind)
    if chosen.recipient:
        yield tree.Coded(chosen.recipient.code, "party", chosen.recipient.kind)
