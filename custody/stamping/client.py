"""Asking a time-stamp authority over HTTP (RFC 3161 section 3.4), and for its list of withdrawn certificates."""

from __future__ import annotations

import http
import http.client
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from custody import deadlines
from custody.core.errors import CustodyError
from custody.core.timestamps import MAX_RESPONSE_BYTES
from custody.core.withdrawals import MAX_LIST_BYTES

_QUERY, _REPLY = "application/timestamp-query", "application/timestamp-reply"
_LONGEST_TARGET = 200


class AuthorityUnavailable(CustodyError):
    """The authority could not be asked, or gave no answer that could be kept. Nothing was stamped; ask again later."""


@dataclass(frozen=True)
class _Place:
    secure: bool
    host: str
    port: int | None
    path: str


def ask(url: str, request_der: bytes, *, timeout: float) -> bytes:
    """Send a request (``timestamps.request``) and return the body of the answer exactly as it came, whatever it is.

    It is not looked into: keep it first, then verify. At most 1 MiB. ``timeout`` in seconds is for connecting, and
    again for everything after. Proxies and passwords are not supported, redirects are refused: an authority is asked
    at the address in the settings or not at all. Raises AuthorityUnavailable.
    """
    return _asked(_read_address(url), request_der, MAX_RESPONSE_BYTES, timeout)


def fetch(url: str, *, timeout: float) -> bytes:
    """What lies at an address, at most 4 MiB, exactly as it came. The rest as in `ask`. Raises AuthorityUnavailable."""
    return _asked(_read_address(url), None, MAX_LIST_BYTES, timeout)


def _asked(place: _Place, request_der: bytes | None, most: int, timeout: float) -> bytes:
    connection = _connection(place, timeout)
    try:
        return _exchange(connection, place, request_der, most, timeout)
    except ssl.SSLCertVerificationError as error:
        raise AuthorityUnavailable(
            f"{place.host} does not show a web certificate that this machine trusts ({error.verify_message}); "
            "nothing was sent. Somebody may stand in between, or this machine's clock is wrong"
        ) from error
    except socket.gaierror as error:
        raise AuthorityUnavailable(
            f"{place.host} could not be found. Check the address, and that this machine reaches the internet"
        ) from error
    except TimeoutError as error:
        raise AuthorityUnavailable(f"{place.host} did not answer within {timeout:g} seconds") from error
    except ConnectionRefusedError as error:
        raise AuthorityUnavailable(f"{place.host} refuses connections: no authority runs at this address") from error
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise AuthorityUnavailable(
            f"the connection with {place.host} broke or does not speak HTTP ({type(error).__name__})"
        ) from error
    finally:
        connection.close()


def _read_address(url: str) -> _Place:
    if "@" in url.partition("//")[2].partition("/")[0]:
        # It would be sent in the clear and end up in logs, so it isn't shown here either.
        raise AuthorityUnavailable("the authority's address holds a name or a password; that is not supported")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise AuthorityUnavailable(f"{_shown(url)} is not an address of an authority") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise AuthorityUnavailable(
            f"{_shown(url)} is not an address of an authority such as https://tsa.example.org/stamp"
        )
    path = parts.path or "/"
    return _Place(parts.scheme == "https", host, port, f"{path}?{parts.query}" if parts.query else path)


def _connection(place: _Place, timeout: float) -> http.client.HTTPConnection:
    try:
        if place.secure:
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(place.host, place.port, timeout=timeout, context=context)
        return http.client.HTTPConnection(place.host, place.port, timeout=timeout)
    except http.client.InvalidURL as error:
        raise AuthorityUnavailable(f"{_shown(place.host)} is not the name of a machine") from error


def _exchange(
    connection: http.client.HTTPConnection, place: _Place, request_der: bytes | None, most: int, timeout: float
) -> bytes:
    connection.connect()
    with deadlines.within(timeout, connection):
        if request_der is None:
            connection.request("GET", place.path, headers={"Connection": "close"})
        else:
            headers = {"Content-Type": _QUERY, "Accept": _REPLY, "Connection": "close"}
            connection.request("POST", place.path, body=request_der, headers=headers)
        with connection.getresponse() as response:
            return _read_body(response, place, most)


def _read_body(response: http.client.HTTPResponse, place: _Place, most: int) -> bytes:
    if response.status != http.HTTPStatus.OK:
        raise AuthorityUnavailable(_refusal(place, response))
    body = response.read(most + 1)
    if len(body) > most:
        raise AuthorityUnavailable(f"{place.host} answered with more than such an answer can be; it was not kept")
    if response.length:
        raise AuthorityUnavailable(f"{place.host} broke off in the middle of its answer")
    return body


def _refusal(place: _Place, response: http.client.HTTPResponse) -> str:
    status = response.status
    if 300 <= status < 400:
        target = _shown(response.getheader("Location", "nowhere"))
        return (
            f"{place.host} sends us on to {target}; redirects are not followed. If the authority moved, "
            "put its new address in the settings"
        )
    if status in {http.HTTPStatus.UNAUTHORIZED, http.HTTPStatus.FORBIDDEN, http.HTTPStatus.PAYMENT_REQUIRED}:
        return f"{place.host} does not serve us (HTTP {status}); its use may need a contract"
    if status == http.HTTPStatus.TOO_MANY_REQUESTS:
        return f"{place.host} was asked too often (HTTP {status}); it is asked again later"
    if status >= 500:
        return f"{place.host} has a fault of its own (HTTP {status}); it is asked again later"
    return f"{place.host} gives no answer at this address (HTTP {status}); check the address in the settings"


def _shown(text: str) -> str:
    """Foreign text as one short line."""
    return "".join(letter if letter.isprintable() else " " for letter in text[:_LONGEST_TARGET])
