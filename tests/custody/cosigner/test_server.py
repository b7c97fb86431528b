"""The cosigner over HTTP: the answers of the specification, and no way to keep it busy for nothing."""

from __future__ import annotations

import contextlib
import http.client
import signal
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from custody.core import cosignatures
from custody.core.witnessing import MAX_REQUEST_BYTES, Request
from custody.cosigner import server as serving_module
from custody.cosigner.desk import Cosigner
from custody.cosigner.server import Server
from custody.cosigning.client import Conflict, Refused, ask
from tests.custody.core.growing import checkpoint, proof, request, signed
from tests.custody.core.samples import OTHER_PRIVATE_KEY
from tests.custody.cosigner.partners import Serving, made, serving

pytestmark = [pytest.mark.loopback, pytest.mark.server]

OTHER_ORIGIN = "other.example/ledger"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made(tmp_path / "c")
    return tmp_path / "c"


@pytest.fixture
def address(folder: Path) -> Iterator[tuple[str, int]]:
    """A server in this process, so that its limits can be set."""
    with Server(("127.0.0.1", 0), Cosigner(folder)) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield ("127.0.0.1", server.server_port)
        finally:
            server.shutdown()
            thread.join()


def _exchange(address: tuple[str, int], data: bytes) -> bytes:
    """Send bytes, and read until the other side closes."""
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(data)
        parts = bytearray()
        with contextlib.suppress(ConnectionError):
            while piece := connection.recv(4096):
                parts += piece
        return bytes(parts)


def _post(address: tuple[str, int], body: bytes) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection(*address, timeout=20)
    with contextlib.closing(connection):
        connection.request("POST", "/add-checkpoint", body)
        response = connection.getresponse()
        return response.status, response.headers["Content-Type"], response.read()


def _head(lines: str) -> bytes:
    return f"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\n{lines}\r\n".encode()


def test_a_ledger_is_cosigned_as_it_grows(folder: Path) -> None:
    key = Cosigner(folder).key
    with serving(folder) as server:
        for old, new in ((0, 3), (3, 8), (8, 8)):
            lines = ask(server.url, old_size=old, proof=proof(old, new), checkpoint_note=signed(new), timeout=20)
            assert [cosignatures.verify(line, text=checkpoint(new).body(), key=key).cosigner for line in lines] == [
                key.name
            ]
        with pytest.raises(Conflict) as conflict:
            ask(server.url, old_size=3, proof=proof(3, 9), checkpoint_note=signed(9), timeout=20)
        assert conflict.value.size == 8
        with pytest.raises(Refused) as refused:
            ask(
                server.url,
                old_size=8,
                proof=proof(8, 9, forked_at=2),
                checkpoint_note=signed(9, forked_at=2),
                timeout=20,
            )
        assert refused.value.status == 422


def test_each_reason_has_its_status(address: tuple[str, int]) -> None:
    assert _post(address, request(0, 5).encode())[0] == 200
    other = Request(0, (), signed(5, origin=OTHER_ORIGIN, key=OTHER_PRIVATE_KEY))
    forged = Request(5, proof(5, 9), signed(9, key=OTHER_PRIVATE_KEY))
    table = [
        (b"", 400),
        (b"nonsense", 400),
        (request(5, 9).encode()[:-1], 400),
        (Request(7, (), signed(6)).encode(), 400),
        (forged.encode(), 403),
        (other.encode(), 404),
        (request(5, 5, forked_at=1).encode(), 422),
        (request(5, 9, forked_at=1).encode(), 422),
        (Request(5, (), signed(9)).encode(), 422),
    ]
    answers = [_post(address, body) for body, _ in table]
    assert [status for status, _, _ in answers] == [status for _, status in table]
    assert {media_type for _, media_type, _ in answers} == {"text/plain; charset=utf-8"}
    assert _post(address, request(0, 9).encode()) == (409, "text/x.tlog.size", b"5\n")
    assert _post(address, request(5, 9).encode())[0] == 200


def test_one_connection_serves_many_requests(address: tuple[str, int]) -> None:
    connection = http.client.HTTPConnection(*address, timeout=20)
    with contextlib.closing(connection):
        for body in (request(0, 5).encode(), request(5, 9).encode(), b"nonsense", request(9, 9).encode()):
            connection.request("POST", "/add-checkpoint", body)
            opened = connection.sock
            connection.getresponse().read()
            assert connection.sock is opened


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (_head(f"Content-Length: {MAX_REQUEST_BYTES + 1}\r\n"), 413),
        (_head(f"Content-Length: {'9' * 18}\r\n"), 413),
        (_head(""), 411),
        (_head("Content-Length: -1\r\n"), 411),
        (_head("Content-Length: 5 \r\nContent-Length: 6\r\n"), 411),
        (_head(f"Content-Length: {'9' * 5000}\r\n"), 411),
        (_head("Content-Length: \u0665\r\n"), 411),
        (_head("Transfer-Encoding: chunked\r\n"), 411),
        (_head("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), 411),
        (b"GET /add-checkpoint HTTP/1.1\r\nHost: x\r\n\r\n", 405),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404),
        (b"POST /add-checkpoint/ HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", 404),
        (b"DELETE /add-checkpoint HTTP/1.1\r\nHost: x\r\n\r\n", 501),
        # Exactly what is read: bytes left over would reset the connection before the answer is read.
        (b"POST /" + b"x" * (65_537 - 6), 414),
        (_head("X: y\r\n" * 200), 431),
    ],
)
def test_what_is_not_a_request_is_refused_and_the_connection_closed(
    address: tuple[str, int], data: bytes, status: int
) -> None:
    assert _exchange(address, data).startswith(b"HTTP/1.1 %d " % status)


