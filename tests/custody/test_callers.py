"""Who sits at this machine, and from where a caller calls."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import RequestFactory

from custody import callers


def _request(host: str = "127.0.0.1", address: str = "127.0.0.1", **headers: str) -> Any:
    request = RequestFactory().get("/")
    request.META |= {"SERVER_NAME": host, "REMOTE_ADDR": address, **headers}
    return request


@pytest.mark.parametrize(
    ("host", "address"), [("127.0.0.1", "127.0.0.1"), ("localhost", "127.0.0.9"), ("localhost", "::1")]
)
def test_a_browser_on_this_machine_sits_here(host: str, address: str) -> None:
    assert callers.sits_at_this_machine(_request(host, address))


@pytest.mark.parametrize(
    ("host", "address", "headers"),
    [
        ("testserver", "127.0.0.1", {}),  # a hostile name that points at 127.0.0.1
        ("127.0.0.1", "192.0.2.7", {}),
        ("127.0.0.1", "", {}),
        ("127.0.0.1", "127.0.0.1", {"HTTP_X_FORWARDED_FOR": "192.0.2.7"}),
        ("127.0.0.1", "127.0.0.1", {"HTTP_FORWARDED": "for=192.0.2.7"}),
        ("127.0.0.1", "127.0.0.1", {"HTTP_VIA": "1.1 proxy"}),
    ],
)
def test_everybody_else_does_not(host: str, address: str, headers: dict[str, str]) -> None:
    assert not callers.sits_at_this_machine(_request(host, address, **headers))


def test_behind_our_proxy_nobody_sits_here(settings: Any) -> None:
    settings.AMANA_BEHIND_PROXY = True
    assert not callers.sits_at_this_machine(_request())


def test_behind_our_proxy_the_address_is_the_last_one_named(settings: Any) -> None:
    request = _request(address="10.0.0.1", HTTP_X_FORWARDED_FOR="198.51.100.1, 192.0.2.7")
    assert callers.address(request) == "10.0.0.1"
    settings.AMANA_BEHIND_PROXY = True
    assert callers.address(request) == "192.0.2.7"
