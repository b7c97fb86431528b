"""Identification sheets: the bodies tied to a person, the numbers on them, and how far each tie carries."""

from custody.papers.paper import Code, Column
from custody.papers.words import Words
from custody.typesetting.blocks import Space
from custody.typesetting.documents import MM
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_people as people
from testimony.rendering.keys import victim_key
from testimony.rendering.moments import add_moments
from testimony.rendering.pages import Pages, Table
from testimony.rendering.recognitions import add_recognitions
from testimony.rendering.slips import Docket
from testimony.rendering.tongue import Lines, Told, Value, filled_in, listed, moment, titled


def add_victims(pages: Pages, dossier: tree.Dossier) -> None:
    """Put a sheet for each person concerned; without any, say so."""
    if not dossier.victims:
        pages.begin("victims", Docket("", dossier.cover.dossier, words.VICTIMS), "the identification sheets")
        pages.prose(people.NO_VICTIM)
    codes = [victim.code for victim in dossier.victims]
    for index, victim in enumerate(dossier.victims):
        _add(pages, victim, pages.group(words.VICTIMS, codes, index))


def _add(pages: Pages, victim: tree.VictimSheet, group: str) -> None:
    name = titled(victim.name)
    shown = Words(name.en or words.VICTIM_SHEET.en, name.ar or words.VICTIM_SHEET.ar)
    docket = Docket("", victim.code, shown, words.VICTIM_SHEET)
    pages.begin(victim_key(victim.code), docket, f"the sheet of {victim.code}", group=group, title=victim.code)
    pages.rows(_rows(pages, victim))
    pages.heading(people.BODIES)
    if not victim.bodies:
        pages.prose(people.NO_BODY)
    for body in victim.bodies:
        _body(pages, body)
    for tie in victim.ties:
        _tie(pages, tie)
    add_recognitions(pages, victim.recognitions)
    add_moments(pages, victim.moments)


def _rows(pages: Pages, victim: tree.VictimSheet) -> list[Told]:
    name = pages.tongue.name(victim.name)
    shown = Words(name, name if pages.tongue.from_right else "") if name else people.NAME_WITHHELD
    return [
        Told(words.CODE, Code(victim.code, strong=True)),
        Told(people.NAME, shown, claimed=True),
        Told(people.WISH, people.WISHES.get(victim.wish, Words(victim.wish, victim.wish))),
        Told(people.EXHIBITS, listed(victim.exhibits) if victim.exhibits else words.NONE),
        Told(people.STATEMENTS, listed(victim.statements) if victim.statements else words.NONE),
    ]


def _body(pages: Pages, body: tree.Body) -> None:
    told = [
        Told(
            people.BODY,
            (Code(body.code, strong=True), filled_in(people.PICTURES, count=body.pictures)),
        ),
        Told(people.EXHIBITS, listed(body.exhibits) if body.exhibits else words.NONE),
    ]
    pages.rows(told)
    if not body.numbers:
        pages.note(people.NO_NUMBER)
        return
    columns = [
        Column(words.NUMBER, 45),
        Column(people.AS_READ, 45),
        Column(people.READERS, 50),
        Column(people.LEGIBILITY, 30),
    ]
    rows = [
        (
            people.NUMBER_KINDS.get(read.kind, Words(read.kind, read.kind)),
            Lines([Code(value, strong=True) for value in read.values]),
            people.AGREEMENTS.get(read.agreement, Words(read.agreement, read.agreement)),
            people.LEGIBILITIES.get(read.legibility, Words(read.legibility, read.legibility)),
        )
        for read in body.numbers
    ]
    differ = frozenset(index for index, read in enumerate(body.numbers) if read.agreement == "differ")
    pages.table(Table(columns, rows, flagged=differ))
    pages.add(Space(3 * MM))


def _tie(pages: Pages, tie: tree.Tie) -> None:
    pages.heading(filled_in(people.TIE_TO, body=tie.body))
    status = people.STATUSES.get(tie.status, Words(tie.status, tie.status))
    told = [
        Told(people.TIE, Code(tie.code, strong=True)),
        Told(people.STATUS, status),
        Told(people.NEED, people.NEEDS.get(tie.need, Words(tie.need, tie.need))),
    ]
    if tie.ruled:
        told.append(Told(people.RULED, moment(tie.ruled)))
    if tie.rivals:
        told.append(Told(people.RIVALS, listed(tie.rivals)))
    if tie.left_out:
        told.append(Told(people.LEFT_OUT, filled_in(people.LEFT_OUT_NOTE, count=tie.left_out)))
    pages.rows(told)
    if tie.rivals:
        pages.add(Space(2 * MM))
        pages.fault(people.RIVALS_NOTE)
    pages.heading(people.GROUNDS)
    if tie.grounds:
        pages.table(_grounds(tie.grounds))
    else:
        pages.prose(people.NO_GROUND)


def _grounds(grounds: tuple[tree.Ground, ...]) -> Table:
    columns = [
        Column(people.BEARING, 26),
        Column(people.GROUND, 52),
        Column(people.FROM, 36),
        Column(people.RECORDED, 28),
        Column(people.COUNTED, 28),
    ]
    rows = [
        (
            people.BEARINGS.get(each.bearing, Words(each.bearing, each.bearing)),
            people.METHODS.get(each.method, Words(each.method, each.method)),
            Code(each.source),
            Code(each.recorded[:10]),
            Lines(_counted(each)),
        )
        for each in grounds
    ]
    against = frozenset(index for index, each in enumerate(grounds) if each.bearing == "against")
    return Table(columns, rows, flagged=against)


def _counted(ground: tree.Ground) -> list[Value]:
    if not ground.counted:
        return [people.TAKEN_BACK]
    if ground.bearing == "against":
        return [people.ANSWERED if ground.answered else people.NOT_ANSWERED]
    return [words.YES]
