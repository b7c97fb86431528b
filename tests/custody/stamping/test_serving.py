"""Our own authority behind HTTP answers time-stamp requests on loopback, and nothing else."""

from __future__ import annotations

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.stamping import serving
from custody.stamping.local import OwnAuthority, OwnAuthorityBroken

pytestmark = pytest.mark.loopback
QUERY = {"Content-Type": "application/timestamp-query"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[serving.Server]:
    with serving.serving(OwnAuthority(tmp_path, "false")) as running:
        yield running


def _status(server: serving.Server, method: str, body: bytes | None, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection(server.server_name, server.server_port, timeout=10)
    try:
        connection.request(method, "/", body=body, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


REQUESTS = {
    "a page asked for": ("GET", None, {}, 501),
    "another type": ("POST", b"request", {"Content-Type": "text/plain"}, 415),
    "no type": ("POST", b"request", {}, 415),
    "too long": ("POST", b"", QUERY | {"Content-Length": "65537"}, 413),
    "a length that is no number": ("POST", b"", QUERY | {"Content-Length": "-1"}, 413),
    "a length of many digits": ("POST", b"", QUERY | {"Content-Length": "9" * 5000}, 413),
    "a length in other digits": ("POST", b"", QUERY | {"Content-Length": "\xb2"}, 413),
}


@pytest.mark.parametrize(("method", "body", "headers", "status"), REQUESTS.values(), ids=REQUESTS.keys())
def test_anything_else_is_refused(
    server: serving.Server, method: str, body: bytes | None, headers: dict[str, str], status: int
) -> None:
    assert _status(server, method, body, headers) == status


def test_who_hangs_up_leaves_no_noise(server: serving.Server, capsys: pytest.CaptureFixture[str]) -> None:
    for sent in (b"", b"POST / HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nContent-Type: application/timestamp-query\r\n"):
        with socket.create_connection((server.server_name, server.server_port), timeout=5) as connection:
            connection.sendall(sent)
    assert _status(server, "GET", None, {}) == 501
    assert capsys.readouterr().err == ""


def test_an_address_that_is_taken(server: serving.Server) -> None:
    with (
        pytest.raises(OwnAuthorityBroken, match="can't be served"),
        serving.serving(server.authority, port=server.server_port),
    ):
        pass


BINDS = {"127.0.0.1:3180": ("127.0.0.1", 3180), "[::1]:0": ("::1", 0), "127.9.9.9:65535": ("127.9.9.9", 65535)}


@pytest.mark.parametrize("text", BINDS)
def test_loopback_addresses_are_read(text: str) -> None:
    assert serving.read_bind(text) == BINDS[text]


OPEN = ("0.0.0.0:3180", "[::]:3180", "192.168.1.5:3180")
MALFORMED = ("localhost:3180", "3180", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1", ":3180", "")


@pytest.mark.parametrize("text", OPEN + MALFORMED)
def test_other_addresses_are_refused(text: str) -> None:
    with pytest.raises(OwnAuthorityBroken):
        serving.read_bind(text)
