"""What stands behind the evidence: protection, figures, what speaks against, certificates, what built it."""

from dataclasses import dataclass

from testimony.core.dossier.front import Said, Software


@dataclass(frozen=True)
class Withheld:
    """Something that was left out, without its content, and why.

    `kind` is "statement", "exhibit", "name", "recognition" or "ground"; `reasons` are the codes of the rules.
    """

    code: str
    kind: str
    reasons: tuple[str, ...]
    words: Said


@dataclass(frozen=True)
class Protection:
    """What the gate decided over everything that was asked for: what it let in, what stays, and what was cut.

    `asked` counts all pieces that were looked at. `measures` are the measures of protection that hold here.
    """

    asked: int
    withheld: tuple[Withheld, ...]
    measures: tuple[Said, ...]


@dataclass(frozen=True)
class FigureRow:
    """One number, and the evidence numbers or codes that it counts."""

    label: Said
    value: int
    basis: tuple[str, ...]


@dataclass(frozen=True)
class Figure:
    """Numbers that belong together. They are counted from what this dossier holds, and from nothing else."""

    key: str
    title: Said
    note: Said
    rows: tuple[FigureRow, ...]


@dataclass(frozen=True)
class Inquiry:
    """One question that could speak against what the dossier says: what was looked for, and what was found.

    `basis` are the codes, marks or numbers in which it was found; empty where nothing was. `said` is true where a
    person wrote it, false where the records were searched.
    """

    asked: Said
    found: Said
    basis: tuple[str, ...]
    said: bool


@dataclass(frozen=True)
class Certificate:
    """A certificate that the software has filled and a person reads, changes by hand and signs.

    `kind` is "custodian", "examiner" or "records"; `form` names the law and the version of the text
    (`testimony.core.certificates.Form`). A text that a case wrote in one language has the other empty.
    """

    kind: str
    form: str
    title: Said
    paragraphs: tuple[Said, ...]
    formula: Said


@dataclass(frozen=True)
class Verification:
    """What a stranger needs to check the exhibits without us."""

    origin: str
    entries: int
    root: str
    ledger_key: str
    certificate_sha256: str


@dataclass(frozen=True)
class Bill:
    """The programs and faces that made the pages: with these the same tree gives the same bytes."""

    components: tuple[Software, ...]
