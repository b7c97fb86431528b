"""The address that the web server answers at: bound before anything starts, so that a taken port is told at once."""

from __future__ import annotations

import http.client
import socket
from dataclasses import dataclass

from config import hosts

# Seconds that one look may take whether the web server answers.
LOOK = 1.0


@dataclass(frozen=True)
class Address:
    """Host and port as asked for; port 0 lets the system choose."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read `host:port`, `[::1]:port` or `port`. Raises ValueError."""
        host, colon, port = text.rpartition(":")
        if not colon:
            host = "127.0.0.1"
        if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
            message = f"{text!r} is not an address such as 127.0.0.1:8000"
            raise ValueError(message)
        return cls(host.strip("[]"), int(port))

    @property
    def is_loopback(self) -> bool:
        """Whether only this machine can reach it."""
        return hosts.is_loopback(self.host)

    def bind(self) -> socket.socket:
        """A bound socket that nobody listens on yet. Raises OSError, for example when the port is taken."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        bound = socket.socket(family, socket.SOCK_STREAM)
        try:
            bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind((self.host, self.port))
        except OSError:
            bound.close()
            raise
        return bound


def shown(bound: socket.socket) -> str:
    """The address of a bound socket as a browser on this machine would write it."""
    host, port = bound.getsockname()[:2]
    if host in {"0.0.0.0", "::"}:  # noqa: S104  compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def answers(address: str, *, host_header: str) -> bool:
    """Whether the web server at `address` gives any HTTP answer within a second."""
    name, port = address.removeprefix("http://").rsplit(":", 1)
    connection = http.client.HTTPConnection(name.strip("[]"), int(port), timeout=LOOK)
    try:
        connection.request("GET", "/healthz", headers={"Host": host_header})
        connection.getresponse()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True
