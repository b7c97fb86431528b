"""Asking a cosigner: every answer is one of four kinds, whatever the other side sends."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from custody.core.cosignatures import sign_cosignature
from custody.core.errors import RequestError
from custody.cosigning import client
from custody.cosigning.client import Conflict, CosigningError, Refused, Unreachable, ask
from tests.custody.core.growing import COSIGNER, COSIGNER_PRIVATE_KEY, TIME, checkpoint, proof, request, signed

LINE = sign_cosignature(checkpoint(8).body(), name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY, time=TIME)


class Stranger:
    """Hears one request on loopback and answers what it is told to; keeps what it heard."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.heard = b""
        self._thread: threading.Thread | None = None

    def answers(self, answer: bytes | Callable[[socket.socket], object]) -> str:
        self._thread = threading.Thread(target=self._serve, args=(answer,))
        self._thread.start()
        return self.url

    def _serve(self, answer: bytes | Callable[[socket.socket], object]) -> None:
        connection, _ = self._listener.accept()
        with connection:
            connection.settimeout(20)
            while not self._is_whole():
                self.heard += connection.recv(65536)
            try:
                if isinstance(answer, bytes):
                    connection.sendall(answer)
                else:
                    answer(connection)
            except OSError:
                # The client hung up, as it should on what is too long or too slow.
                return

    def _is_whole(self) -> bool:
        head, end, body = self.heard.partition(b"\r\n\r\n")
        if not end:
            return False
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        return len(body) >= length

    def close(self) -> None:
        if self._thread:
            self._thread.join(20)
        self._listener.close()


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    one = Stranger()
    yield one
    one.close()


pytestmark = pytest.mark.loopback


def _ask(url: str, *, timeout: float = 20) -> list[str]:
    return ask(url, old_size=5, proof=proof(5, 8), checkpoint_note=signed(8), timeout=timeout)


def _http(status: str, body: bytes, headers: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{headers}\r\n".encode() + body


def test_the_question_is_the_specifications(stranger: Stranger) -> None:
    url = stranger.answers(_http("200 OK", f"{LINE}\n".encode()))
    assert _ask(f"{url}/prefix/") == [LINE]
    head, _, body = stranger.heard.partition(b"\r\n\r\n")
    assert head.startswith(b"POST /prefix/add-checkpoint HTTP/1.1\r\n")
    assert body == request(5, 8).encode()


def test_all_lines_are_handed_over_as_they_are(stranger: Stranger) -> None:
    other = LINE.replace(COSIGNER, "other.example/w2")
    assert _ask(stranger.answers(_http("200 OK", f"{LINE}\n{other}\n".encode()))) == [LINE, other]


def test_an_answer_in_chunks_is_read(stranger: Stranger) -> None:
    body = f"{LINE}\n".encode()
    answer = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
    assert _ask(stranger.answers(answer)) == [LINE]


@pytest.mark.parametrize("media_type", ["text/x.tlog.size", "Text/X.TLOG.size; charset=utf-8"])
def test_another_known_size_is_told(stranger: Stranger, media_type: str) -> None:
    url = stranger.answers(_http("409 Conflict", b"123\n", f"Content-Type: {media_type}\r\n"))
    with pytest.raises(Conflict) as conflict:
        _ask(url)
    assert conflict.value.size == 123


@pytest.mark.parametrize("body", [b"", b"x\n", b"05\n", b"-1\n", b"9" * 100, b"1", b"\xff\n"])
def test_a_size_that_is_none_is_no_answer(stranger: Stranger, body: bytes) -> None:
    with pytest.raises(Unreachable):
        _ask(stranger.answers(_http("409 Conflict", body, "Content-Type: text/x.tlog.size\r\n")))


@pytest.mark.parametrize("status", [204, 301, 307, 400, 403, 404, 409, 413, 422, 429])
def test_a_refusal_has_its_status_and_words(stranger: Stranger, status: int) -> None:
    body = b"" if status == 204 else b"because\x1b[2J " + b"x" * 1000
    url = stranger.answers(_http(f"{status} No", body, "Location: http://127.0.0.1:1/\r\n"))
    with pytest.raises(Refused) as refused:
        _ask(url)
    assert refused.value.status == status
    assert len(str(refused.value)) < 300
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_cosigner_in_trouble_is_not_a_refusal(stranger: Stranger, status: int) -> None:
    with pytest.raises(Unreachable, match=str(status)):
        _ask(stranger.answers(_http(f"{status} No", b"x")))


GOOD = f"{LINE}\n".encode()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\r\n\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 70_000 + b"\r\n\r\n",
        _http("200 OK", b""),
        _http("200 OK", b"\n"),
        _http("200 OK", GOOD[:-1]),
        _http("200 OK", GOOD + b"\n"),
        _http("200 OK", b"\n" + GOOD),
        _http("200 OK", GOOD + b"junk\n"),
        _http("200 OK", GOOD.replace(b"\n", b"\r\n")),
        _http("200 OK", b"\xff" + GOOD),
        _http("200 OK", GOOD * 17),
        _http("200 OK", b"x" * (2**16 + 1)),
        _http("200 OK", GOOD)[:-4],
        # Whole lines, but fewer than were announced.
        f"HTTP/1.1 200 OK\r\nContent-Length: {2 * len(GOOD)}\r\n\r\n".encode() + GOOD,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s" % (2 * len(GOOD), GOOD),
    ],
)
def test_what_is_no_answer_is_none(stranger: Stranger, answer: bytes) -> None:
    with pytest.raises(Unreachable):
        _ask(stranger.answers(answer))


