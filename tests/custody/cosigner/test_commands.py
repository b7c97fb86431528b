"""What a partner types, from the new key to a signature line carried home."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from custody.core import cosignatures, notes
from custody.core.cosignatures import CosignerKey
from custody.cosigner import __main__ as command
from tests.custody.core.growing import checkpoint, request
from tests.custody.core.samples import KEY, ORIGIN, OTHER_PRIVATE_KEY

NAME = "partner.example/w1"


def _run(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    status = command.main([str(argument) for argument in arguments])
    return (status, *capsys.readouterr())


@pytest.fixture
def folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    made = tmp_path / "cosigner"
    assert _run(capsys, "init", "--name", NAME, "--folder", made)[0] == 0
    return made


def _key(folder: Path) -> CosignerKey:
    return CosignerKey.parse((folder / "cosigner.vkey").read_text().removesuffix("\n"))


def test_a_new_key_is_shown_with_its_fingerprint(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = _run(capsys, "init", "--name", NAME, "--folder", tmp_path / "c")
    vkey, fingerprint, *rest = out.splitlines()
    assert (status, err) == (0, "")
    assert CosignerKey.parse(vkey) == _key(tmp_path / "c")
    assert fingerprint.removeprefix("fingerprint ").replace(" ", "") == notes.fingerprint(vkey)
    assert "NOT encrypted" in rest[-1]


def test_all_files_are_for_their_owner_alone(folder: Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {path.name for path in folder.iterdir()} == {"key.p12", "cosigner.vkey", "memory", "mark"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_a_second_key_is_not_made_over_the_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    status, _, err = _run(capsys, "init", "--name", "other.example", "--folder", folder)
    assert (status, "is not empty" in err) == (2, True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize("name", ["", "two words", "a+b"])
def test_an_impossible_name_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str) -> None:
    assert _run(capsys, "init", "--name", name, "--folder", tmp_path / "c")[0] == 2
    assert not (tmp_path / "c").exists()


def test_a_passphrase_file_encrypts_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, content in (("right", "a long passphrase\n"), ("wrong", "another\n"), ("empty", "\n")):
        (tmp_path / name).write_text(content)
    with_file = ("--folder", tmp_path / "c", "--passphrase-file")
    _, out, _ = _run(capsys, "init", "--name", NAME, *with_file, tmp_path / "right")
    assert "NOT encrypted" not in out
    assert _run(capsys, "trust", *with_file, tmp_path / "right", KEY.encode())[0] == 0
    for arguments in ((*with_file, tmp_path / "wrong"), (*with_file, tmp_path / "empty"), ("--folder", tmp_path / "c")):
        status, out, err = _run(capsys, "trust", *arguments, KEY.encode())
        assert (status, out, "passphrase" in err) == (2, "", True)


def test_a_trusted_ledger_is_named_with_its_fingerprint(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = _run(capsys, "trust", "--folder", folder, KEY.encode())
    assert status == 0
    assert out.splitlines()[0] == f"cosigns {ORIGIN}"
    assert notes.fingerprint(KEY.encode()) in out.replace(" ", "")
    assert "taken as it is" in out


def test_a_second_key_of_the_same_ledger_is_not_silent(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(capsys, "trust", "--folder", folder, KEY.encode())
    again = _run(capsys, "trust", "--folder", folder, KEY.encode())[1]
    second = notes.VerifierKey.of(ORIGIN, OTHER_PRIVATE_KEY.public_key())
    assert "stay trusted" not in again
    assert "1 other key(s) of the same origin" in _run(capsys, "trust", "--folder", folder, second.encode())[1]


@pytest.mark.parametrize("vkey", ["", "nonsense", KEY.encode()[:-1], f"x{KEY.encode()}"])
def test_a_malformed_key_is_not_trusted(folder: Path, capsys: pytest.CaptureFixture[str], vkey: str) -> None:
    before = (folder / "memory").read_bytes()
    assert _run(capsys, "trust", "--folder", folder, vkey)[0] == 2
    assert (folder / "memory").read_bytes() == before


def test_a_checkpoint_carried_in_by_hand_is_cosigned(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(capsys, "trust", "--folder", folder, KEY.encode())
    for old, new in ((0, 5), (5, 9), (9, 9)):
        (folder.parent / "request").write_bytes(request(old, new).encode())
        status, out, err = _run(capsys, "sign", "--folder", folder, folder.parent / "request")
        assert (status, err) == (0, "")
        line = out.removesuffix("\n")
        assert cosignatures.verify(line, text=checkpoint(new).body(), key=_key(folder)).cosigner == NAME


def test_a_refusal_by_hand_says_why(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder.parent / "request"
    file.write_bytes(request(0, 5).encode())
    status, out, err = _run(capsys, "sign", "--folder", folder, file)
    assert (status, out, "not watched" in err) == (1, "", True)
    _run(capsys, "trust", "--folder", folder, KEY.encode())
    _run(capsys, "sign", "--folder", folder, file)
    for asked, why in (
        (request(0, 9), "size 5"),
        (request(5, 9, forked_at=1), "inconsistent"),
        (request(5, 5, forked_at=1), "fork"),
    ):
        file.write_bytes(asked.encode())
        status, out, err = _run(capsys, "sign", "--folder", folder, file)
        assert (status, out) == (1, "")
        assert why in err


def test_a_file_that_is_too_large_or_not_there_could_not_be_signed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder.parent / "large").write_bytes(b"x" * (2**18 + 1))
    for name in ("large", "absent"):
        assert _run(capsys, "sign", "--folder", folder, folder.parent / name)[0] == 2


def test_without_a_key_nothing_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, _, err = _run(capsys, "trust", "--folder", tmp_path, KEY.encode())
    assert (status, "key.p12 can't be read" in err) == (2, True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o666])
def test_a_key_file_that_others_can_read_is_not_used(
    folder: Path, capsys: pytest.CaptureFixture[str], mode: int
) -> None:
    (folder / "key.p12").chmod(mode)
    status, _, err = _run(capsys, "trust", "--folder", folder, KEY.encode())
    assert (status, "can be read by others" in err) == (2, True)


def test_damaged_or_exchanged_key_files_are_not_used(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _run(capsys, "init", "--name", NAME, "--folder", folder.parent / "other")
    for name in ("key.p12", "cosigner.vkey"):
        whole = (folder / name).read_bytes()
        for content in (b"", whole[:-9], b"\xff" * 40, b"x" * 2**17, (folder.parent / "other" / name).read_bytes()):
            (folder / name).write_bytes(content)
            assert _run(capsys, "trust", "--folder", folder, KEY.encode())[0] == 2
        (folder / name).write_bytes(whole)
    assert _run(capsys, "trust", "--folder", folder, KEY.encode())[0] == 0


@pytest.mark.parametrize("bind", ["", "localhost", ":", "127.0.0.1:x", "127.0.0.1:99999", "127.0.0.1:٣"])
def test_a_malformed_address_is_refused(folder: Path, capsys: pytest.CaptureFixture[str], bind: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        command.main(["serve", "--folder", str(folder), "--bind", bind])
    assert stopped.value.code == 2
    assert "HOST:PORT" in capsys.readouterr().err
