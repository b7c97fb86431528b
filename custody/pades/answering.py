"""Inside the child: the roots and the file come in, facts or a reason go out."""

from __future__ import annotations

import json
import os
import socket
import time
from typing import Final

from cryptography import x509
from pyhanko.pdf_utils.misc import PdfDecodeLimitError

from custody import clock
from custody.confined import frames, inside, walls
from custody.pades import answers, validating
from custody.pades.allowances import allowance_of
from custody.pades.answers import Reason
from custody.pades.errors import DocumentError, EncryptedError, NoPdfError
from custody.pades.roots import Roots

MOST_ROOTS: Final = 1 << 20
_SECONDS_TO_ASK: Final = 10.0
# What a file runs into that asks for more than any reader gives.
_TOO_MUCH: Final = (MemoryError, RecursionError, PdfDecodeLimitError)


def answer(channel: socket.socket) -> None:
    """Hear one question and answer it."""
    with inside.question(channel) as question:
        if question is None:
            return
        asked, descriptor = question
        allowed = allowance_of(asked)
        walls.allow_time(allowed.processor_seconds)
        walls.allow_memory(allowed.memory)
        told = frames.receive_bytes(channel, most=MOST_ROOTS, deadline=time.monotonic() + _SECONDS_TO_ASK)
        frames.send_bytes(channel, _checked(descriptor, _roots(told)))


def _roots(told: bytes) -> Roots:
    read = json.loads(told)
    withdrawn = {name: clock.parse(at) for name, at in read["withdrawn"].items()}
    return Roots(_certificates(read["signers"]), _certificates(read["stamps"]), withdrawn)


def _certificates(told: list[str]) -> list[x509.Certificate]:
    return [x509.load_pem_x509_certificate(each.encode()) for each in told]


def _checked(descriptor: int, trust: Roots) -> bytes:
    try:
        with os.fdopen(os.dup(descriptor), "rb") as untrusted:
            return answers.encode(validating.validate(untrusted, trust=trust))
    except (DocumentError, MemoryError, RecursionError) as error:
        return answers.encode_refusal(_reason(error))


def _reason(error: BaseException) -> Reason:
    if isinstance(error, _TOO_MUCH) or isinstance(error.__cause__, _TOO_MUCH):
        return Reason.TOO_MUCH
    if isinstance(error, EncryptedError):
        return Reason.ENCRYPTED
    return Reason.NO_PDF if isinstance(error, NoPdfError) else Reason.UNREADABLE
