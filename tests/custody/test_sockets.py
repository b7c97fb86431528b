"""Questions between our processes: whatever comes in, the server answers the next asker."""

from __future__ import annotations

import os
import socket
import stat
import struct
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.db import OperationalError

from custody import data, sockets
from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError
from custody.sockets import Answer, Caller, ProcessUnavailable, Refused, Server


def echo(question: Mapping[str, JsonValue]) -> Answer:
    return {"heard": dict(question)}


def refuse(_question: Mapping[str, JsonValue]) -> Answer:
    raise CustodyError("not allowed")


def miss(question: Mapping[str, JsonValue]) -> Answer:
    return {"value": question["absent"]}


def fail(_question: Mapping[str, JsonValue]) -> Answer:
    raise OperationalError("Failing row contains (Fatima)")


@pytest.fixture
def server(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(sockets, "close_old_connections", lambda: None)
    answering = Server("desk", {"echo": echo, "refuse": refuse, "miss": miss, "fail": fail})
    thread = threading.Thread(target=answering.serve_forever, args=(0.01,))
    thread.start()
    yield answering
    answering.shutdown()
    answering.server_close()
    thread.join()
    sockets.remove("desk")


def raw() -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(10)
    connection.connect(sockets.address("desk"))
    return connection


def hung_up(connection: socket.socket) -> bool:
    try:
        return connection.recv(100) == b""
    except ConnectionResetError:
        # It left with bytes of ours unread.
        return True


def answers() -> bool:
    caller = Caller("desk")
    try:
        return caller.ask("echo", text="hello") == {"heard": {"text": "hello"}}
    finally:
        caller.close()


def test_one_connection_carries_many_questions(server: Server) -> None:
    caller = Caller("desk")
    assert [caller.ask("echo", number=number)["heard"] for number in range(20)] == [{"number": n} for n in range(20)]
    caller.close()


def test_threads_share_a_connection_and_get_their_own_answers(server: Server) -> None:
    caller = Caller("desk")
    heard: dict[int, list[object]] = {}

    def ask(number: int) -> None:
        heard[number] = [caller.ask("echo", number=number)["heard"] for _ in range(50)]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    caller.close()
    assert heard == {number: [{"number": number}] * 50 for number in range(4)}


@pytest.mark.parametrize(
    "junk",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">I", 5) + b"junk!",
        struct.pack(">I", 2) + b"[]",
        struct.pack(">I", 0),
        struct.pack(">I", 2**32 - 1) + b"x" * 1000,
        struct.pack(">I", 100) + b"cut short",
        b"\x00",
        b"",
    ],
)
def test_foreign_junk_is_hung_up_on_and_the_next_asker_is_answered(server: Server, junk: bytes) -> None:
    with raw() as connection:
        connection.sendall(junk)
        connection.shutdown(socket.SHUT_WR)
        assert hung_up(connection)
    assert answers()


def test_a_caller_that_disappears_before_its_answer_harms_nobody(server: Server) -> None:
    for _ in range(20):
        with raw() as connection:
            content = b'{"operation":"echo","question":{"text":"' + b"x" * 200_000 + b'"}}'
            connection.sendall(struct.pack(">I", len(content)) + content)
    assert answers()


@pytest.mark.parametrize("question", [b"{}", b'{"operation":"echo"}', b'{"operation":"echo","question":[]}'])
def test_a_question_of_another_form_is_refused(server: Server, question: bytes) -> None:
    with raw() as connection:
        connection.sendall(struct.pack(">I", len(question)) + question)
        assert b"refused" in connection.recv(1000)
    assert answers()


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("nothing", "no such operation"),
        ("refuse", "not allowed"),
        ("miss", "can't be read"),
        ("fail", "OperationalErr"),
    ],
)
def test_a_refusal_says_why_and_shows_no_row(
    server: Server, capsys: pytest.CaptureFixture[str], operation: str, said: str
) -> None:
    caller = Caller("desk")
    with pytest.raises(Refused, match=said) as refused:
        caller.ask(operation)
    assert "Fatima" not in str(refused.value) + capsys.readouterr().err
    assert caller.ask("echo", text="hello"), "a refusal does not end the connection"
    caller.close()


def test_a_message_that_is_too_long_is_not_sent(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sockets, "_MOST_BYTES", 1000)
    caller = Caller("desk")
    with pytest.raises(ProcessUnavailable):
        caller.ask("echo", text="x" * 2000)
    assert answers()


