"""Both digests in one pass, piece by piece, and a file that changes meanwhile is noticed."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence import digesting
from evidence.core.errors import ChangedWhileReadError, UnreadableSourceError
from evidence.digesting import CHUNK


def copy_of(path: Path) -> tuple[digesting.Digests, bytes]:
    copied = bytearray()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        return digesting.copy(descriptor, copied.extend), bytes(copied)
    finally:
        os.close(descriptor)


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7])
def test_digests_are_those_of_the_whole_file(tmp_path: Path, size: int) -> None:
    content = (b"0123456789abcdef" * (size // 16 + 1))[:size]
    (tmp_path / "file").write_bytes(content)
    digests, copied = copy_of(tmp_path / "file")
    assert copied == content
    assert digests == digesting.Digests(size, hashlib.sha256(content).hexdigest(), hashlib.sha512(content).hexdigest())


@given(st.binary(max_size=300))
def test_bytes_in_memory_have_the_same_digests(content: bytes) -> None:
    written = bytearray()
    digests = digesting.of_bytes(content, written.extend)
    assert bytes(written) == content
    assert digests.sha256 == hashlib.sha256(content).hexdigest()
    assert digests.sha512 == hashlib.sha512(content).hexdigest()


@pytest.mark.parametrize("change", [b"longer than before", b"same!"])
def test_a_file_written_to_while_it_is_read_is_noticed(tmp_path: Path, change: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"first")
    os.utime(path, ns=(0, 0))
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with pytest.raises(ChangedWhileReadError):
            digesting.copy(descriptor, lambda _piece: path.write_bytes(change))
    finally:
        os.close(descriptor)


def test_what_cannot_be_read_is_the_files_fault_and_not_the_vaults(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        with pytest.raises(UnreadableSourceError) as caught:
            digesting.of_descriptor(descriptor)
    finally:
        os.close(descriptor)
    assert caught.value.reason == "read-error"


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    path = tmp_path / "sparse"
    with path.open("wb") as file:
        file.truncate(64 * CHUNK)
    descriptor = os.open(path, os.O_RDONLY)
    tracemalloc.start()
    try:
        digesting.of_descriptor(descriptor)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        os.close(descriptor)
    assert peak < 2 * CHUNK
