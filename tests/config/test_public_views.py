"""Whoever is not signed in reaches the named views and no other."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, path
from django.urls.converters import get_converters

from config.public import PUBLIC_VIEWS

# Words that fit the converters in use; a converter that none fits wants one more here.
SAMPLES = ("1", "x", "7b1f6f0e-6f3b-4a64-9f0e-0d3c4b1c5a01", "x/y", "record.json", "0" * 64, "000")


def walk(resolver: URLResolver, prefix: str = "", space: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Name and a sample address of every view."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = (*space, pattern.namespace) if pattern.namespace else space
            yield from walk(pattern, prefix + str(pattern.pattern), inner)
        elif isinstance(pattern, URLPattern):
            yield ":".join((*space, pattern.name or "")), prefix + str(pattern.pattern)


def sample(route: str) -> str:
    """An address that fits `route`, each converter replaced by something it accepts."""
    for name, converter in get_converters().items():
        while f"<{name}:" in route:
            before, _, rest = route.partition(f"<{name}:")
            word = next(word for word in SAMPLES if re.fullmatch(converter.regex, word))
            route = before + word + rest.partition(">")[2]
    return "/" + route


VIEWS = list(walk(get_resolver()))


def test_the_list_names_views_that_exist() -> None:
    assert set() == PUBLIC_VIEWS - {name for name, _ in VIEWS}


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "route"), [view for view in VIEWS if view[0] not in PUBLIC_VIEWS])
def test_every_other_view_sends_a_stranger_to_the_sign_in_page(client: Client, name: str, route: str) -> None:
    for answer in (client.get(sample(route)), client.post(sample(route))):
        assert (answer.status_code, answer.headers.get("Location", "").partition("?")[0]) == (302, "/sign-in/"), name


@login_not_required
def hidden(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("secret")


urlpatterns = [path("hidden/", hidden, name="hidden"), *get_resolver().url_patterns]


@pytest.mark.urls(__name__)
def test_a_decorated_view_that_is_not_on_the_list_stays_shut(client: Client) -> None:
    assert client.get("/hidden/").status_code == 302


@pytest.mark.django_db
def test_answers_are_not_stored_and_forbid_framing(client: Client) -> None:
    headers = client.get("/sign-in/").headers
    assert headers["Cache-Control"].startswith(("no-store", "max-age=0"))
    assert "no-store" in headers["Cache-Control"]
    assert headers["X-Frame-Options"] == "DENY"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert settings.SESSION_COOKIE_HTTPONLY


@pytest.mark.parametrize("address", ["/cases/%00/", "/%00", "/ledger/1%00/"])
def test_an_address_with_a_nul_names_nothing(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404
