"""Servers on loopback that answer as they are told, byte by byte."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable, Iterator

Answering = Callable[[socket.socket, bytes], None]


def receive(connection: socket.socket) -> bytes:
    """One whole request: head, and as much body as its Content-Length says."""
    received = b""
    while b"\r\n\r\n" not in received:
        received += connection.recv(4096)
    head, _, body = received.partition(b"\r\n\r\n")
    length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
    while len(body) < length:
        body += connection.recv(4096)
    return head + b"\r\n\r\n" + body


def sends(content: bytes) -> Answering:
    return lambda connection, _request: connection.sendall(content)


def answers(body: bytes, *more: str, status: str = "200 OK") -> Answering:
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *more])
    return sends(head.encode() + b"\r\n\r\n" + body)


def drips(content: bytes, seconds: float) -> Answering:
    def drip(connection: socket.socket, _request: bytes) -> None:
        for byte in content:
            connection.sendall(bytes((byte,)))
            time.sleep(seconds)

    return drip


@contextlib.contextmanager
def serving(answer: Answering) -> Iterator[tuple[str, list[bytes]]]:
    """The address, and the requests that came."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                connection, _ = listening.accept()
                with connection:
                    requests.append(receive(connection))
                    answer(connection, requests[-1])

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", requests
        thread.join(10)
