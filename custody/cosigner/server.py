"""The cosigner over HTTP (c2sp.org/tlog-witness): `POST /add-checkpoint`, and nothing else.

Whoever can reach it may ask: what counts is the log's signature. Encryption is left to a proxy before it, since
nothing that passes is secret and everything is signed.
"""

import contextlib
import socket
import socketserver
import sys
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from custody import clock
from custody.core.errors import CustodyError
from custody.core.witnessing import MAX_REQUEST_BYTES, Refusal
from custody.cosigner.desk import Cosigner

PATH: Final = "/add-checkpoint"

_IDLE_SECONDS: Final = 10.0
_LONGEST_SECONDS: Final = 60.0
# How long a signal to stop may wait for an answer.
_LOOKS_UP_SECONDS: Final = 0.5
_MOST_CONNECTIONS: Final = 32
_PLAIN: Final = "text/plain; charset=utf-8"


class Server(ThreadingHTTPServer):
    """Answers for one cosigner, a thread for each connection, with a limit on their number and their time."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], cosigner: Cosigner) -> None:
        self.cosigner = cosigner
        self._room = threading.BoundedSemaphore(_MOST_CONNECTIONS)
        self._stopped = False
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        super().__init__(address, _Handler)

    def stop(self, *_signal: object) -> None:
        """End ``serve_until_stopped`` within a moment; a handler of signals.

        Nothing is raised: the interpreter drops what is raised inside a finaliser, and the signal would be lost.
        """
        self._stopped = True

    def serve_until_stopped(self) -> None:
        """Answer until ``stop``."""
        self.timeout = _LOOKS_UP_SECONDS
        while not self._stopped:
            self.handle_request()

    def server_bind(self) -> None:
        """Bind without asking who we are: the base class would look our name up, over the network."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def process_request(self, request: object, client_address: object) -> None:
        """Hand the connection to a thread, or close it when too many are open."""
        if not self._room.acquire(blocking=False):
            self.shutdown_request(request)  # type: ignore[arg-type]
            return
        try:
            super().process_request(request, client_address)  # type: ignore[arg-type]
        except BaseException:
            self._room.release()
            raise

    def process_request_thread(self, request: object, client_address: object) -> None:
        """One connection, from its first to its last request."""
        try:
            super().process_request_thread(request, client_address)  # type: ignore[arg-type]
        finally:
            self._room.release()

    def handle_error(self, request: object, client_address: object) -> None:
        """Say what failed, without the asker's address."""
        error = sys.exception()
        # A client that goes away is no news.
        if not isinstance(error, ConnectionError | TimeoutError):
            say(f"a connection failed: {error!r}")


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "amana-cosigner"
    sys_version = ""
    timeout = _IDLE_SECONDS

    def setup(self) -> None:
        super().setup()
        # A slow asker sends one byte before each time-out; this ends the connection whatever it sends.
        self._deadline = threading.Timer(_LONGEST_SECONDS, self._cut)
        self._deadline.daemon = True
        self._deadline.start()

    def finish(self) -> None:
        self._deadline.cancel()
        # A broken connection fails here again while its buffers are flushed.
        with contextlib.suppress(ConnectionError, TimeoutError):
            super().finish()

    def _cut(self) -> None:
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def do_POST(self) -> None:
        length = self._length()
        if self.path != PATH:
            self._refuse(HTTPStatus.NOT_FOUND, "only add-checkpoint is answered here")
        elif length is None:
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "the request must say its length")
        elif length > MAX_REQUEST_BYTES:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "the request is larger than 256 KiB")
        else:
            self._decide(self.rfile.read(length), length)

    def do_GET(self) -> None:
        self._refuse(HTTPStatus.METHOD_NOT_ALLOWED, "only POST is answered here")

    def _length(self) -> int | None:
        lengths = self.headers.get_all("Content-Length", [])
        plain = len(lengths) == 1 and lengths[0].isascii() and lengths[0].isdigit() and len(lengths[0]) < 19
        if not plain or "Transfer-Encoding" in self.headers:
            return None
        return int(lengths[0])

    def _decide(self, body: bytes, length: int) -> None:
        if len(body) < length:
            self._refuse(HTTPStatus.BAD_REQUEST, "the request is cut short")
            return
        try:
            outcome = self.server.cosigner.answer(body)
        except (CustodyError, OSError) as error:
            # Said here in full; the asker learns only that it is not the asker's fault.
            say(f"NOT COSIGNED: {error}")
            self._refuse(HTTPStatus.INTERNAL_SERVER_ERROR, "this cosigner can't cosign now")
            return
        if isinstance(outcome, Refusal):
            say(f"refused: {outcome.kind.word}: {outcome.words}")
            self._send(outcome.kind.status, outcome.media_type, outcome.body())
        else:
            say(f"cosigned {outcome.origin} at size {outcome.size}")
            self._send(HTTPStatus.OK, _PLAIN, f"{outcome.line}\n".encode())

    def _refuse(self, status: HTTPStatus, words: str) -> None:
        # What is left of the request, if anything, must not be read as the next one.
        self.close_connection = True
        self._send(status, _PLAIN, f"{words}\n".encode())

    def _send(self, status: int, media_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: askers' addresses are not kept."""


def say(words: str) -> None:
    """One line for the operator, with the time, on standard error."""
    plain = "".join(character if character.isprintable() else "?" for character in words)
    sys.stderr.write(f"{clock.stamp(clock.now())} {plain}\n")
    sys.stderr.flush()
