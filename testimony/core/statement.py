"""The words of a statement and the facts of how it was taken: frozen, as canonical JSON, read back strictly.

What a page that serves or exports may show is `StatementText`. What a witness tells us for our own use (how to be
reached, when, what protection is asked for) is `Confidential`: another object, sealed by itself, which this text never
holds, as the reverse of form MG11 is never served. Days are "YYYY-MM-DD", times of day as they were typed, languages
ISO 639 codes; in a draft any of them may still be empty. `missing` says what keeps a draft from being sealed.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeVar

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError
from testimony.core import codec
from testimony.core.dossier import Basis
from testimony.core.errors import DossierError, StatementError

FORMAT: Final = "statement-text/2"
FIRST_FORMAT: Final = "statement-text/1"
CONFIDENTIAL: Final = "statement-confidential/1"
RECORD: Final = "statement-record/1"
MAX_BYTES: Final = 8 * 1024 * 1024
MAX_PARAGRAPHS: Final = 2000

T = TypeVar("T")


class AccountKind(StrEnum):
    """What kind of account it is, and so what has to stand in it."""

    FIRST_ACCOUNT = "first-account"
    WITNESS_STATEMENT = "witness-statement"
    DECLARATION = "declaration"
    ICC = "icc"


class Following(StrEnum):
    """What a later statement is to an earlier one, which itself never changes."""

    ADDENDUM = "addendum"
    CORRECTION = "correction"


class Missing(StrEnum):
    """What still has to be there before a draft can be sealed."""

    PARAGRAPHS = "paragraphs"
    LANGUAGE = "language"
    DAY = "day"
    TRANSLATOR = "translator"
    INTERPRETER_OATH = "interpreter-oath"
    READ_BACK = "read-back"
    READ_BACK_CHANGED = "read-back-changed"
    DECLARATION = "declaration"
    SIGNATURE = "signature"


@dataclass(frozen=True, repr=False)
class Paragraph:
    """One numbered paragraph: the words of the witness, a translation if there is one, how the witness knows."""

    text: str
    translation: str = ""
    basis: Basis = Basis.NOT_STATED


@dataclass(frozen=True)
class Session:
    """One sitting: its day, from when until when, and the breaks."""

    day: str
    began: str
    ended: str
    breaks: str


@dataclass(frozen=True)
class Present:
    """Somebody in the room, by code or description, and in what role."""

    who: str
    role: str


@dataclass(frozen=True)
class Interpreter:
    """Who interpreted, by code; the oath as it was taken (empty: none); from which language into which."""

    code: str
    oath: str
    source: str
    target: str


@dataclass(frozen=True)
class Translator:
    """Who made the translation beside the original, by code, and what the translator certifies, on which day."""

    code: str
    source: str
    target: str
    certificate: str
    day: str


@dataclass(frozen=True)
class Reference:
    """A recording of the conversation, or an exhibit that the witness speaks of: its mark and its evidence number."""

    mark: str
    ern: str
    recording: bool


@dataclass(frozen=True)
class Correction:
    """What the witness corrected when it was read back; `paragraph` is its number, 0 for the whole."""

    paragraph: int
    what: str
    initialled: bool


@dataclass(frozen=True)
class ReadBack:
    """Who read it back, in which language, when; `words` is the digest of the paragraphs as they were read."""

    who: str
    language: str
    when: str
    words: str


@dataclass(frozen=True)
class Declaration:
    """The words by which the witness stands to it, and which version of which jurisdiction's formula they are."""

    jurisdiction: str
    version: int
    language: str
    text: str


@dataclass(frozen=True)
class Signature:
    """Whether each page and the end were signed on paper, and on which day and where."""

    pages: bool
    end: bool
    day: str
    place: str


@dataclass(frozen=True, kw_only=True, repr=False)
class StatementText:
    """Everything of a statement that may be served. `salt` keeps its digests from confirming a guess at the words.

    No ``repr``, here and below: a traceback or a log line must not hold the words of a witness.

    ``kind`` is None and the facts are empty where version 1 of the format did not say.
    """

    salt: str
    kind: AccountKind | None = None
    language: str = ""
    place: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    sessions: tuple[Session, ...] = ()
    present: tuple[Present, ...] = ()
    interpreter: Interpreter | None = None
    translator: Translator | None = None
    references: tuple[Reference, ...] = ()
    corrections: tuple[Correction, ...] = ()
    age: int | None = None
    reader: str = ""
    read_back: ReadBack | None = None
    declaration: Declaration | None = None
    signature: Signature | None = None


@dataclass(frozen=True, kw_only=True, repr=False)
class Confidential:
    """What is never served: it is sealed apart from the text and opened for no dossier, bundle or page of the text."""

    contact: str = ""
    availability: str = ""
    special_measures: str = ""
    medical_release: str = ""
    notes: str = ""


@dataclass(frozen=True)
class StatementRecord:
    """What the registrar signs when a statement is sealed: ids and digests only.

    ``text`` and ``sealed`` are SHA-256 of the text before sealing and of the sealed bytes; ``follows`` is the id of the
    earlier statement that this one adds to or corrects, empty when there is none; ``signer`` the SHA-256 of the signing
    certificate; ``log`` the origin of the ledger.
    """

    statement: str
    person: str
    case: str
    text: str
    sealed: str
    follows: str
    time: str
    log: str
    signer: str


