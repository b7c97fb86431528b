"""The cover, where the exhibits come from, and the codes that stand in the pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from django.conf import settings

from custody import clock
from evidence.admissions import items_in
from testimony.assembly.chosen import Chosen
from testimony.core import dossier as tree
from testimony.models import Victim


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
        concerned=tuple(tree.Concerned(victim.code, name_of(chosen, victim)) for victim in chosen.victims),
        recipient=recipient.code if recipient else "",
        recipient_name=tree.Name("", recipient.name) if recipient else tree.Name("", ""),
        submitted_by=tree.Name("", ""),
        as_of=clock.stamp(chosen.as_of),
        software=tree.Software("Amana", settings.AMANA_VERSION, settings.AMANA_COMMIT),
    )


def name_of(chosen: Chosen, victim: Victim) -> tree.Name:
    """The alleged name, unless this edition shows none."""
    return tree.Name("", "") if chosen.redacted else tree.Name(victim.name_ar, victim.name_latin)


def scope(chosen: Chosen) -> tree.Scope:
    """Each collection that something shown comes from, and how much of it the case holds."""
    shown = Counter(item.collection_id for item in chosen.shown)
    collections = {item.collection_id: item.collection for item in chosen.shown}
    held = Counter(items_in(chosen.case).filter(collection__in=shown).values_list("collection", flat=True))
    origins = [
        tree.Origin(
            collection=one.code,
            title=one.title,
            source=one.source.code if one.source else "",
            received=clock.stamp(one.created),
            held=held[key],
            shown=shown[key],
        )
        for key, one in collections.items()
    ]
    return tree.Scope(tuple(sorted(origins, key=lambda one: one.collection)), tuple(chosen.remarks))


def codes(
    chosen: Chosen, pieces: Iterable[tree.Statement], sheets: Iterable[tree.VictimSheet]
) -> tuple[tree.Coded, ...]:
    """Every code that stands for somebody or something in these pages, once."""
    found = {(coded.kind, coded.code): coded for coded in _codes(chosen, list(pieces), list(sheets)) if coded.code}
    return tuple(found[key] for key in sorted(found))


def _codes(chosen: Chosen, pieces: list[tree.Statement], sheets: list[tree.VictimSheet]) -> Iterator[tree.Coded]:
    for victim in chosen.victims:
        yield tree.Coded(victim.code, "victim", "")
    for sheet in sheets:
        yield from (tree.Coded(body.code, "body", "") for body in sheet.bodies)
        yield from (tree.Coded(one.witness, "witness", "") for one in sheet.recognitions)
        yield from (tree.Coded(rival, "victim", "") for tie in sheet.ties for rival in tie.rivals)
    for piece in pieces:
        yield tree.Coded(piece.witness, "witness", piece.relation)
        if piece.taken.interpreter:
            yield tree.Coded(piece.taken.interpreter.code, "interpreter", "")
        if piece.taken.translator:
            yield tree.Coded(piece.taken.translator.code, "translator", "")
    for item in chosen.shown:
        if item.collection.source:
            yield tree.Coded(item.collection.source.code, "party", item.collection.source.kind)
    if chosen.recipient:
        yield tree.Coded(chosen.recipient.code, "party", chosen.recipient.kind)