def test_an_endless_answer_is_left(stranger: Stranger) -> None:
    def pour(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        for _ in range(2**12):
            connection.sendall(b"x" * 2**16)

    with pytest.raises(Unreachable, match="longer"):
        _ask(stranger.answers(pour))


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"])
def test_a_cosigner_that_trickles_is_left_in_time(stranger: Stranger, start: bytes) -> None:
    def trickle(connection: socket.socket) -> None:
        connection.sendall(start)
        for _ in range(600):
            connection.sendall(b"x")
            time.sleep(0.05)

    begun = time.monotonic()
    with pytest.raises(Unreachable):
        _ask(stranger.answers(trickle), timeout=0.4)
    assert time.monotonic() - begun < 10


def test_a_silent_cosigner_is_left_in_time(stranger: Stranger) -> None:
    done = threading.Event()
    begun = time.monotonic()
    with pytest.raises(Unreachable):
        _ask(stranger.answers(lambda _connection: done.wait(20)), timeout=0.3)
    done.set()
    assert time.monotonic() - begun < 10


def test_nobody_there_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(Unreachable):
        _ask(f"http://127.0.0.1:{port}")


def test_plain_http_on_an_https_address_is_unreachable(stranger: Stranger) -> None:
    # What is heard is no HTTP request, so nothing is waited for.
    stranger.heard = b"content-length: 0\r\n\r\n"
    stranger.answers(b"")
    with pytest.raises(Unreachable):
        _ask(stranger.url.replace("http:", "https:"), timeout=5)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cosigner.example",
        "ftp://cosigner.example",
        "file:///etc/passwd",
        "http://",
        "http://:80/",
        "http://u:p@127.0.0.1/",
        "http://127.0.0.1:99999/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1/?a=b",
        "http://127.0.0.1/#a",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/a\r\nX: y",
        "http://[::1/",
        "http://ش.example/",
    ],
)
def test_an_address_that_is_none_is_not_asked(url: str) -> None:
    with pytest.raises(Unreachable, match="address"):
        _ask(url)


def test_what_cannot_be_asked_is_said_before_anyone_is_asked() -> None:
    with pytest.raises(RequestError):
        ask("http://127.0.0.1:1", old_size=-1, proof=(), checkpoint_note=signed(8), timeout=1)


def test_all_errors_have_one_root() -> None:
    assert {Conflict, Refused, Unreachable} <= set(CosigningError.__subclasses__())
    assert client.MAX_ANSWER_BYTES == 2**16
