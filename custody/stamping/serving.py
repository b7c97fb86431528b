"""The authority of our own behind HTTP (RFC 3161 section 3.4)."""

from __future__ import annotations

import contextlib
import http
import ipaddress
import socket
import socketserver
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from custody.core.errors import CustodyError
from custody.stamping.local import MAX_REQUEST_BYTES, OwnAuthority, OwnAuthorityBroken

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"


class _Handler(BaseHTTPRequestHandler):
    server: Server
    # Seconds that a caller may stay silent.
    timeout = 10

    def do_POST(self) -> None:
        """One request, one response."""
        if self.headers.get_content_type() != _QUERY:
            self.send_error(http.HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
            return
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdigit() or int(length[:9]) > MAX_REQUEST_BYTES or len(length) > 9:
            self.send_error(http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            return
        request = self.rfile.read(int(length))
        try:
            response = self.server.authority.reply(request)
        except (CustodyError, OSError) as error:
            sys.stderr.write(f"time-stamp authority: {error}\n")
            self.send_error(http.HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        self.send_response(http.HTTPStatus.OK)
        self.send_header("Content-Type", _REPLY)
        self.send_header("Content-Length", str(len(response)))
        self.end_headers()
        self.wfile.write(response)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name that is overridden
        """Say nothing about requests that went well; failures are written where they happen."""


class Server(ThreadingHTTPServer):
    """Answers time-stamp requests, a thread for each."""

    daemon_threads = True

    def __init__(self, authority: OwnAuthority, host: str, port: int) -> None:
        self.authority = authority
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking for this machine's full name, which takes long where no name server answers."""
        socketserver.TCPServer.server_bind(self)
        host, self.server_port = self.server_address[:2]
        self.server_name = str(host)

    def handle_error(self, request: object, client_address: object) -> None:
        """A caller who hangs up or falls silent is nothing to report; anything else is one line."""
        error = sys.exception() if hasattr(sys, "exception") else sys.exc_info()[1]
        if not isinstance(error, OSError):
            sys.stderr.write(f"time-stamp authority: {type(error).__name__} while answering\n")

    @property
    def url(self) -> str:
        """The address to ask at."""
        host = self.server_name
        return f"http://[{host}]:{self.server_port}/" if ":" in host else f"http://{host}:{self.server_port}/"


def read_bind(text: str) -> tuple[str, int]:
    """Host and port from `127.0.0.1:3180` or `[::1]:3180`; port 0 lets the system choose.

    The host must be a loopback address: whoever reaches this authority gets signatures without being asked who they
    are. Raises OwnAuthorityBroken.
    """
    host, _, port = text.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not port.isascii() or not port.isdigit() or len(port) > 5 or int(port) > 65535:
        raise OwnAuthorityBroken(f"{text!r} is not an address such as 127.0.0.1:3180")
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise OwnAuthorityBroken(f"{text!r} is not an address such as 127.0.0.1:3180") from error
    if not loopback:
        raise OwnAuthorityBroken(f"{host} can be reached from other machines; only 127.0.0.1 and [::1] are served")
    return host, int(port)


@contextlib.contextmanager
def serving(authority: OwnAuthority, *, host: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """Answer while the block runs. Raises OwnAuthorityBroken when the address is taken."""
    try:
        server = Server(authority, host, port)
    except OSError as error:
        raise OwnAuthorityBroken(f"{host}:{port} can't be served ({error.strerror})") from error
    thread = threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
