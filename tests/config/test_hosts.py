"""Which names only this machine answers to decides whether cookies may go without HTTPS."""

from __future__ import annotations

import logging

import pytest
from django.test import Client

from config import hosts


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "localhost", "[::1]", "::1", "amana.localhost", "LOCALHOST"]
)
def test_this_machine(host: str) -> None:
    assert hosts.is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",
        "192.168.1.4",
        "example.org",
        "*",
        ".localhost.example.org",
        "localhost.example.org",
        "[::]",
        "127.0.0.1.example.org",
    ],
)
def test_other_machines_may_ask(host: str) -> None:
    assert not hosts.is_loopback(host)
    assert not hosts.all_loopback(["localhost", host])


def test_a_name_that_is_not_ours_is_refused_and_told_in_one_line(caplog: pytest.LogCaptureFixture) -> None:
    logger = logging.getLogger("django.security.DisallowedHost")
    logger.addHandler(caplog.handler)
    try:
        answer = Client().get("/", headers={"host": "elsewhere.example.org"})
    finally:
        logger.removeHandler(caplog.handler)
    assert answer.status_code == 400
    assert "elsewhere.example.org" in caplog.text
    assert "Traceback" not in caplog.text
