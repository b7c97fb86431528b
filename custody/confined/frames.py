"""How parent and child talk: frames with a length in front, each with a cap, over one socket pair."""

from __future__ import annotations

import socket
import struct
import time
from typing import Final

from custody.confined.errors import ChildError

_LENGTH: Final = struct.Struct(">I")
_PIECE: Final = 1 << 16


def send_bytes(channel: socket.socket, content: bytes) -> None:
    """Send one frame."""
    channel.sendall(_LENGTH.pack(len(content)) + content)


def receive_bytes(channel: socket.socket, *, most: int, deadline: float) -> bytes:
    """Receive one frame of at most ``most`` bytes until ``deadline`` (``time.monotonic`` seconds).

    Raises TimeoutError, EOFError when the other side is gone, ChildError for a frame that is too long.
    """
    (length,) = _LENGTH.unpack(_exactly(channel, _LENGTH.size, deadline))
    if length > most:
        raise ChildError(f"the child announced {length} bytes")
    return _exactly(channel, length, deadline)


def _exactly(channel: socket.socket, count: int, deadline: float) -> bytes:
    content = bytearray()
    while len(content) < count:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        channel.settimeout(left)
        piece = channel.recv(min(_PIECE, count - len(content)))
        if not piece:
            raise EOFError
        content += piece
    return bytes(content)
