"""A child that this machine can't start is told with the one declared error, and nothing stays open."""

from __future__ import annotations

import socket
import subprocess
from pathlib import Path

import pytest

from custody.confined.children import Child
from custody.confined.errors import ChildError
from custody.pades import inspecting
from custody.pades.answers import Reason
from custody.pades.inspecting import NotChecked
from custody.pades.roots import Roots


@pytest.mark.parametrize("made", [(subprocess, "Popen"), (socket, "socketpair")], ids=["process", "channel"])
def test_a_machine_without_room_for_a_child(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, made: tuple[object, str]
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(*made, refuse)
    with pytest.raises(ChildError, match="does not start"):
        Child("custody.pades.child")
    (tmp_path / "paper.pdf").write_bytes(b"%PDF-1.7")
    with (tmp_path / "paper.pdf").open("rb") as file, pytest.raises(NotChecked) as refused:
        inspecting.inspect(file.fileno(), trust=Roots())
    assert refused.value.reason is Reason.STOPPED
