"""What the checking child answers: facts as JSON, or the one reason why there are none. The parent believes neither.

pyHanko is loaded with the facts alone, when there are some to read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, get_args, get_type_hints

from custody import clock
from custody.confined.errors import ChildError
from custody.core.verdicts import Finding, State, Verdict

if TYPE_CHECKING:
    from custody.pades.validating import DocumentFacts, SignatureFacts

MOST_BYTES: Final = 512 << 10
LONGEST_WORDS: Final = 300
_MOST_FINDINGS: Final = 1024
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")


class Reason(StrEnum):
    """Why a file was not checked."""

    NO_PDF = "no-pdf"
    ENCRYPTED = "encrypted"
    UNREADABLE = "unreadable"
    TOO_MUCH = "too-much"
    TOO_LONG = "too-long"
    STOPPED = "stopped"


def encode(facts: DocumentFacts) -> bytes:
    """Facts for the parent; what a foreign file says at length is cut."""
    return json.dumps({"facts": _short(facts.as_dict())}).encode()


def encode_refusal(reason: Reason) -> bytes:
    """The reason for the parent."""
    return json.dumps({"refused": reason}).encode()


def _short(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _short(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_short(each) for each in value]
    if isinstance(value, str) and len(value) > LONGEST_WORDS:
        return f"{value[: LONGEST_WORDS - 1]}…"
    return value


def decode(untrusted: bytes) -> DocumentFacts | Reason:
    """Read an answer back. Raises ChildError for what is none."""
    try:
        told = json.loads(untrusted)
        if "refused" in told:
            return Reason(told["refused"])
        return _facts(told["facts"])
    except (ValueError, LookupError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        raise ChildError("the child's answer has the wrong shape") from error


def _facts(told: Mapping[str, Any]) -> DocumentFacts:
    from custody.pades.validating import MOST_SIGNATURES, DocumentFacts

    findings = tuple(_findings(told["findings"][:_MOST_FINDINGS]))
    counts = {_words(name): int(number) for name, number in told["counts"].items()}
    verdict = Verdict(findings, counts, tuple(_words(each) for each in told["not_checked"]))
    signatures = tuple(_signature(each) for each in told["signatures"][:MOST_SIGNATURES])
    if verdict.bottom_line != told["bottom_line"]:
        raise ChildError("the child's bottom line is not that of its findings")
    return DocumentFacts(signatures, verdict)


def _findings(told: list[Mapping[str, Any]]) -> Iterator[Finding]:
    for each in told:
        yield Finding(_words(each["fact"]), _words(each["subject"]), _words(each["message"]), State(each["state"]))


def _signature(told: Mapping[str, Any]) -> SignatureFacts:
    from custody.pades.validating import SignatureFacts

    kinds = get_type_hints(SignatureFacts)
    found = SignatureFacts(**{each.name: _value(told[each.name], kinds[each.name]) for each in fields(SignatureFacts)})
    if not _DIGEST.match(found.certificate):
        raise ChildError("the child named an impossible certificate")
    for moment in (found.claimed, found.proved):
        if moment is not None:
            clock.parse(moment)
    return found


def _value(told: Any, kind: Any) -> Any:
    """One value of exactly this type; a string that Unicode has no place for is made one."""
    if type(told) not in (get_args(kind) or (kind,)):
        raise ChildError("the child sent a value of another type")
    return _words(told) if isinstance(told, str) else told


def _words(told: Any) -> str:
    if not isinstance(told, str) or len(told) > LONGEST_WORDS:
        raise ChildError("the child sent something else than short words")
    # A name in a foreign file may hold halves of signs.
    return told.encode("utf-8", "replace").decode()
