"""One question to one cosigner (c2sp.org/tlog-witness, `add-checkpoint`), with the standard library alone.

No proxy, no redirect, no second try: who asks decides what an answer means.
"""

from __future__ import annotations

import http.client
import ssl
from collections.abc import Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

from custody import deadlines
from custody.core.errors import CustodyError, NoteError, RequestError
from custody.core.notes import parse_line
from custody.core.witnessing import SIZE_MEDIA_TYPE, Request, parse_size

MAX_ANSWER_BYTES: Final = 2**16
MAX_LINES: Final = 16

_PIECE: Final = 4096
_WORDS: Final = 200


class CosigningError(CustodyError):
    """No cosignature was got from this cosigner."""


class Conflict(CosigningError):
    """The cosigner last signed another size than the one asked from; ask again with a proof from `size`.

    A `size` larger than the checkpoint's means that the ledger went back, or that another history was shown there.
    """

    def __init__(self, size: int) -> None:
        super().__init__(f"the cosigner last signed a checkpoint of size {size}")
        self.size = size


class Refused(CosigningError):
    """The cosigner answered, but with no cosignature; `status` is the HTTP status.

    422 means a tree that does not extend what was cosigned, or another one of the same size (409 without a size, with
    cosigners of the specification's first version): alarms.
    """

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"the cosigner refuses ({status}): {words}")
        self.status = status


class Unreachable(CosigningError):
    """No whole answer came, or none that can be read."""


def ask(url: str, *, old_size: int, proof: Sequence[bytes], checkpoint_note: bytes, timeout: float) -> list[str]:
    """Signature lines, without line feeds, for a signed checkpoint that extends the tree of `old_size`.

    `url` is the cosigner's submission prefix; `timeout` is in seconds, for connecting and again for the exchange;
    looking the name up may take longer. The lines are well formed and otherwise unchecked: `cosignatures.verify` each
    under the key on record, and let those of other keys go. Raises Conflict, Refused, Unreachable, and RequestError
    when the question itself cannot be written.
    """
    body = Request(old_size, tuple(proof), checkpoint_note).encode()
    target = _target(url)
    connection = _connection(target, timeout)
    try:
        connection.connect()
        with deadlines.within(timeout, connection):
            headers = {"Content-Type": "text/plain; charset=utf-8", "Connection": "close"}
            connection.request("POST", f"{target.path.rstrip('/')}/add-checkpoint", body, headers)
            response = connection.getresponse()
            answer = response.read(MAX_ANSWER_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        raise Unreachable(f"the cosigner does not answer ({type(error).__name__})") from error
    finally:
        connection.close()
    if len(answer) > MAX_ANSWER_BYTES:
        raise Unreachable("the cosigner's answer is longer than 64 KiB")
    if response.length:
        raise Unreachable("the cosigner's answer is cut short")
    return _judged(response.status, response.headers.get("Content-Type", ""), answer)


def _target(url: str) -> SplitResult:
    try:
        target = urlsplit(url)
        sound = target.scheme in ("http", "https") and target.hostname and target.port != 0
    except ValueError as error:
        raise Unreachable("the cosigner's address can't be read") from error
    if not sound or target.username is not None or target.query or target.fragment or not _is_plain(url):
        raise Unreachable("the cosigner's address is not a plain http or https address")
    return target


def _is_plain(url: str) -> bool:
    # Anything else could end the request line early.
    return url.isascii() and url.isprintable() and " " not in url


def _connection(target: SplitResult, timeout: float) -> http.client.HTTPConnection:
    host = target.hostname or ""
    if target.scheme == "https":
        return http.client.HTTPSConnection(host, target.port, timeout=timeout, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, target.port, timeout=timeout)


def _judged(status: int, media_type: str, answer: bytes) -> list[str]:
    if status == http.HTTPStatus.OK:
        return _lines(answer)
    if status == http.HTTPStatus.CONFLICT and media_type.partition(";")[0].strip().lower() == SIZE_MEDIA_TYPE:
        try:
            size = parse_size(answer)
        except RequestError as error:
            raise Unreachable("the cosigner's answer can't be read") from error
        raise Conflict(size)
    if status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
        raise Unreachable(f"the cosigner can't answer now ({status})")
    words = answer[:_WORDS].decode("utf-8", "replace").strip()
    raise Refused(status, "".join(character if character.isprintable() else " " for character in words))


def _lines(answer: bytes) -> list[str]:
    try:
        text = answer.decode()
    except UnicodeDecodeError as error:
        raise Unreachable("the cosigner's answer is not text") from error
    lines = text.removesuffix("\n").split("\n")
    if not text.endswith("\n") or len(lines) > MAX_LINES:
        raise Unreachable("the cosigner's answer is cut short or has too many lines")
    try:
        for line in lines:
            parse_line(line)
    except NoteError as error:
        raise Unreachable("the cosigner's answer is not of signature lines") from error
    return lines