def test_a_request_cut_short_is_not_read_as_a_shorter_one(address: tuple[str, int], folder: Path) -> None:
    body = request(0, 5).encode()
    with socket.create_connection(address, timeout=20) as connection:
        connection.sendall(_head(f"Content-Length: {len(body) + 1}\r\n") + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(4096).startswith(b"HTTP/1.1 400 ")
    assert Cosigner(folder).remembered().known == {}


@pytest.mark.parametrize("data", [b"", b"POST /add", _head("Content-Length: 9\r\n") + b"old"])
def test_a_silent_asker_is_hung_up_on(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(serving_module._Handler, "timeout", 0.2)
    assert b" 200 " not in _exchange(address, data)


def test_an_asker_who_never_ends_is_hung_up_on(address: tuple[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving_module, "_LONGEST_SECONDS", 0.5)
    with socket.create_connection(address, timeout=20) as connection, contextlib.suppress(ConnectionError):
        connection.sendall(b"POST /add-checkpoint HTTP/1.1\r\n")
        connection.settimeout(0.05)
        for _ in range(200):
            connection.sendall(b"X: y\r\n"[:1])
            with contextlib.suppress(TimeoutError):
                if not connection.recv(1):
                    return
        pytest.fail("a byte now and then kept the connection open")


def test_too_many_connections_leave_room_again(address: tuple[str, int]) -> None:
    with contextlib.ExitStack() as stack:
        for _ in range(serving_module._MOST_CONNECTIONS):
            stack.enter_context(socket.create_connection(address, timeout=20))
        with socket.create_connection(address, timeout=20) as one_more:
            assert _ended(one_more)
    end = time.monotonic() + 20
    while not _answers(address):
        assert time.monotonic() < end
        time.sleep(0.02)


def _ended(connection: socket.socket) -> bool:
    try:
        return connection.recv(1) == b""
    except ConnectionError:
        return True


def _answers(address: tuple[str, int]) -> bool:
    try:
        return _post(address, b"nonsense")[0] == 400
    except (ConnectionError, http.client.HTTPException):
        return False


def test_a_memory_lost_while_serving_stops_cosigning(
    address: tuple[str, int], folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert _post(address, request(0, 5).encode())[0] == 200
    (folder / "memory").unlink()
    status, _, body = _post(address, request(0, 5, forked_at=1).encode())
    assert (status, body) == (500, b"this cosigner can't cosign now\n")
    assert "NOT COSIGNED: the file memory is missing" in capfd.readouterr().err


def test_the_operator_reads_what_was_done_and_nobodys_address(folder: Path) -> None:
    with serving(folder) as server:
        server.post(request(0, 5).encode())
        server.post(request(0, 9).encode())
        server.post(b"nonsense")
        _stop(server)
        assert server.process.stderr is not None
        lines = server.process.stderr.read().splitlines()
    assert [line.partition(" ")[2] for line in lines] == [
        "cosigned amana.example/ledger at size 5",
        "refused: conflict: the last checkpoint cosigned here has size 5",
        "refused: malformed: no empty line before the checkpoint",
        "stopped",
    ]


def _stop(server: Serving) -> None:
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(30) == 0


# Python drops whatever is raised inside a finaliser, and a signal may come just there.
STOPPED_IN_A_FINALISER = """
import os, signal
from custody.cosigner.server import Server

class Last:
    def __del__(self):
        os.kill(os.getpid(), signal.SIGTERM)

plain = Server.process_request
def process_request(self, *request):
    Last()
    plain(self, *request)
Server.process_request = process_request
"""


def test_a_signal_that_comes_in_a_finaliser_stops_it_too(folder: Path) -> None:
    with serving(folder, before=STOPPED_IN_A_FINALISER) as server:
        with contextlib.suppress(OSError, http.client.HTTPException):
            server.post(request(0, 5).encode())
        assert server.process.wait(15) == 0


def test_a_cosigner_that_trusts_nobody_says_so(tmp_path: Path) -> None:
    Cosigner.make(tmp_path / "c", name="partner.example/w1", passphrase=None)
    with serving(tmp_path / "c") as server:
        assert server.post(request(0, 5).encode())[0] == 404
        _stop(server)
        assert server.process.stderr is not None
        assert "no ledger is trusted yet" in server.process.stderr.read()
