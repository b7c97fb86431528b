"""The child process: receives open files over a socket, one after the other, and answers with findings.

It is started by ``sandbox`` in Python's isolated mode with an empty environment, and never learns a path.
"""

import os
import socket
import time

import PIL
import pillow_heif

from evidence.examination import confinement, frames, pictures, reading, redacting
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
    walls = confinement.confine()
    with socket.socket(fileno=descriptor) as channel:
        frames.send_bytes(channel, " ".join(walls).encode())
        frames.send_bytes(channel, tool_version().encode())
        while _serve(channel):
            pass


def _serve(channel: socket.socket) -> bool:
    asked, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    if not asked or len(descriptors) != 1:
        return False
    confinement.allow_time()
    if asked == frames.LOOK:
        answer = _looked(descriptors[0])
        os.close(descriptors[0])
        frames.send_look(channel, answer)
        return True
    if asked == frames.REDACT:
        wanted = frames.receive_bytes(channel, most=frames.MOST_BOXES, deadline=time.monotonic() + _SECONDS_TO_ASK)
        made = redacting.redact(descriptors[0], wanted)
        os.close(descriptors[0])
        frames.send_redacted(channel, made)
        return True
    findings = _examined(descriptors[0])
    os.close(descriptors[0])
    frames.send(channel, findings)
    return True


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
