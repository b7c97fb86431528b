"""The first page of each volume: whose dossier, about whom, for whom, as of when, made by what."""

from typing import Final

from custody.papers import measures
from custody.papers.paper import Code, Column, Digest
from custody.papers.parts import Place, seal
from custody.papers.words import Words
from custody.typesetting import blocks
from custody.typesetting.blocks import Block, Pile, Rule, Space
from custody.typesetting.documents import MM
from custody.typesetting.marks import SquareCode
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_front as front
from testimony.rendering.keys import exhibit_key
from testimony.rendering.pages import Pages, Table
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Told, Tongue, Value, as_written, filled_in, moment, titled

_PLACE: Final = Place("the cover")


def add_cover(pages: Pages, dossier: tree.Dossier) -> None:
    """Put the cover on a page of its own."""
    cover, tongue = dossier.cover, pages.tongue
    pages.place = _PLACE
    pages.book.begin("cover", tongue.line(words.COVER))
    title = tongue.filled(titled(cover.case_title))
    kind = tongue.filled(words.DOSSIER)
    pages.add(Space(3 * MM), tongue.setter.title(title, kind), Space(8 * MM), Rule(measures.DOCKET))
    pages.rows(_rows(pages, dossier))
    pages.add(Rule(measures.DOCKET), Space(4 * MM), _seal(pages, dossier))
    pages.signatures([front.PREPARED_BY, front.APPROVED_BY])


def add_volume_cover(pages: Pages, dossier: tree.Dossier, exhibits: tuple[tree.Exhibit, ...]) -> None:
    """Put the first page of a later volume: which one it is, and what stands in it."""
    cover, tongue = dossier.cover, pages.tongue
    line = _volume(pages)
    docket = Docket("", cover.dossier, line, words.DOSSIER)
    pages.begin(f"volume-{pages.volume}", docket, f"the cover of volume {pages.volume}")
    pages.add(Space(8 * MM))
    pages.add(tongue.setter.title(tongue.filled(titled(cover.case_title)), tongue.filled(line)), Space(8 * MM))
    pages.rows([Told(front.MATTER, Code(cover.case_code)), Told(front.NUMBER, _number(cover)), _as_of(cover)])
    pages.add(Space(4 * MM))
    pages.note(front.LATER_VOLUME)
    keys = [exhibit_key(exhibit.mark) for exhibit in exhibits]
    columns = [Column(words.MARK, 30), Column(words.NUMBER, 90), Column(words.PAGE, 50)]
    rows = [
        (Code(exhibit.mark, strong=True), Code(exhibit.ern), Code(str(pages.book.numbers.page(key))))
        for exhibit, key in zip(exhibits, keys, strict=True)
    ]
    pages.table(Table(columns, rows, keys))


def _rows(pages: Pages, dossier: tree.Dossier) -> list[Told]:
    cover, tongue = dossier.cover, pages.tongue
    told = [
        Told(front.MATTER, Code(cover.case_code)),
        *[Told(front.CONCERNED, _concerned(tongue, each)) for each in cover.concerned[:3]],
    ]
    if len(cover.concerned) > 3:
        told[1:] = [Told(front.CONCERNED, Code(", ".join(each.code for each in cover.concerned)))]
    if submitted := tongue.name(cover.submitted_by):
        told.append(Told(front.SUBMITTED_BY, Words(submitted, submitted if tongue.from_right else "")))
    told.append(Told(front.SUBMITTED_TO, _recipient(tongue, cover)))
    told += [Told(front.NUMBER, _number(cover)), _as_of(cover)]
    told.append(Told(front.CONTENTS, _counts(dossier, pages.book.numbers.total)))
    if pages.count > 1:
        told.append(Told(front.VOLUMES, _volume(pages)))
    told += [
        Told(front.LANGUAGES, front.EDITIONS[cover.edition]),
        Told(front.DISCLOSURE, front.DISCLOSURES.get(cover.disclosure, Words(cover.disclosure, ""))),
        Told(front.PICTURES, _pictures(cover)),
        Told(front.PURPOSE, front.PURPOSES.get(cover.purpose, Words(as_written(cover.purpose), ""))),
        Told(front.WITHHELD, _withheld(pages, dossier.protection)),
        Told(front.SOFTWARE, _software(cover.software)),
    ]
    return told


def _concerned(tongue: Tongue, concerned: tree.Concerned) -> Value:
    name = tongue.name(concerned.name)
    code = Code(concerned.code, strong=True)
    return (code, Words(name, name if tongue.from_right else "")) if name else code


def _recipient(tongue: Tongue, cover: tree.Cover) -> Value:
    name = tongue.name(cover.recipient_name)
    shown = Words(name, name if tongue.from_right else "")
    if cover.recipient:
        return (Code(cover.recipient, strong=True), shown) if name else Code(cover.recipient, strong=True)
    return shown if name else front.NOT_CHOSEN


def _number(cover: tree.Cover) -> Value:
    number = (Code(cover.dossier, strong=True), filled_in(front.VERSION, version=cover.version))
    return (*number, filled_in(front.SUPERSEDES, version=cover.supersedes)) if cover.supersedes else number


def _as_of(cover: tree.Cover) -> Told:
    return Told(front.AS_OF, moment(cover.as_of))


def _volume(pages: Pages) -> Words:
    return filled_in(words.VOLUME_OF, number=pages.volume, count=pages.count)


def _counts(dossier: tree.Dossier, total: int) -> Words:
    return filled_in(
        front.COUNTS,
        exhibits=len(dossier.exhibits),
        statements=len(dossier.statements),
        victims=len(dossier.victims),
        pages=total,
    )


def _pictures(cover: tree.Cover) -> Value:
    form = front.FORMS[cover.pictures]
    return (form, front.REDACTED) if cover.redacted else form


def _withheld(pages: Pages, protection: tree.Protection) -> Words:
    if not protection.withheld:
        return front.NOTHING_WITHHELD
    return filled_in(front.PIECES_WITHHELD, count=len(protection.withheld), where=pages.where("protection"))


def _software(software: tree.Software) -> Value:
    name = Words(f"{software.name} {software.version}", "")
    return (name, Code(software.commit[:12])) if software.commit else name


def _seal(pages: Pages, dossier: tree.Dossier) -> Block:
    content = pages.content
    verification = dossier.verification
    head = filled_in(front.LEDGER_HEAD, entry=f"{verification.entries:,}")
    note = filled_in(front.COVER_NOTE, where=pages.where("verification"))
    code = f"amana:{dossier.cover.dossier}/{dossier.cover.version}?sha256={content}"
    return sealed(pages.tongue, code, [(front.CONTENT_DIGEST, content), (head, verification.root)], note, _PLACE)


def sealed(tongue: Tongue, code: str, digests: list[tuple[Words, str]], note: Words | None, place: Place) -> blocks.Row:
    """The square code with the digests beside it, on the side from which the page begins."""
    if tongue.both:
        return seal(code, digests, note, place)
    beside: list[Block] = [tongue.setter.digest(Digest(tongue.filled(label), value), place) for label, value in digests]
    if note:
        beside += [Space(1 * MM), tongue.paragraph(note, measures.NOTE, place, 12.5)]
    columns = [
        blocks.Column(SquareCode(code), 32 * MM, 6 * MM),
        blocks.Column(Pile(beside), measures.WIDTH - 32 * MM),
    ]
    return blocks.Row(tongue.setter.ordered(columns), from_right=tongue.setter.from_right)