def dumps(text: StatementText) -> bytes:
    """Canonical JSON of a text, to be sealed. Raises StatementError for one that is too large."""
    return _dumps(FORMAT, text)


def loads(data: bytes) -> StatementText:
    """The text of canonical JSON, of this version or the first. Raises StatementError for anything else."""
    value = _object(data)
    if value.get("type") == FIRST_FORMAT:
        return _first(value)
    return _checked(_decode(StatementText, FORMAT, value))


def dumps_confidential(confidential: Confidential) -> bytes:
    """Canonical JSON of the confidential side, to be sealed by itself."""
    return _dumps(CONFIDENTIAL, confidential)


def loads_confidential(data: bytes) -> Confidential:
    """The confidential side. Raises StatementError for anything else, a statement's text included."""
    return _decode(Confidential, CONFIDENTIAL, _object(data))


def dumps_record(record: StatementRecord) -> bytes:
    """The bytes that are signed and kept."""
    content = codec.encode(record)
    return canonical.dumps({"type": RECORD, **content})


def loads_record(data: bytes) -> StatementRecord:
    """The record of stored bytes. Raises StatementError."""
    value = _object(data)
    rest: JsonValue = {key: one for key, one in value.items() if key != "type"}
    return _decode(StatementRecord, RECORD, {"type": value.get("type"), "content": rest})


def words_digest(text: StatementText) -> str:
    """SHA-256 in hex of what is read back to a witness: salt, language and paragraphs, corrections included."""
    said = {name: codec.encode(getattr(text, name)) for name in ("salt", "language", "paragraphs", "corrections")}
    return hashlib.sha256(canonical.dumps(said)).hexdigest()


def missing(text: StatementText) -> tuple[Missing, ...]:
    """What keeps this text from being sealed, in the order of the page; empty when nothing does."""
    said = {
        Missing.PARAGRAPHS: bool(text.paragraphs) and all(each.text.strip() for each in text.paragraphs),
        Missing.LANGUAGE: bool(text.language),
        Missing.DAY: any(is_day(session.day) for session in text.sessions),
        Missing.TRANSLATOR: _translated_by_somebody(text),
        Missing.INTERPRETER_OATH: text.interpreter is None or bool(text.interpreter.code and text.interpreter.oath),
        Missing.READ_BACK: text.read_back is not None and bool(text.read_back.who and text.read_back.when),
        Missing.READ_BACK_CHANGED: text.read_back is None or text.read_back.words == words_digest(text),
        Missing.DECLARATION: text.declaration is not None and bool(text.declaration.text.strip()),
        Missing.SIGNATURE: text.signature is not None and text.signature.end and is_day(text.signature.day),
    }
    return tuple(name for name, there in said.items() if not there)


def is_day(words: str) -> bool:
    """Whether this is a day, "YYYY-MM-DD"."""
    try:
        return datetime.date.fromisoformat(words).isoformat() == words
    except ValueError:
        return False


def _translated_by_somebody(text: StatementText) -> bool:
    """A translation in a formal statement stands under somebody's certificate; a first account may wait for one."""
    translated = any(each.translation.strip() for each in text.paragraphs)
    if not translated or text.kind is AccountKind.FIRST_ACCOUNT:
        return True
    return text.translator is not None and bool(text.translator.code and text.translator.certificate)


def _dumps(format_: str, value: object) -> bytes:
    content = codec.encode(value)
    try:
        data = canonical.dumps({"type": format_, "content": content})
    except CanonicalError as error:
        raise StatementError(f"this cannot be kept: {error}") from error
    if len(data) > MAX_BYTES:
        raise StatementError(f"a statement has {MAX_BYTES} bytes at most")
    return data


def _object(data: bytes) -> dict[str, JsonValue]:
    if len(data) > MAX_BYTES:
        raise StatementError("this is too large for a statement")
    try:
        value = canonical.loads(data)
    except CanonicalError as error:
        raise StatementError(f"not the canonical form of a statement: {error}") from error
    if not isinstance(value, dict):
        raise StatementError("not a statement")
    return value


def _decode(kind: type[T], format_: str, value: dict[str, JsonValue]) -> T:
    if set(value) != {"type", "content"} or value["type"] != format_:
        raise StatementError(f"not a {format_}")
    try:
        return codec.decode(kind, value["content"])
    except DossierError as error:
        raise StatementError(str(error)) from error


def _checked(text: StatementText) -> StatementText:
    if len(text.paragraphs) > MAX_PARAGRAPHS:
        raise StatementError(f"a statement has {MAX_PARAGRAPHS} paragraphs at most")
    return text


@dataclass(frozen=True)
class _First:
    """Version 1: paragraphs alone."""

    type: str
    salt: str
    paragraphs: tuple[Paragraph, ...]


def _first(value: dict[str, JsonValue]) -> StatementText:
    try:
        first = codec.decode(_First, value)
    except DossierError as error:
        raise StatementError(str(error)) from error
    return _checked(StatementText(salt=first.salt, paragraphs=first.paragraphs))
