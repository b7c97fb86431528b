"""The child process: receives open files over a socket, one after the other, and answers with findings.

It is started by ``sandbox`` behind the walls of ``custody.confined``.
"""

import os
import socket
import time

import PIL
import pillow_heif

from custody.confined import inside
from evidence.examination import frames, pictures, reading, redacting
from evidence.examination.findings import Findings, Note, State

NAME = "amana-examiner"
VERSION = "1"
_SECONDS_TO_ASK = 10.0


def tool_version() -> str:
    """The version of this examiner with those of the libraries that read the files."""
    return f"{VERSION} (Pillow {PIL.__version__}, pillow-heif {pillow_heif.__version__})"


def main(descriptor: int) -> None:
    """Serve one parent until it closes its end."""
    pillow_heif.register_heif_opener(thumbnails=False)
    pictures.prepare()
    with inside.enter(descriptor, version=tool_version()) as channel:
        while _serve(channel):
            pass


def _serve(channel: socket.socket) -> bool:
    with inside.question(channel) as question:
        if question is None:
            return False
        _answer(channel, *question)
        return True


def _answer(channel: socket.socket, asked: bytes, descriptor: int) -> None:
    if asked == frames.LOOK:
        frames.send_look(channel, _looked(descriptor))
    elif asked == frames.REDACT:
        wanted = frames.receive_bytes(channel, most=frames.MOST_BOXES, deadline=time.monotonic() + _SECONDS_TO_ASK)
        frames.send_redacted(channel, redacting.redact(descriptor, wanted))
    else:
        frames.send(channel, _examined(descriptor))


def _examined(descriptor: int) -> Findings:
    try:
        return reading.examine(descriptor)
    except MemoryError:
        return Findings(State.REFUSED, None, notes=(Note.TOO_LARGE,))


def _looked(descriptor: int) -> int | None:
    try:
        with os.fdopen(os.dup(descriptor), "rb") as stream:
            return pictures.look_of(stream)
    except (MemoryError, pictures.UndecodableError):
        return None
