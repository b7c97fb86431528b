"""What is sent to a time-stamp authority and what comes back (RFC 3161 sections 2.4.1 and 2.4.2)."""

import hashlib
from typing import Final

from custody.core import der
from custody.core.errors import CustodyError, SignatureError
from custody.core.timestamps import elements

MAX_RESPONSE_BYTES: Final = 1024 * 1024
"""Real responses hold 1 to 10 KiB, with enclosed revocation lists some hundreds."""

_VERSION_1: Final = der.integer(1)
# With NULL, as `openssl ts -query` writes it: authorities have seen that form most.
_SHA256: Final = der.sequence(der.object_identifier(elements.SHA256), elements.NULL)
_TRUE: Final = der.encode(elements.BOOLEAN, b"\xff")
_GRANTED: Final = (0, 1)
_MAX_TEXT: Final = 300

# PKIStatus and PKIFailureInfo, RFC 3161 section 2.4.2.
_STATUS: Final = {
    2: "the authority rejected the request",
    3: "the authority has put the request off and gave no time-stamp yet",
    4: "the authority warns that its certificate is about to be revoked",
    5: "the authority tells that its certificate was revoked",
}
_FAILURES: Final = {
    0: "it does not know or does not accept the digest algorithm",
    2: "it does not permit or support this request",
    5: "the data sent has the wrong format",
    14: "its source of time is not available",
    15: "it does not support the policy asked for",
    16: "it does not support an extension asked for",
    17: "what was asked for in addition is not understood or not available",
    25: "it has a failure of its own system",
}


class TimestampRefused(CustodyError):
    """The authority answered that it gives no time-stamp; the message holds its reasons."""


def request(data: bytes, *, nonce: int | None, certificates: bool = True) -> bytes:
    """The DER TimeStampReq over the SHA-256 of `data` (RFC 3161 section 2.4.1).

    `nonce`: a number that the answer must repeat, random and used once, or None. `certificates`: ask for the
    authority's certificate to be enclosed. The same bytes as `openssl ts -query -data FILE -sha256 [-cert]`.
    """
    imprint = der.sequence(_SHA256, der.octet_string(hashlib.sha256(data).digest()))
    number = b"" if nonce is None else der.integer(nonce)
    return der.sequence(_VERSION_1, imprint, number, _TRUE if certificates else b"")


def read_response(untrusted: bytes) -> bytes:
    """The token in a TimeStampResp: the DER bytes of the ContentInfo, nothing inside it checked.

    Raises TimestampRefused when the authority gave none, SignatureError when the bytes are no such response.
    """
    if len(untrusted) > MAX_RESPONSE_BYTES:
        raise SignatureError("the authority's response is too large")
    response = elements.alone(untrusted)
    status, reasons = _read_status(response.enter(der.SEQUENCE))
    if status not in _GRANTED:
        said = _STATUS.get(status, f"the authority answered with a status that is not known ({status})")
        raise TimestampRefused(": ".join([said, *reasons]))
    token = response.whole(der.SEQUENCE)
    response.end()
    return token


def _read_status(info: der.Reader) -> tuple[int, list[str]]:
    """PKIStatusInfo: the status, and the reasons in words."""
    status = elements.number(info)
    reasons = _texts(info.enter(der.SEQUENCE)) if info.peek() == der.SEQUENCE else []
    if info.peek() == elements.BIT_STRING:
        reasons = [*_failures(info.read(elements.BIT_STRING)), *reasons]
    info.end()
    return status, reasons


def _texts(free_text: der.Reader) -> list[str]:
    """PKIFreeText as one line that is safe to show, in quotation marks; at most 300 characters."""
    found = []
    while not free_text.at_end():
        found.append(free_text.read(elements.UTF8_STRING).decode("utf-8", "replace"))
    text = "".join(letter if letter.isprintable() else " " for letter in " ".join(found)[:_MAX_TEXT]).strip()
    return [f'it says "{text}"'] if text else []


def _failures(content: bytes) -> list[str]:
    """The bits of a PKIFailureInfo, in words. The first byte counts the unused bits at the end (X.690 8.6)."""
    if not 1 <= len(content) <= 9 or content[0] > 7:
        raise SignatureError("the authority's response has failure bits in another form")
    bits = [at for at in range((len(content) - 1) * 8) if content[1 + at // 8] & 0x80 >> at % 8]
    return [_FAILURES.get(bit, f"it gives a reason that is not known ({bit})") for bit in bits]
