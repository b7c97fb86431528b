"""How a statement was taken and closed, as rows: under whose consent, who was there, who signed where."""

from custody.papers.paper import Code
from custody.papers.words import Words
from testimony.core import dossier as tree
from testimony.rendering import words
from testimony.rendering import words_statements as told_of
from testimony.rendering.tongue import Told, Value, filled_in, listed


def opening_rows(statement: tree.Statement) -> list[Told]:
    """What stands before the words of the witness."""
    consent, taken = statement.consent, statement.taken
    scope = told_of.SCOPES.get(consent.scope, Words(consent.scope, consent.scope))
    told = [
        Told(told_of.KIND, told_of.KINDS.get(statement.kind, Words(statement.kind, statement.kind))),
        Told(told_of.RELATION, told_of.RELATIONS.get(statement.relation, Words(statement.relation, ""))),
        Told(told_of.CONSENT, (Code(consent.consent, strong=True), scope, Code(consent.given_on))),
        Told(words.LANGUAGE, words.language(statement.language)),
        Told(told_of.TAKEN_ON, Code(statement.taken_on) if statement.taken_on else words.NOT_RECORDED),
    ]
    if statement.follows:
        how = told_of.FOLLOWING.get(statement.following, Words(statement.following, statement.following))
        told.append(Told(told_of.FOLLOWS, (Code(statement.follows, strong=True), how)))
    if statement.concerned:
        told.append(Told(told_of.CONCERNS, listed(statement.concerned)))
    if taken.sessions:
        told.append(Told(told_of.SESSIONS, "; ".join(taken.sessions)))
    if taken.present:
        told.append(Told(told_of.PRESENT, "; ".join(taken.present)))
    if taken.interpreter:
        told.append(Told(told_of.INTERPRETER, spoken(taken.interpreter)))
        if taken.interpreter.words:
            told.append(Told(told_of.INTERPRETER_OATH, taken.interpreter.words))
    if taken.translator:
        told.append(Told(told_of.TRANSLATOR, spoken(taken.translator)))
    return [*told, Told(told_of.TEXT_DIGEST, _digest(statement.sha256))]


def closing_rows(statement: tree.Statement) -> list[Told]:
    """What stands after them."""
    taken = statement.taken
    told = [Told(told_of.FORMULA, Code(taken.formula))] if taken.formula else []
    return [*told, Told(told_of.READ_BACK, _read_back(taken)), Told(told_of.SIGNED, _signed(taken))]


def spoken(one: tree.Spoken) -> Value:
    """Who stood between two languages, between which, and since which day."""
    pair = filled_in(told_of.FROM_TO, source=words.language(one.source), target=words.language(one.target))
    told = (Code(one.code, strong=True), pair)
    return (*told, Code(one.day)) if one.day else told


def _read_back(taken: tree.Taken) -> Value:
    if not taken.read_back:
        return told_of.NOT_READ_BACK
    if not taken.read_back_language:
        return taken.read_back
    return (taken.read_back, words.language(taken.read_back_language))


def _signed(taken: tree.Taken) -> Value:
    places = [told_of.SIGNED_PAGES] if taken.pages_signed else []
    places += [told_of.SIGNED_END] if taken.end_signed else []
    if not places:
        return told_of.NOT_SIGNED
    where = Words(", ".join(each.en for each in places), "، ".join(each.ar for each in places))
    return (Code(taken.signed_on), where) if taken.signed_on else where


def _digest(value: str) -> Code:
    """All of a digest on two lines, in groups that are not parted."""
    groups = [value[start : start + 8] for start in range(0, len(value), 8)]
    return Code(f"{chr(0xA0).join(groups[:4])} {chr(0xA0).join(groups[4:])}")