def test_a_late_answer_is_never_taken_for_the_next_one(data_dir: Path) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(sockets.address("slow"))
    listener.listen()
    caller = Caller("slow", timeout=0.05)
    peer, _ = listener.accept()
    with pytest.raises(ProcessUnavailable):
        caller.ask("echo", number=1)
    late = b'{"number":1}'
    with pytest.raises(OSError, match="pipe"):
        peer.sendall(struct.pack(">I", len(late)) + late)
    with pytest.raises(ProcessUnavailable):
        caller.ask("echo", number=2)
    assert caller.broken
    peer.close()
    listener.close()


def test_a_connection_whose_other_side_hung_up_is_known_to_be_broken(data_dir: Path) -> None:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(sockets.address("slow"))
    listener.listen()
    caller = Caller("slow")
    peer, _ = listener.accept()
    found = [caller.broken]
    peer.close()
    found.append(caller.broken)
    assert found == [False, True]
    caller.close()
    listener.close()


def test_nobody_there_is_said(data_dir: Path) -> None:
    with pytest.raises(ProcessUnavailable):
        Caller("desk")
    with pytest.raises(ProcessUnavailable):
        sockets.wait_for("desk", seconds=30, alive=lambda: False)


def test_the_socket_is_private(server: Server) -> None:
    assert stat.S_IMODE(Path(sockets.address("desk")).stat().st_mode) == 0o600


def test_a_long_data_folder_gets_a_short_private_address_that_is_cleared_away(
    tmp_path: Path, settings: LazySettings
) -> None:
    settings.AMANA_DATA_DIR = tmp_path / ("a long name " * 12)
    Path(settings.AMANA_DATA_DIR).mkdir(mode=0o700)
    answering = Server("desk", {"echo": echo})
    path = Path(sockets.address("desk"))
    assert len(str(path)) < 100
    assert path.parent != data.work()
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    answering.server_close()
    sockets.remove("desk")
    assert not path.parent.exists()


@pytest.mark.parametrize("trap", ["open to all", "a link"])
def test_an_address_prepared_by_somebody_else_is_refused(tmp_path: Path, settings: LazySettings, trap: str) -> None:
    settings.AMANA_DATA_DIR = tmp_path / ("a long name " * 12)
    Path(settings.AMANA_DATA_DIR).mkdir(mode=0o700)
    folder = Path(sockets.address("desk")).parent
    folder.rmdir()
    if trap == "a link":
        (tmp_path / "elsewhere").mkdir(mode=0o700)
        folder.symlink_to(tmp_path / "elsewhere")
    else:
        folder.mkdir(mode=0o777)
        folder.chmod(0o777)
    try:
        with pytest.raises(ProcessUnavailable):
            sockets.address("desk")
    finally:
        folder.unlink() if trap == "a link" else folder.rmdir()


def test_another_user_is_heard_only_when_named(
    server: Server, settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: ours + 1)
    with raw() as connection:
        assert hung_up(connection)
    with pytest.raises(ProcessUnavailable, match="a user that nobody named"):
        Caller("desk")
    settings.AMANA_PEER_USERS = frozenset({ours})
    assert answers()


def test_the_socket_opens_to_the_group_only_when_others_are_named(data_dir: Path, settings: LazySettings) -> None:
    modes = []
    for users in (frozenset(), frozenset({4242})):
        settings.AMANA_PEER_USERS = users
        made = Server("modes", {})
        modes.append(stat.S_IMODE(Path(sockets.address("modes")).stat().st_mode))
        made.server_close()
        sockets.remove("modes")
    assert modes == [0o600, 0o660]


def test_a_path_too_long_for_a_socket_is_refused_where_others_are_named(tmp_path: Path, settings: LazySettings) -> None:
    settings.AMANA_DATA_DIR = tmp_path / ("x" * 120)
    settings.AMANA_DATA_DIR.mkdir()
    settings.AMANA_PEER_USERS = frozenset({4242})
    with pytest.raises(ProcessUnavailable, match="shorter data folder"):
        sockets.address("desk")


def test_the_notary_is_believed_as_the_owner_of_its_folder_and_the_registrar_is_not(
    data_dir: Path, settings: LazySettings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.AMANA_NOTARY_DIR = str(tmp_path / "notary")
    owner = data.notary().stat().st_uid
    answering = [Server(name, {"echo": echo}) for name in ("notary", "registrar")]
    monkeypatch.setattr(os, "getuid", lambda: owner + 1)
    try:
        Caller("notary").close()
        with pytest.raises(ProcessUnavailable, match="a user that nobody named"):
            Caller("registrar")
    finally:
        for server in answering:
            server.server_close()
