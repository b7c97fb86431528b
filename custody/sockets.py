"""Questions and answers between our own processes, over Unix sockets in the data folder.

One message is a four-byte length (big-endian) and canonical JSON; bytes stand in base64. Only processes of the
same operating-system user are heard (``SO_PEERCRED``).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import socket
import socketserver
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from django.db import close_old_connections

from custody import data
from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError

_LENGTH = struct.Struct(">I")
_MOST_BYTES = 64 * 1024 * 1024
_LONGEST_ADDRESS = 100

Answer = Mapping[str, JsonValue]
Operation = Callable[[Mapping[str, JsonValue]], Answer]


class ProcessUnavailable(CustodyError):
    """The other process does not answer; nothing was done on its side that it did not report."""


class Refused(CustodyError):
    """The other process heard the question and refuses it."""


def b64(value: bytes) -> str:
    """Bytes as they stand in a message."""
    return base64.b64encode(value).decode()


def unb64(value: JsonValue) -> bytes:
    """Bytes out of a message. Raises ProcessUnavailable when they are none."""
    try:
        return base64.b64decode(str(value), validate=True)
    except ValueError as error:
        raise ProcessUnavailable("the answer can't be read") from error


def address(name: str) -> str:
    """The path of one process's socket; a short one outside when the data folder's path is too long for a socket."""
    path = data.work() / f"{name}.sock"
    if len(os.fsencode(path)) <= _LONGEST_ADDRESS:
        return str(path)
    digest = hashlib.sha256(os.fsencode(data.root().resolve())).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"amana-{os.getuid()}-{digest}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.stat().st_uid != os.getuid() or folder.stat().st_mode & 0o077:
        raise ProcessUnavailable(f"{folder} is not a private folder of this user")
    return str(folder / f"{name}.sock")


def _send(connection: socket.socket, message: Answer) -> None:
    content = canonical.dumps(dict(message))
    connection.sendall(_LENGTH.pack(len(content)) + content)


def _receive_exactly(connection: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def _receive(connection: socket.socket) -> dict[str, JsonValue]:
    (length,) = _LENGTH.unpack(_receive_exactly(connection, _LENGTH.size))
    if length > _MOST_BYTES:
        raise ProcessUnavailable("a message is too long")
    message = canonical.loads(_receive_exactly(connection, length))
    if not isinstance(message, dict):
        raise ProcessUnavailable("a message is not an object")
    return message


class Caller:
    """One connection to another process, shared by the threads of this one."""

    def __init__(self, name: str, *, timeout: float = 60) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(address(name))
        except OSError as error:
            self._socket.close()
            raise ProcessUnavailable(f"the {name} does not answer") from error

    def ask(self, operation: str, **question: JsonValue) -> dict[str, JsonValue]:
        """Ask and wait. Raises Refused or ProcessUnavailable."""
        with self._lock:
            try:
                _send(self._socket, {"operation": operation, "question": question})
                answer = _receive(self._socket)
            except (OSError, EOFError) as error:
                raise ProcessUnavailable(f"the {self._name} stopped answering") from error
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        return answer

    def close(self) -> None:
        """Hang up."""
        self._socket.close()


class _Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        if not _same_user(self.request):
            return
        with self.server.counting():
            while True:
                try:
                    message = _receive(self.request)
                    _send(self.request, self._answer(message))
                except (EOFError, OSError, CustodyError):
                    # The asker is gone or speaks nonsense; it learns from the closed connection.
                    return

    def _answer(self, message: Mapping[str, JsonValue]) -> Answer:
        question = message.get("question")
        operation = self.server.operations.get(str(message.get("operation")))
        if operation is None or not isinstance(question, dict):
            return {"refused": "no such operation"}
        close_old_connections()
        try:
            return operation(question)
        except CustodyError as error:
            return {"refused": str(error)}
        finally:
            close_old_connections()


def _same_user(connection: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):
        # Without peer credentials the folder's mode (0700) is the only bar.
        return True
    _pid, user, _group = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return bool(user == os.getuid())


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers questions on one socket, a thread for each connection."""

    daemon_threads = True

    def __init__(self, name: str, operations: Mapping[str, Operation]) -> None:
        self.operations = operations
        self._open = 0
        self._counter = threading.Lock()
        path = address(name)
        # The caller holds the lock of this name, so a socket file that is left over belongs to nobody.
        with contextlib.suppress(FileNotFoundError):
            Path(path).unlink()
        super().__init__(path, _Handler)
        Path(path).chmod(0o600)

    @contextlib.contextmanager
    def counting(self) -> Iterator[None]:
        """Count an open connection while the block runs."""
        with self._counter:
            self._open += 1
        try:
            yield
        finally:
            with self._counter:
                self._open -= 1

    def idle(self) -> bool:
        """Whether nobody is connected."""
        return self._open == 0


def wait_for(name: str, *, seconds: float, alive: Callable[[], bool]) -> Caller:
    """Connect as soon as the process listens. Raises ProcessUnavailable when it dies or takes too long."""
    end = time.monotonic() + seconds
    while True:
        try:
            return Caller(name)
        except ProcessUnavailable:
            if time.monotonic() > end or not alive():
                raise
            time.sleep(0.05)
