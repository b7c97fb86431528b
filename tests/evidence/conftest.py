"""What tests about evidence share: a vault of their own, small pictures, the shared files when present."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import pytest
from PIL import Image

from custody import cases
from custody.actors import for_command
from custody.models import Case
from evidence import collections, intake
from evidence.examination.sandbox import ChildExaminer
from evidence.intake import TakenIn
from evidence.vault import Run, Vault, open_run

SHARED = Path(__file__).resolve().parents[3] / "shared"


def nothing_known(_digests: Collection[str]) -> set[str]:
    """No row speaks of any object."""
    return set()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    made = Vault(tmp_path / "vault")
    made.prepare()
    return made


@pytest.fixture
def run(vault: Vault) -> Iterator[Run]:
    with open_run(vault, nothing_known) as opened:
        yield opened
        opened.release(list(vault.objects()))


@pytest.fixture
def received(run: Run, tmp_path: Path) -> Callable[[bytes], str]:
    """Puts bytes into the vault by way of a file; returns their digest."""

    def receive(content: bytes) -> str:
        source = tmp_path / "source"
        source.write_bytes(content)
        descriptor = os.open(source, os.O_RDONLY)
        try:
            return run.receive(descriptor).digests.sha256
        finally:
            os.close(descriptor)

    return receive


def jpeg(*, size: tuple[int, int] = (64, 48), colour: str = "teal", **options: object) -> bytes:
    """A small picture with a corner marked, so that turning it shows."""
    picture = Image.new("RGB", size, colour)
    picture.paste("white", (0, 0, size[0] // 4, size[1] // 4))
    stream = io.BytesIO()
    picture.save(stream, "JPEG", **options)
    return stream.getvalue()


@pytest.fixture(scope="session")
def examiner() -> Iterator[ChildExaminer]:
    with ChildExaminer() as child:
        yield child


@pytest.fixture
def case(installation: Path) -> Case:
    return cases.create_case(code="RWB-04", title="Northern Hospital photographs", actor=for_command())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "received"
    made.mkdir()
    return made


@pytest.fixture
def ingest(case: Case) -> Callable[..., TakenIn]:
    """Takes paths in for the case, as the command does."""

    def take_in(*paths: Path | bytes, source: str | None = None) -> TakenIn:
        collection = collections.collection_for(case=case, source=source, actor=for_command())
        return intake.ingest_paths(
            case=case, collection=collection, actor=for_command(), paths=[os.fsencode(path) for path in paths]
        )

    return take_in


__all__ = ["SHARED", "jpeg", "nothing_known"]
