"""A stop at any moment: no cosignature leaves that is not remembered, and the next start goes on."""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core import cosignatures
from custody.core.witnessing import Kind, Refusal
from custody.cosigner.desk import Cosigned, Cosigner
from tests.custody.core.growing import checkpoint, request
from tests.custody.core.samples import ORIGIN
from tests.custody.cosigner.partners import made, serving


class PowerCut(BaseException):
    """Nothing after this happens."""


# A cosignature opens the lock, and for two files: opens, syncs and renames it, opens and syncs the folder.
STEPS = [
    (name, call) for name, calls in (("open", 5), ("fsync", 4), ("replace", 2), ("sign", 1)) for call in range(calls)
]


def _place(name: str) -> tuple[object, str]:
    return {
        "open": (os, "open"),
        "fsync": (os, "fsync"),
        "replace": (Path, "replace"),
        "sign": (cosignatures, "sign_cosignature"),
    }[name]


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize(("name", "call"), STEPS)
def test_a_stop_at_any_step_is_survived(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, call: int, *, after: bool
) -> None:
    cosigner = made(tmp_path / "c")
    assert isinstance(cosigner.answer(request(0, 3).encode()), Cosigned)
    owner, attribute = _place(name)
    with monkeypatch.context() as patch:
        patch.setattr(owner, attribute, _stopping(getattr(owner, attribute), call, after=after))
        with pytest.raises(PowerCut):
            cosigner.answer(request(3, 8).encode())
    again = Cosigner(tmp_path / "c")
    known = again.remembered().known[ORIGIN]
    assert known in (checkpoint(3), checkpoint(8))
    # Whichever it was, the ledger goes on from there and the fork does not.
    outcome = again.answer(request(known.size, 8).encode())
    assert isinstance(outcome, Cosigned)
    assert cosignatures.verify(outcome.line, text=checkpoint(8).body(), key=again.key)
    fork = again.answer(request(8, 8, forked_at=1).encode())
    assert isinstance(fork, Refusal)
    assert fork.kind is Kind.FORK


def _stopping(real: Callable[..., object], calls: int, *, after: bool) -> Callable[..., object]:
    made_calls: list[None] = []

    def stop(*args: object, **kwargs: object) -> object:
        made_calls.append(None)
        if len(made_calls) > calls:
            if after:
                real(*args, **kwargs)
            raise PowerCut
        return real(*args, **kwargs)

    return stop


def test_nothing_is_cosigned_before_it_is_remembered_durably(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cosigner = made(tmp_path / "c")
    order: list[str] = []
    for name in ("fsync", "replace", "sign"):
        owner, attribute = _place(name)
        real = getattr(owner, attribute)

        def noted(*args: object, _real: Callable[..., object] = real, _name: str = name, **kwargs: object) -> object:
            order.append(_name)
            return _real(*args, **kwargs)

        monkeypatch.setattr(owner, attribute, noted)
    cosigner.answer(request(0, 3).encode())
    assert order == [*["fsync", "replace", "fsync"] * 2, "sign"]


# In the server's process: it is killed as by `kill -9` at the moment the cosignature is to be made.
KILLED_BEFORE_SIGNING = """
import os, signal
from custody.core import cosignatures
cosignatures.sign_cosignature = lambda *args, **kwargs: os.kill(os.getpid(), signal.SIGKILL)
"""
# The same while the memory is being written: between its content and its name.
KILLED_BEFORE_RENAMING = """
import os, pathlib, signal
pathlib.Path.replace = lambda *args: os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.mark.server
@pytest.mark.loopback
@pytest.mark.parametrize(("before", "left"), [(KILLED_BEFORE_SIGNING, 8), (KILLED_BEFORE_RENAMING, 3)])
def test_a_killed_server_remembers_what_it_was_about_to_cosign(tmp_path: Path, before: str, left: int) -> None:
    folder = tmp_path / "c"
    made(folder).answer(request(0, 3).encode())
    with serving(folder, before=before) as server:
        with pytest.raises((ConnectionError, http.client.HTTPException)):
            server.post(request(3, 8).encode())
        assert server.process.wait(30) == -9
    assert Cosigner(folder).remembered().known == {ORIGIN: checkpoint(left)}
    with serving(folder) as server:
        if left == 8:
            # The operator did not hear; it learns the size, and gets the same tree cosigned but no other.
            assert server.post(request(3, 8).encode()) == (409, "text/x.tlog.size", b"8\n")
            assert server.post(request(8, 8, forked_at=5).encode())[0] == 422
        status, _, body = server.post(request(left, 8).encode())
        assert status == 200
        line = body.decode().removesuffix("\n")
        assert cosignatures.verify(line, text=checkpoint(8).body(), key=Cosigner(folder).key)
