"""Asking an authority: the answer comes back as it is, and whatever goes wrong is said in words."""

from __future__ import annotations

import datetime
import http.client
import ipaddress
import socket
import ssl
import threading
import time
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from custody.core.timestamps import MAX_RESPONSE_BYTES
from custody.stamping import client
from custody.stamping.client import AuthorityUnavailable
from tests.custody.core.timestamps.authorities import curve_key, issue
from tests.custody.stamping.servers import Answering, answers, drips, sends, serving

pytestmark = pytest.mark.loopback


def _told(answer: Answering, *, timeout: float = 5) -> str:
    with serving(answer) as (address, _), pytest.raises(AuthorityUnavailable) as told:
        client.ask(f"{address}/stamp", b"request", timeout=timeout)
    return str(told.value)


def test_the_request_is_sent_and_the_answer_returned_as_it_is() -> None:
    with serving(answers(b"\x00not a time-stamp\xff", "Content-Type: text/html")) as (address, requests):
        assert client.ask(f"{address}/stamp?key=1", b"\x30\x00", timeout=5) == b"\x00not a time-stamp\xff"
    head, _, body = requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /stamp?key=1 HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/timestamp-query\r\n" in head + b"\r\n"
    assert body == b"\x30\x00"


def test_an_answer_without_a_length_and_one_in_chunks() -> None:
    for content in (
        b"HTTP/1.0 200 OK\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2\r\nbc\r\n0\r\n\r\n",
    ):
        with serving(sends(content)) as (address, _):
            assert client.ask(address, b"request", timeout=5) == b"abc"


def test_a_redirect_is_refused_and_not_followed() -> None:
    with serving(answers(b"stamp")) as (other, asked):
        told = _told(answers(b"", f"Location: {other}/\x1b[0m", status="302 Found"))
        assert f"sends us on to {other}/ [0m; redirects are not followed" in told
        assert asked == []
        client.ask(other, b"", timeout=5)


STATUSES = {
    "401 Unauthorized": "its use may need a contract",
    "404 Not Found": "check the address in the settings",
    "429 Too Many Requests": "asked too often",
    "503 Service Unavailable": "has a fault of its own",
    "204 No Content": "gives no answer at this address",
}


@pytest.mark.parametrize("status", STATUSES)
def test_a_refusal_by_http_is_told(status: str) -> None:
    told = _told(answers(b"", status=status))
    assert STATUSES[status] in told
    assert f"HTTP {status[:3]}" in told


def test_an_answer_up_to_the_limit_is_kept_and_a_longer_one_is_not() -> None:
    largest = bytes(MAX_RESPONSE_BYTES)
    with serving(answers(largest)) as (address, _):
        assert client.ask(address, b"", timeout=10) == largest
    assert "more than such an answer can be" in _told(answers(largest + b"\x00"))
    assert "more than such an answer can be" in _told(sends(b"HTTP/1.0 200 OK\r\n\r\n" + largest + b"\x00"))


BROKEN = {
    "in the middle": sends(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
    "in the middle of chunks": sends(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc"),
    "before anything": sends(b""),
    "no HTTP": sends(b"220 mail.example.org ESMTP\r\n"),
    "endless headers": sends(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 500),
}


@pytest.mark.parametrize("answer", BROKEN.values(), ids=BROKEN.keys())
def test_a_connection_that_breaks_is_told(answer: Answering) -> None:
    told = _told(answer)
    assert "broke" in told or "does not speak HTTP" in told


SLOW = {
    "a head byte by byte": drips(b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 50, 0.05),
    "a body byte by byte": drips(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + b"a" * 900, 0.02),
}


@pytest.mark.parametrize("answer", SLOW.values(), ids=SLOW.keys())
def test_an_answer_that_drips_is_cut_off(answer: Answering) -> None:
    begun = time.monotonic()
    assert "did not answer within 0.3 seconds" in _told(answer, timeout=0.3)
    assert time.monotonic() - begun < 10


def test_silence_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        with pytest.raises(AuthorityUnavailable, match=r"did not answer within 0\.2 seconds"):
            client.ask(address, b"request", timeout=0.2)


def test_nobody_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(AuthorityUnavailable, match="no authority runs at this address"):
        client.ask(f"http://127.0.0.1:{port}", b"request", timeout=2)


def test_a_name_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(self: http.client.HTTPConnection) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(http.client.HTTPConnection, "connect", unknown)
    with pytest.raises(AuthorityUnavailable, match=r"tsa\.example could not be found"):
        client.ask("http://tsa.example", b"request", timeout=2)


ADDRESSES = [
    "ftp://tsa.example/",
    "tsa.example",
    "http://",
    "https://tsa.example:port/",
    "http://tsa.example:99999/",
    "http://[::1/",
    "file:///etc/passwd",
    "http://name:secret@tsa.example/",
    "http://name:secret@tsa.example:port",
    "http://name:secret@[::1/",
    "http://" + "a" * 70 + ".example/",
    "http://tsa.example/a b",
    "http://tsa.example/\u0645",
    "http://tsa..example/",
    "",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_no_address_is_refused_before_anything_is_sent(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "create_connection", lambda *_arguments, **_more: _Nowhere("".join(_arguments[0][:1])))
    with pytest.raises(AuthorityUnavailable) as told:
        client.ask(address, b"request", timeout=2)
    assert "secret" not in str(told.value)


class _Nowhere:
    """Takes a connection for made, after writing the name as the system would, and lets nothing be sent."""

    def __init__(self, host: str) -> None:
        host.encode("idna")

    def setsockopt(self, *_option: int) -> None:
        pass

    def sendall(self, _data: bytes) -> None:
        raise AssertionError("something was sent")

    def close(self) -> None:
        pass


def test_https_asks_only_who_shows_a_trusted_certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    validity = (datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC), datetime.datetime(2120, 1, 1, tzinfo=datetime.UTC))
    name = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    root = issue("Web root", curve_key(6001), authority=True, validity=validity, serial=1)
    web = issue("Web server", curve_key(6002), root, validity=validity, more=[(name, False)])
    secret = web.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (tmp_path / "web.pem").write_bytes(web.pem + secret)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(tmp_path / "web.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        heard: list[bytes] = []
        thread = threading.Thread(target=_serve_tls, args=(listening, server, heard), daemon=True)
        thread.start()
        address = f"https://127.0.0.1:{listening.getsockname()[1]}/"
        with pytest.raises(AuthorityUnavailable, match="web certificate that this machine trusts") as told:
            client.ask(address, b"request", timeout=5)
        assert "nothing was sent" in str(told.value)
        assert heard == []
        trusting = ssl.create_default_context(cadata=root.pem.decode())
        monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
        assert client.ask(address, b"request", timeout=5) == b"stamp"
        thread.join(5)


def _serve_tls(listening: socket.socket, context: ssl.SSLContext, heard: list[bytes]) -> None:
    for _ in range(2):
        connection, _address = listening.accept()
        try:
            with context.wrap_socket(connection, server_side=True) as secure:
                heard.append(secure.recv(4096))
                secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nstamp")
        except OSError:
            connection.close()
