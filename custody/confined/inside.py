"""The child's side: behind its walls it hears questions, each about one open file, and never learns a path."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from custody.confined import frames, walls


def enter(descriptor: int, *, version: str, memory: int = walls.MEMORY) -> socket.socket:
    """Put up the walls, say which of them stand and what reads here, and return the channel to the parent."""
    standing = walls.confine(memory=memory)
    channel = socket.socket(fileno=descriptor)
    frames.send_bytes(channel, " ".join(standing).encode())
    frames.send_bytes(channel, version.encode())
    return channel


@contextmanager
def question(channel: socket.socket) -> Iterator[tuple[bytes, int] | None]:
    """The next question with the file it is about, which is closed afterwards; None when the parent is gone."""
    asked, descriptors, _, _ = socket.recv_fds(channel, 1, 1)
    if not asked or len(descriptors) != 1:
        yield None
        return
    walls.allow_time()
    try:
        yield asked, descriptors[0]
    finally:
        os.close(descriptors[0])
