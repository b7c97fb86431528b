"""Questions and answers between our own processes, over Unix sockets in the data folder.

One message is a four-byte length (big-endian) and canonical JSON; bytes stand in base64. Only processes of the
same operating-system user, and of the users that ``AMANA_PEER_USERS`` names, are heard (``SO_PEERCRED``).
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import select
import socket
import socketserver
import stat
import struct
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections

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
    if settings.AMANA_PEER_USERS:
        # The folder outside belongs to one user alone.
        raise ProcessUnavailable(f"{path} is too long for a socket that other users reach; take a shorter data folder")
    digest = hashlib.sha256(os.fsencode(data.root().resolve())).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"amana-{os.getuid()}-{digest}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    about = folder.lstat()
    if not stat.S_ISDIR(about.st_mode) or about.st_uid != os.getuid() or about.st_mode & 0o077:
        raise ProcessUnavailable(f"{folder} is not a private folder of this user")
    return str(folder / f"{name}.sock")


def remove(name: str) -> None:
    """Take away the socket of this name, and the folder outside if it has one. Only for who holds its lock."""
    path = Path(address(name))
    path.unlink(missing_ok=True)
    if path.parent != data.work():
        with contextlib.suppress(OSError):
            path.parent.rmdir()


def _send(connection: socket.socket, message: Answer) -> None:
    content = canonical.dumps(dict(message))
    if len(content) > _MOST_BYTES:
        raise ProcessUnavailable("a message is too long")
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
    """One connection to another process, shared by the threads of this one. Broken once, it stays broken."""

    def __init__(self, name: str, *, timeout: float = 60) -> None:
        self._name = name
        self._lock = threading.Lock()
        self._broken = False
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(timeout)
        try:
            self._socket.connect(address(name))
        except OSError as error:
            self._socket.close()
            raise ProcessUnavailable(f"the {name} does not answer") from error
        if not _is_known(self._socket, _keepers(name)):
            self.close()
            raise ProcessUnavailable(f"whoever answers as the {name} is a user that nobody named (AMANA_PEER_USERS)")

    @property
    def broken(self) -> bool:
        """Whether nothing more can be asked here: an answer failed, or the other side hung up."""
        if self._broken:
            return True
        try:
            # Between two questions nothing may be waiting; what is there is the end of the connection.
            return bool(select.select([self._socket], [], [], 0)[0]) and not self._lock.locked()
        except (OSError, ValueError):
            return True

    def ask(self, operation: str, **question: JsonValue) -> dict[str, JsonValue]:
        """Ask and wait. Raises Refused or ProcessUnavailable."""
        with self._lock:
            if self._broken:
                raise ProcessUnavailable(f"the {self._name} stopped answering")
            try:
                _send(self._socket, {"operation": operation, "question": question})
                answer = _receive(self._socket)
            except (OSError, EOFError, CustodyError) as error:
                # A late answer to this question must never be taken for the answer to the next one.
                self.close()
                raise ProcessUnavailable(f"the {self._name} stopped answering") from error
        if "refused" in answer:
            raise Refused(str(answer["refused"]))
        return answer

    def close(self) -> None:
        """Hang up."""
        self._broken = True
        self._socket.close()


class _Handler(socketserver.BaseRequestHandler):
    server: Server

    def handle(self) -> None:
        if not _is_known(self.request, frozenset(settings.AMANA_PEER_USERS)):
            return
        with self.server.counting():
            while True:
                try:
                    message = _receive(self.request)
                    _send(self.request, self._answer(message))
                except (EOFError, OSError, CustodyError):
                    # The asker is gone or speaks nonsense; it learns from the closed connection.
                    return

    def finish(self) -> None:
        # The thread ends with the connection; what it opened in the database must not outlive it.
        connections.close_all()

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
        except (KeyError, TypeError, ValueError):
            return {"refused": "the question can't be read"}
        except (DatabaseError, OSError) as error:
            # Said here and not to the asker in full: its text may show what stands in a row.
            sys.stderr.write(f"{self.server.name}: {type(error).__name__} while answering\n")
            return {"refused": f"the {self.server.name} could not do it ({type(error).__name__})"}
        finally:
            close_old_connections()


def _is_known(connection: socket.socket, others: frozenset[int]) -> bool:
    """Whether the other side runs as this user, or as one of these."""
    if not hasattr(socket, "SO_PEERCRED"):
        # Without peer credentials the folder's mode (0700) is the only bar.
        return True
    _pid, user, _group = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return user == os.getuid() or user in others


def _keepers(name: str) -> frozenset[int]:
    """Who may answer under this name: the users that were named; for the notary also the owner of its folder.

    To believe somebody is less than to hear him: the registrar asks the notary, and need not answer it.
    """
    named = frozenset(settings.AMANA_PEER_USERS)
    return named | {data.notary().stat().st_uid} if name == "notary" else named


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """Answers questions on one socket, a thread for each connection."""

    daemon_threads = True
    # On a full queue a Unix socket refuses at once, which a caller takes for nobody being there.
    request_queue_size = 128

    def __init__(self, name: str, operations: Mapping[str, Operation]) -> None:
        self.name = name
        self.operations = operations
        self._open = 0
        self._counter = threading.Lock()
        path = address(name)
        # The caller holds the lock of this name, so a socket file that is left over belongs to nobody.
        with contextlib.suppress(FileNotFoundError):
            Path(path).unlink()
        super().__init__(path, _Handler)
        # The users named share a group with this one; whoever else is in it is sent away by ``_is_known``.
        Path(path).chmod(0o660 if settings.AMANA_PEER_USERS else 0o600)

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


def wait_for(name: str, *, seconds: float, alive: Callable[[], bool], timeout: float = 60) -> Caller:
    """Connect as soon as the process listens. Raises ProcessUnavailable when it dies or takes too long."""
    end = time.monotonic() + seconds
    while True:
        try:
            return Caller(name, timeout=timeout)
        except ProcessUnavailable:
            if time.monotonic() > end or not alive():
                raise
            time.sleep(0.05)
