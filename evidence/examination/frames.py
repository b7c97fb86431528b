"""What parent and child say to one another, in frames of ``custody.confined``.

The parent believes nothing that comes back: sizes, keys, values and the shape of pictures are all checked.
"""

import json
import re
import socket
import struct
from collections.abc import Mapping

from custody.confined import frames
from custody.confined.errors import ChildError
from custody.confined.frames import send_bytes
from evidence.core.errors import ExaminationError
from evidence.examination.findings import LONGEST_SIDE, Derived, Findings, Kind, Note, State
from evidence.examination.redacted import Outcome, Redacted

MOST_HEADER = 256 << 10
MOST_PICTURE = 8 << 20
MOST_CLAIMS = 128
MOST_VALUE = 4096
# What is asked of the child: a whole examination, the hash of a thumbnail that was made by one, or a redacted picture.
EXAMINE, LOOK, REDACT = b"?", b"#", b"R"
MOST_BOXES = 16 << 10
MOST_REDACTED = 192 << 20
_HASH = re.compile(rb"(?:[0-9a-f]{16})?\Z")
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}\Z")
_TYPE = re.compile(r"[a-z]+/[a-z0-9.+-]{1,80}\Z")


def send(channel: socket.socket, findings: Findings) -> None:
    """Send findings: a JSON header, then each picture."""
    header = {
        "state": findings.state,
        "media_type": findings.media_type,
        "claims": dict(findings.claims),
        "notes": list(findings.notes),
        "derived": [{"kind": made.kind, "width": made.width, "height": made.height} for made in findings.derived],
    }
    send_bytes(channel, json.dumps(header).encode())
    for made in findings.derived:
        send_bytes(channel, made.content)


def send_look(channel: socket.socket, value: int | None) -> None:
    """Send a hash of 64 bits in hex, or nothing for none."""
    send_bytes(channel, b"" if value is None else f"{value:016x}".encode())


def receive_look(channel: socket.socket, *, deadline: float) -> str:
    """Receive such a hash, 16 hex digits or empty; raises as ``receive``."""
    untrusted_hash = receive_bytes(channel, most=16, deadline=deadline)
    if not _HASH.match(untrusted_hash):
        raise ExaminationError("the examining child's answer is no hash")
    return untrusted_hash.decode()


def send_redacted(channel: socket.socket, made: Redacted) -> None:
    """Send a redacted picture: a JSON header, then the picture, which may be empty."""
    header = {"outcome": made.outcome.value, "width": made.width, "height": made.height}
    send_bytes(channel, json.dumps(header).encode())
    send_bytes(channel, made.content)


def receive_redacted(channel: socket.socket, *, deadline: float) -> Redacted:
    """Receive such a picture; raises as ``receive``."""
    untrusted_header = receive_bytes(channel, most=MOST_HEADER, deadline=deadline)
    try:
        untrusted = json.loads(untrusted_header)
        outcome, sides = Outcome(untrusted["outcome"]), (int(untrusted["width"]), int(untrusted["height"]))
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ExaminationError("the examining child's answer has the wrong shape") from error
    untrusted_picture = receive_bytes(channel, most=MOST_REDACTED, deadline=deadline)
    if outcome is not Outcome.MADE:
        return Redacted(outcome)
    return Redacted(outcome, *sides, _pure_jpeg(untrusted_picture, *sides))


def receive(channel: socket.socket, *, deadline: float) -> Findings:
    """Receive findings until ``deadline`` (``time.monotonic`` seconds).

    Raises TimeoutError, EOFError when the child is gone, ExaminationError when what came is not an answer.
    """
    untrusted_header = receive_bytes(channel, most=MOST_HEADER, deadline=deadline)
    state, media_type, claims, notes, shapes = _checked(untrusted_header)
    derived = []
    for kind, width, height in shapes:
        untrusted_picture = receive_bytes(channel, most=MOST_PICTURE, deadline=deadline)
        derived.append(Derived(kind, width, height, _pure_jpeg(untrusted_picture, width, height)))
    return Findings(state, media_type, claims, notes, tuple(derived))


def receive_bytes(channel: socket.socket, *, most: int, deadline: float) -> bytes:
    """Receive one frame of at most ``most`` bytes; raises as ``receive``."""
    try:
        return frames.receive_bytes(channel, most=most, deadline=deadline)
    except ChildError as error:
        raise ExaminationError(str(error)) from error


_Header = tuple[State, str | None, dict[str, str], tuple[Note, ...], list[tuple[Kind, int, int]]]


def _checked(untrusted_header: bytes) -> _Header:
    try:
        untrusted = json.loads(untrusted_header)
        state = State(untrusted["state"])
        notes = tuple(Note(note) for note in untrusted["notes"][: len(Note)])
        shapes = [(Kind(made["kind"]), int(made["width"]), int(made["height"])) for made in untrusted["derived"]]
        media_type, claims = untrusted["media_type"], untrusted["claims"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise ExaminationError("the examining child's answer has the wrong shape") from error
    if media_type is not None and not (isinstance(media_type, str) and _TYPE.match(media_type)):
        raise ExaminationError("the examining child named an impossible media type")
    kinds = [kind for kind, _, _ in shapes]
    if len(set(kinds)) != len(kinds) or not all(_fits(*shape) for shape in shapes):
        raise ExaminationError("the examining child announced impossible pictures")
    return state, media_type, _checked_claims(claims), notes, shapes


def _fits(kind: Kind, width: int, height: int) -> bool:
    return 0 < width <= LONGEST_SIDE[kind] and 0 < height <= LONGEST_SIDE[kind]


def _checked_claims(untrusted_claims: object) -> dict[str, str]:
    if not isinstance(untrusted_claims, Mapping) or len(untrusted_claims) > MOST_CLAIMS:
        raise ExaminationError("the examining child's claims are not a small table")
    for name, value in untrusted_claims.items():
        if not isinstance(value, str) or len(value) > MOST_VALUE or not _NAME.match(name):
            raise ExaminationError("the examining child sent an impossible claim")
        if any(0xD800 <= ord(char) <= 0xDFFF for char in value):
            raise ExaminationError("the examining child sent text that is not Unicode")
    return dict(untrusted_claims)


def _pure_jpeg(untrusted_picture: bytes, width: int, height: int) -> bytes:
    """Return the bytes if they are one JPEG of this size with nothing but picture in it (T.81, B.1).

    These bytes will be shown in browsers; a child that was taken over must not choose their type.
    """
    if untrusted_picture[:2] != b"\xff\xd8" or untrusted_picture[-2:] != b"\xff\xd9":
        raise ExaminationError("a derived picture is not a JPEG")
    at = 2
    sized = False
    while at + 4 <= len(untrusted_picture) and untrusted_picture[at] == 0xFF:
        marker = untrusted_picture[at + 1]
        length = int.from_bytes(untrusted_picture[at + 2 : at + 4], "big")
        if marker == 0xE0 and untrusted_picture[at + 4 : at + 9] != b"JFIF\x00":
            break
        if marker in {0xC0, 0xC2}:
            found = struct.unpack(">HH", untrusted_picture[at + 5 : at + 9])
            sized = found == (height, width)
        elif marker == 0xDA:
            if sized:
                return untrusted_picture
            break
        elif marker not in {0xE0, 0xDB, 0xC4, 0xDD}:
            break
        at += 2 + length
    raise ExaminationError("a derived picture holds more than a picture")
