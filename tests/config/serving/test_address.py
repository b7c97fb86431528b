"""Where the web server answers."""

from __future__ import annotations

import pytest

from config.serving.address import Address, shown


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:8000", "127.0.0.1", 8000),
        ("[::1]:80", "::1", 80),
        ("9000", "127.0.0.1", 9000),
        ("localhost:0", "localhost", 0),
    ],
)
def test_an_address_is_read(text: str, host: str, port: int) -> None:
    assert Address.parse(text) == Address(host, port)


@pytest.mark.parametrize(
    "text", ["", "host:", ":8000", "127.0.0.1:65536", "127.0.0.1:x", "127.0.0.1:-1", "127.0.0.1:٨"]
)
def test_what_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an address"):
        Address.parse(text)


@pytest.mark.loopback
def test_a_taken_port_is_refused_and_any_free_one_is_shown() -> None:
    with Address("127.0.0.1", 0).bind() as bound:
        bound.listen()
        port = bound.getsockname()[1]
        assert shown(bound) == f"http://127.0.0.1:{port}"
        with pytest.raises(OSError, match="in use"):
            Address("127.0.0.1", port).bind()


@pytest.mark.parametrize(
    ("host", "own"), [("127.0.0.1", True), ("localhost", True), ("0.0.0.0", False), ("192.168.0.4", False)]
)
def test_what_others_reach_is_told_apart(host: str, own: bool) -> None:
    assert Address(host, 8000).is_loopback is own
