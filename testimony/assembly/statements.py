"""Statements as a dossier shows them: the served text under codes, with what is on record of how it was taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

from testimony.assembly.chosen import Chosen
from testimony.core import dossier as tree
from testimony.core.statement import Interpreter, StatementText, Translator
from testimony.models import Consent, Identification, Statement
from testimony.statements import Opened


def statements(chosen: Chosen) -> tuple[tree.Statement, ...]:
    """The statements that go in, each with the line of the consent that covers it."""
    consents = {one.code: one for one in Consent.objects.filter(case=chosen.case, code__in=_codes(chosen))}
    concerned = _concerned(chosen)
    return tuple(
        _statement(chosen, row, opened, consents[decision.codes[0]], concerned(row))
        for row, decision, opened in chosen.going
    )


def _concerned(chosen: Chosen) -> Callable[[Statement], tuple[str, ...]]:
    """Of whom a statement speaks; what adds to another or corrects it speaks of whom that one does."""
    named: dict[UUID, set[str]] = defaultdict(set)
    shown = {victim.pk: victim.code for victim in chosen.victims}
    links = Identification.objects.filter(victim__in=shown).values_list("statement", "victim")
    for key, victim in links:
        named[key].add(shown[victim])
    rows = Statement.objects.filter(case=chosen.case).exclude(follows=None).values_list("pk", "follows")
    follows: dict[UUID, UUID | None] = dict(rows)

    def of(row: Statement) -> tuple[str, ...]:
        codes: set[str] = set()
        key: UUID | None = row.pk
        while key is not None:
            codes |= named[key]
            key = follows.get(key)
        return tuple(sorted(codes))

    return of


def _codes(chosen: Chosen) -> list[str]:
    return [code for _, decision, _ in chosen.going for code in decision.codes]


def _statement(
    chosen: Chosen, row: Statement, opened: Opened, consent: Consent, concerned: tuple[str, ...]
) -> tree.Statement:
    return tree.Statement(
        mark=chosen.statement_marks[str(row.pk)],
        code=row.code,
        witness=chosen.code_of(row.witness),
        relation=row.witness.role,
        kind=row.kind,
        language=row.language,
        taken_on=row.taken_on.isoformat(),
        sha256=opened.sha256,
        follows=row.follows.code if row.follows else "",
        following=row.following,
        concerned=concerned,
        consent=tree.ConsentLine(consent.code, consent.scope, consent.given_on.isoformat()),
        taken=_taken(opened.text),
        paragraphs=tuple(
            tree.StatementParagraph(number, each.text, each.translation, each.basis)
            for number, each in enumerate(opened.paragraphs, start=1)
        ),
    )


def _taken(text: StatementText) -> tree.Taken:
    """How it was taken. Who was present is told by role alone: the rest is what somebody typed."""
    declared, signed, read = text.declaration, text.signature, text.read_back
    return tree.Taken(
        sessions=tuple(
            " ".join(part for part in (one.day, f"{one.began}-{one.ended}" if one.began or one.ended else "") if part)
            for one in text.sessions
        ),
        present=tuple(one.role for one in text.present if one.role),
        interpreter=_interpreter(text.interpreter),
        translator=_translator(text.translator),
        read_back=read.when if read else "",
        read_back_language=read.language if read else "",
        formula=f"{declared.jurisdiction}/{declared.version}" if declared else "",
        declaration=declared.text if declared else "",
        signed_on=signed.day if signed else "",
        pages_signed=bool(signed and signed.pages),
        end_signed=bool(signed and signed.end),
        mentioned=tuple(tree.Mentioned(one.mark, one.ern) for one in text.references),
        mended=tuple(tree.Mended(one.paragraph, one.what, one.initialled) for one in text.corrections),
    )


def _interpreter(one: Interpreter | None) -> tree.Spoken | None:
    return tree.Spoken(one.code, one.source, one.target, one.oath, "") if one else None


def _translator(one: Translator | None) -> tree.Spoken | None:
    return tree.Spoken(one.code, one.source, one.target, one.certificate, one.day) if one else None
