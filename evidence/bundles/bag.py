"""Writing the files of a bag, each digested as it is written; memory stays flat."""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from custody.core import bagging
from custody.core.bagging import ALGORITHMS, MANIFESTS, PAYLOAD, TAG_MANIFESTS
from evidence.bundles.sinks import FolderSink, Sink

_BLOCK = 1 << 20


class BagWriter:
    """Fills a new bag. Payload lines wait in files of no name as files are written, tag lines in memory."""

    def __init__(self, where: Path | Sink) -> None:
        self._sink: Sink = FolderSink(where) if isinstance(where, Path) else where
        self._tag_lines: dict[str, list[bytes]] = {algorithm: [] for algorithm in ALGORITHMS}
        self._payload_lines = {algorithm: tempfile.TemporaryFile() for algorithm in ALGORITHMS}  # noqa: SIM115
        # A bag that breaks off is dropped without a word.
        weakref.finalize(self, _close, list(self._payload_lines.values()))
        self.payload_bytes = 0
        self.payload_files = 0

    def add(self, path: str, blocks: Iterable[bytes]) -> int:
        """Write one file from blocks; returns its size in bytes. Raises BundleError for an impossible path."""
        bagging.check_path(path)
        measuring = _Measuring(blocks)
        self._sink.put(path, measuring)
        self._note(path, measuring.size, {name: digest.digest() for name, digest in measuring.digests.items()})
        return measuring.size

    def add_bytes(self, path: str, content: bytes) -> None:
        """Write one small file."""
        self.add(path, [content])

    def take_over(self, path: str, size: int, digests: dict[str, bytes]) -> None:
        """List a file that is there already; the caller has measured it."""
        self._note(path, size, digests)

    def add_outside(self, path: str, content: bytes) -> None:
        """Write a file that no manifest covers (the seal)."""
        self._sink.put(path, [content])

    def sync(self) -> None:
        """Return when everything written so far would survive a loss of power."""
        self._sink.sync()

    def finish(self, info: Iterable[tuple[str, str]]) -> bytes:
        """Write the declaration, the metadata, the manifests and the tag manifests, and wait until all is durable.

        Returns the bytes of tagmanifest-sha256.txt.
        """
        self.add_bytes(bagging.BAGIT, bagging.DECLARATION)
        oxum = bagging.payload_oxum(self.payload_bytes, self.payload_files)
        self.add_bytes(bagging.BAG_INFO, bagging.bag_info([*info, oxum]))
        for algorithm in ALGORITHMS:
            lines = self._payload_lines[algorithm]
            lines.seek(0)
            self.add(MANIFESTS[algorithm], _blocks(lines))
            lines.close()
        written = {algorithm: b"".join(self._tag_lines[algorithm]) for algorithm in ALGORITHMS}
        for algorithm in ALGORITHMS:
            self.add_outside(TAG_MANIFESTS[algorithm], written[algorithm])
        self.sync()
        return written["sha256"]

    def _note(self, path: str, size: int, digests: dict[str, bytes]) -> None:
        payload = path.startswith(PAYLOAD)
        for algorithm, digest in digests.items():
            line = bagging.manifest_line(digest, path)
            if payload:
                self._payload_lines[algorithm].write(line)
            else:
                self._tag_lines[algorithm].append(line)
        if payload:
            self.payload_bytes += size
            self.payload_files += 1


def _close(files: list[BinaryIO]) -> None:
    for file in files:
        file.close()


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block


class _Measuring:
    """Blocks on their way: counted and digested."""

    def __init__(self, blocks: Iterable[bytes]) -> None:
        self._blocks = blocks
        self.digests = {algorithm: hashlib.new(algorithm) for algorithm in ALGORITHMS}
        self.size = 0

    def __iter__(self) -> Iterator[bytes]:
        for block in self._blocks:
            for digest in self.digests.values():
                digest.update(block)
            self.size += len(block)
            yield block
