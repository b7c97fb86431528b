"""Writing the files of a bag, each digested as it is written; memory stays flat."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from custody.core import bagging
from custody.core.bagging import ALGORITHMS, MANIFESTS, PAYLOAD, TAG_MANIFESTS


class BagWriter:
    """Fills a new folder. Payload lines go to the manifests as files are written, tag lines wait for the end."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._tag_lines: dict[str, list[bytes]] = {algorithm: [] for algorithm in ALGORITHMS}
        self.payload_bytes = 0
        self.payload_files = 0
        for algorithm in ALGORITHMS:
            (root / MANIFESTS[algorithm]).touch(exist_ok=False)

    def add(self, path: str, blocks: Iterable[bytes]) -> int:
        """Write one file from blocks; returns its size in bytes. Raises BundleError for an impossible path."""
        bagging.check_path(path)
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        digests = {algorithm: hashlib.new(algorithm) for algorithm in ALGORITHMS}
        size = 0
        with target.open("xb") as file:
            for block in blocks:
                for digest in digests.values():
                    digest.update(block)
                file.write(block)
                size += len(block)
            file.flush()
            os.fsync(file.fileno())
        for algorithm, digest in digests.items():
            self._note(algorithm, bagging.manifest_line(digest.digest(), path), path)
        if path.startswith(PAYLOAD):
            self.payload_bytes += size
            self.payload_files += 1
        return size

    def add_bytes(self, path: str, content: bytes) -> None:
        """Write one small file."""
        self.add(path, [content])

    def add_outside(self, path: str, content: bytes) -> None:
        """Write a file that no manifest covers (the seal)."""
        target = self._root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())

    def finish(self, info: Iterable[tuple[str, str]]) -> bytes:
        """Write the declaration, the metadata and the tag manifests; returns tagmanifest-sha256.txt's bytes."""
        self.add_bytes(bagging.BAGIT, bagging.DECLARATION)
        oxum = bagging.payload_oxum(self.payload_bytes, self.payload_files)
        self.add_bytes(bagging.BAG_INFO, bagging.bag_info([*info, oxum]))
        for algorithm in ALGORITHMS:
            self._cover_manifest(MANIFESTS[algorithm])
        written = {algorithm: b"".join(self._tag_lines[algorithm]) for algorithm in ALGORITHMS}
        for algorithm in ALGORITHMS:
            self.add_outside(TAG_MANIFESTS[algorithm], written[algorithm])
        return written["sha256"]

    def _note(self, algorithm: str, line: bytes, path: str) -> None:
        if path.startswith(PAYLOAD):
            with (self._root / MANIFESTS[algorithm]).open("ab") as manifest:
                manifest.write(line)
        else:
            self._tag_lines[algorithm].append(line)

    def _cover_manifest(self, name: str) -> None:
        for algorithm in ALGORITHMS:
            with (self._root / name).open("rb") as file:
                digest = hashlib.file_digest(file, algorithm).digest()
            self._tag_lines[algorithm].append(bagging.manifest_line(digest, name))
