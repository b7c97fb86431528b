"""Pictures shown to witnesses: which, in which order, how, and what came of it; never the words."""

from custody.papers import measures
from custody.papers.paper import Code
from custody.papers.words import Words
from custody.typesetting.blocks import Pile, Rule, Space
from custody.typesetting.documents import MM
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_people as people
from testimony.rendering.pages import Pages
from testimony.rendering.tongue import Told, listed


def add_recognitions(pages: Pages, recognitions: tuple[tree.Recognition, ...]) -> None:
    """Put each recognition as rows; where there was none, nothing."""
    if not recognitions:
        return
    pages.heading(people.RECOGNITIONS)
    for each in recognitions:
        rows = [pages.tongue.told(told, pages.place) for told in _rows(each)]
        pages.together([Space(1 * MM), Pile(rows), Rule(measures.HAIR), Space(2 * MM)])


def _rows(each: tree.Recognition) -> list[Told]:
    told = [
        Told(words.CODE, (Code(each.code, strong=True), Code(each.held_on))),
        Told(people.WITNESS, Code(each.witness)),
        Told(people.HOW, _how(each)),
    ]
    if each.instructions:
        told.append(Told(people.TOLD, _joined([_of(people.INSTRUCTIONS, one) for one in each.instructions])))
    result = (_of(people.RESULTS, each.result), _of(people.CERTAINTIES, each.certainty))
    return [
        *told,
        Told(people.SHOWN, listed(each.shown) if each.shown else words.NOT_RECORDED),
        Told(people.CHOSEN, listed(each.chosen) if each.chosen else words.NONE),
        Told(people.RESULT, result if each.certainty else result[0]),
    ]


def _how(each: tree.Recognition) -> Words:
    said = [_of(people.KINDS, each.kind)]
    said += [people.MASKED] if each.masked else []
    said += [people.BLIND] if each.blind else []
    return _joined(said)


def _of(table: dict[str, Words], code: str) -> Words:
    return table.get(code, Words(code, code))


def _joined(sayings: list[Words]) -> Words:
    return Words("; ".join(each.en for each in sayings), "؛ ".join(each.ar for each in sayings))
