"""How a bag is written down: the tag files and manifest lines of BagIt 1.0 (RFC 8493), for writer and reader alike.

RFC 8493 leaves choices open (line ends, upper-case digests, kinds of white space). Here each has one answer, so that
two writers of the same files make the same bytes, and a reader refuses what it would have to guess.
"""

import hashlib
import re
from collections.abc import Iterable
from typing import Final, Protocol

from custody.core.errors import BundleError

BAGIT: Final = "bagit.txt"
BAG_INFO: Final = "bag-info.txt"
DECLARATION: Final = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
PAYLOAD: Final = "data/"

ALGORITHMS: Final = ("sha256", "sha512")
MANIFESTS: Final = {algorithm: f"manifest-{algorithm}.txt" for algorithm in ALGORITHMS}
TAG_MANIFESTS: Final = {algorithm: f"tagmanifest-{algorithm}.txt" for algorithm in ALGORITHMS}

BLOCK_BYTES: Final = 1024 * 1024
MAX_PATH_BYTES: Final = 1024
MAX_LINE_BYTES: Final = 128 + 2 + 3 * MAX_PATH_BYTES + 1
"""The longest manifest line: a SHA-512 in hex, two spaces, a path with every byte escaped, a line feed."""

_ESCAPES: Final = {"%": "%25", "\n": "%0A", "\r": "%0D"}
_ESCAPED: Final = re.compile("[%\n\r]")
_LINE: Final = re.compile(r"([0-9a-f]{64}|[0-9a-f]{128})  (.+)\n", re.DOTALL)
_NAMELESS: Final = re.compile(r"(?:\A|/)\.{0,2}(?:/|\Z)")
_ELSEWHERE: Final = re.compile(r"\A~|[\\:]|[. ](?:/|\Z)")
_CONTROL: Final = re.compile(r"[\x00-\x09\x0b\x0c\x0e-\x1f\x7f]")
_LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,63}")


class Readable(Protocol):
    """Something that fills a buffer and returns how many bytes it put there, 0 at the end."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...


def digests(source: Readable, buffer: memoryview) -> tuple[int, bytes, bytes]:
    """Size in bytes, SHA-256 and SHA-512 of everything left in `source`, read once in blocks that fill `buffer`.

    The buffer (see `BLOCK_BYTES`) is the caller's, so that a thread makes one for many files.
    """
    sha256, sha512, size = hashlib.sha256(), hashlib.sha512(), 0
    while count := source.readinto(buffer):
        sha256.update(buffer[:count])
        sha512.update(buffer[:count])
        size += count
    return size, sha256.digest(), sha512.digest()


def manifest_line(digest: bytes, path: str) -> bytes:
    """One manifest line: digest in lower-case hex, two spaces, escaped path, line feed (RFC 8493, 2.1.3).

    Raises BundleError for a path that `read_manifest_line` or `check_path` would refuse.
    """
    check_path(path)
    return f"{digest.hex()}  {escape_path(path)}\n".encode()


def read_manifest_line(untrusted_line: bytes) -> tuple[bytes, str]:
    """Digest and checked path of one line with its line feed; raises BundleError."""
    try:
        match = _LINE.fullmatch(untrusted_line.decode())
    except UnicodeDecodeError as error:
        raise BundleError("a manifest line is not UTF-8") from error
    if match is None:
        raise BundleError("a manifest line is not a digest, two spaces and a path")
    path = unescape_path(match[2])
    check_path(path)
    return bytes.fromhex(match[1]), path


def escape_path(path: str) -> str:
    """Percent-encode line feed, carriage return and percent sign, and nothing else (RFC 8493, 2.1.3)."""
    return _ESCAPED.sub(lambda match: _ESCAPES[match[0]], path)


def unescape_path(untrusted_text: str) -> str:
    """The inverse of `escape_path`; raises BundleError for any other escape, which would be a second spelling."""
    path = untrusted_text
    for character, escape in reversed(_ESCAPES.items()):
        path = path.replace(escape, character)
    if escape_path(path) != untrusted_text:
        raise BundleError("a manifest path has an escape that is not %0A, %0D or %25")
    return path


def check_path(untrusted_path: str) -> None:
    """Refuse a path that could leave the bag or mean two files on some system; raises BundleError.

    Refused: empty, absolute, `.` or `..` or nothing between slashes, backslashes, colons, a leading `~`, a dot or space
    before a slash or at the end, control characters other than the line ends that RFC 8493 escapes, half characters,
    more than 1024 bytes.
    """
    try:
        size = len(untrusted_path.encode())
    except UnicodeEncodeError as error:
        raise BundleError("a path is not valid UTF-8") from error
    if not 0 < size <= MAX_PATH_BYTES:
        raise BundleError("a path is empty or too long")
    if _NAMELESS.search(untrusted_path):
        raise BundleError("a path leaves the bag or has a part that names nothing")
    if _ELSEWHERE.search(untrusted_path):
        raise BundleError("a path means something else on another system")
    if _CONTROL.search(untrusted_path):
        raise BundleError("a path has a control character")


def bag_info(fields: Iterable[tuple[str, str]]) -> bytes:
    """The metadata file `bag-info.txt`: one `Label: value` a line, in the order given (RFC 8493, 2.2.2).

    Raises BundleError for a label that is not letters, digits and hyphens, or a value of more than one line.
    """
    lines = []
    for label, value in fields:
        if _LABEL.fullmatch(label) is None or value != " ".join(value.split()) or not value:
            raise BundleError("a line of bag-info has a label or value that cannot be written on one line")
        lines.append(f"{label}: {value}\n")
    return "".join(lines).encode()


def payload_oxum(total_bytes: int, files: int) -> tuple[str, str]:
    """The Payload-Oxum field: bytes and count of the payload, for a quick first check (RFC 8493, 2.2.2)."""
    return "Payload-Oxum", f"{total_bytes}.{files}"
