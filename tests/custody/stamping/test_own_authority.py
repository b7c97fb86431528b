"""An authority of our own: made once, with numbers that never repeat, and time-stamps that verify."""

from __future__ import annotations

import datetime
import shutil
import stat
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import time_machine
from cryptography import x509

from custody.core import authority, timestamps
from custody.core.timestamps import Answer
from custody.stamping import client, local, serving
from custody.stamping.client import AuthorityUnavailable
from custody.stamping.local import OwnAuthority, OwnAuthorityBroken

DATA = b"a checkpoint"
SOON = datetime.timedelta(minutes=1)
pytestmark = [
    pytest.mark.loopback,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="NO TIME-STAMPS MADE: there is no openssl command here"),
]


@pytest.fixture
def own(tmp_path: Path) -> OwnAuthority:
    return local.open_authority(tmp_path / "authority")


@pytest.fixture
def server(own: OwnAuthority) -> Iterator[serving.Server]:
    with serving.serving(own) as running:
        yield running


def _pin(own: OwnAuthority) -> list[x509.Certificate]:
    return authority.load_chain(own.root_path.read_bytes())


def test_a_time_stamp_asked_for_over_http_verifies(server: serving.Server, tmp_path: Path) -> None:
    response = client.ask(server.url, timestamps.request(DATA, nonce=5), timeout=20)
    stamp = timestamps.read_token(response).stamp
    found = timestamps.verify(response, DATA, authorities=_pin(server.authority), now=stamp.time + SOON, nonce=5)
    assert found.answer is Answer.VALID, found.reason
    assert found.pinned == server.authority.fingerprint()
    assert stamp.accuracy is None
    (tmp_path / "response").write_bytes(response)
    (tmp_path / "data").write_bytes(DATA)
    command = f"openssl ts -verify -data data -in response -attime {int(stamp.time.timestamp())} -CAfile"
    subprocess.run([*command.split(), server.authority.root_path], cwd=tmp_path, check=True, capture_output=True)


def test_a_request_that_can_not_be_read_is_refused_in_the_response(server: serving.Server) -> None:
    response = client.ask(server.url, b"nonsense", timeout=20)
    with pytest.raises(timestamps.TimestampRefused, match="wrong format"):
        timestamps.read_response(response)


def test_many_at_once_get_different_numbers(own: OwnAuthority) -> None:
    again = local.open_authority(own.folder)
    with ThreadPoolExecutor(6) as pool:
        asked = [pool.submit(each.reply, timestamps.request(DATA, nonce=None)) for each in (own, again) * 6]
        serials = [timestamps.read_token(reply.result()).stamp.serial for reply in asked]
    assert sorted(serials) == list(range(1, 13))


def test_it_goes_on_with_the_same_keys_and_the_next_number(own: OwnAuthority) -> None:
    first = timestamps.read_token(own.reply(timestamps.request(DATA, nonce=None)))
    again = local.open_authority(own.folder)
    assert again.fingerprint() == own.fingerprint()
    second = timestamps.read_token(again.reply(timestamps.request(DATA, nonce=None)))
    assert (first.stamp.serial, second.stamp.serial) == (1, 2)
    assert second.certificates == first.certificates


def test_numbers_go_on_beyond_one_byte(own: OwnAuthority) -> None:
    (own.folder / "serial").write_text("FF")
    assert timestamps.read_token(own.reply(timestamps.request(DATA, nonce=None))).stamp.serial == 0x100


def test_a_number_is_lost_and_not_repeated_when_stamping_fails(own: OwnAuthority) -> None:
    failing = OwnAuthority(own.folder, "false")
    with pytest.raises(OwnAuthorityBroken, match="made no time-stamp"):
        failing.reply(timestamps.request(DATA, nonce=None))
    assert timestamps.read_token(own.reply(timestamps.request(DATA, nonce=None))).stamp.serial == 2


@pytest.mark.parametrize("content", [None, "", "no number"])
def test_without_its_numbers_it_does_not_stamp(own: OwnAuthority, content: str | None) -> None:
    path = own.folder / "serial"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(OwnAuthorityBroken, match="numbers would repeat"):
        own.reply(timestamps.request(DATA, nonce=None))


def test_two_who_make_it_at_once_have_the_same(tmp_path: Path) -> None:
    begin = threading.Barrier(4)

    def make(_number: int) -> str:
        begin.wait()
        return local.open_authority(tmp_path / "authority").fingerprint()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(make, range(4)))) == 1
    assert sorted(path.name for path in (tmp_path / "authority").iterdir()) == ["keys", "serial", "serial.lock"]


def test_the_key_is_private_and_that_of_the_root_is_not_kept(own: OwnAuthority) -> None:
    keys = own.folder / "keys"
    assert sorted(path.name for path in keys.iterdir()) == ["authority.key", "authority.pem", "root.pem"]
    assert stat.S_IMODE(keys.stat().st_mode) == 0o700
    assert stat.S_IMODE((keys / "authority.key").stat().st_mode) == 0o600
    (keys).chmod(0o755)
    with pytest.raises(OwnAuthorityBroken, match="open to other accounts"):
        local.open_authority(own.folder)


def test_a_damaged_or_ended_certificate_is_told(own: OwnAuthority) -> None:
    ended = datetime.datetime.now(datetime.UTC) + local.VALIDITY + SOON
    with time_machine.travel(ended), pytest.raises(OwnAuthorityBroken, match="begin a new folder"):
        local.open_authority(own.folder)
    (own.folder / "keys" / "authority.pem").write_text("damaged")
    with pytest.raises(OwnAuthorityBroken, match="missing or damaged"):
        local.open_authority(own.folder)


def test_a_folder_that_can_not_be_made_and_a_machine_without_openssl(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OwnAuthorityBroken, match="can't hold an authority"):
        local.open_authority(tmp_path / "file")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OwnAuthorityBroken, match="needs the openssl command"):
        local.open_authority(tmp_path / "authority")
    assert not (tmp_path / "authority").exists()


def test_what_fails_inside_is_told_as_a_fault_of_the_authority(
    own: OwnAuthority, capsys: pytest.CaptureFixture[str]
) -> None:
    (own.folder / "serial").unlink()
    with serving.serving(own) as server, pytest.raises(AuthorityUnavailable, match="has a fault of its own"):
        client.ask(server.url, b"request", timeout=20)
    assert "numbers would repeat" in capsys.readouterr().err
