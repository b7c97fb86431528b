"""Reading a BagIt 1.0 bag (RFC 8493) that somebody hostile may have made.

What is known about each file (size, digests, what the manifests say) goes into a private temporary database on disk,
not into memory: a bag may hold some hundred thousand files. The bytes come from a folder or a ZIP file (`sources`).
"""

import io
import os
import sqlite3
import unicodedata
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final, Self

from custody.core import bagging
from custody.core.bagging import MANIFESTS, PAYLOAD, TAG_MANIFESTS
from custody.core.errors import BundleError
from custody.core.reports import Report
from custody.core.sources import Folder, Source
from custody.core.zips import NotReadError, Zip

MAX_LINES: Final = 20_000_000
MAX_TAG_BYTES: Final = 64 * 1024
MAX_MANIFEST_BYTES: Final = 64 * 1024 * 1024
"""Of a tag manifest that is read whole: half a million tiles, the ledger's first hundred million entries."""
THREADS: Final = min(os.cpu_count() or 1, 16)
_READ_BYTES: Final = 64 * 1024
_CHUNK: Final = 16
"""Files handed to a thread at once: one by one, small files would cost more in queueing than in hashing."""

_SCHEMA: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE file (path TEXT PRIMARY KEY, folded TEXT NOT NULL, bytes INTEGER NOT NULL, place INTEGER) WITHOUT ROWID;
CREATE TABLE measured (path TEXT PRIMARY KEY, sha256 BLOB NOT NULL, sha512 BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE listed (path TEXT, algorithm TEXT, digest BLOB NOT NULL, PRIMARY KEY (path, algorithm)) WITHOUT ROWID;
BEGIN;
"""

FactOf = Callable[[str], str]
"""Names the fact that a path's bytes stand for, such as "original"."""


class Bag:
    """One bag, a folder or a ZIP file, and the temporary database about it; use as a context manager."""

    def __init__(self, root: Path) -> None:
        self.source: Source = Folder(root) if root.is_dir() else Zip(root)
        # An empty name: a private database on disk, in memory while small, gone when closed.
        self.index = sqlite3.connect("", isolation_level=None)
        self.index.executescript(_SCHEMA)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.index.close()

    def has(self, path: str) -> bool:
        """Whether the walk found this regular file."""
        return self.index.execute("SELECT 1 FROM file WHERE path = ?", (path,)).fetchone() is not None

    def files(self, prefix: str) -> Iterator[str]:
        """Paths of the regular files that begin with `prefix`, in the order of their bytes."""
        # LIKE would treat _ and % as patterns.
        query = "SELECT path FROM file WHERE path >= ?1 AND substr(path, 1, length(?1)) = ?1 ORDER BY path"
        yield from (row[0] for row in self.index.execute(query, (prefix,)))

    def count(self, prefix: str) -> int:
        """How many regular files begin with `prefix`."""
        query = "SELECT COUNT(*) FROM file WHERE path >= ?1 AND substr(path, 1, length(?1)) = ?1"
        return int(self.index.execute(query, (prefix,)).fetchone()[0])

    def sha256(self, path: str) -> bytes | None:
        """The SHA-256 of a file's bytes as measured, None if it was not."""
        row = self.index.execute("SELECT sha256 FROM measured WHERE path = ?", (path,)).fetchone()
        return bytes(row[0]) if row else None

    @contextmanager
    def open(self, path: str) -> Iterator[io.RawIOBase]:
        """Open a regular file of the bag for reading; raises BundleError."""
        bagging.check_path(path)
        row = self.index.execute("SELECT place FROM file WHERE path = ?", (path,)).fetchone()
        # What the walk did not find may lie behind a folder that is a link, and so outside.
        if row is None:
            raise BundleError("it is not there")
        with self.source.open(path, row[0]) as file:
            yield file

    def lines(self, path: str, *, limit: int) -> Iterator[bytes]:
        """The lines of a file with their line feeds; raises BundleError for one longer than `limit` bytes."""
        try:
            with self.open(path) as raw, io.BufferedReader(raw) as lines:
                for _ in range(MAX_LINES):
                    line = lines.readline(limit + 1)
                    if not line:
                        return
                    if len(line) > limit or not line.endswith(b"\n"):
                        raise BundleError("a line is too long or does not end")
                    yield line
        except OSError as error:
            raise BundleError(f"it cannot be read: {error.strerror}") from error
        raise BundleError("it has too many lines")

    def read(self, path: str, *, limit: int) -> bytes:
        """The whole of a small file; raises BundleError when it is larger than `limit` bytes or cannot be read."""
        blocks, size = [], 0
        try:
            with self.open(path) as file:
                while block := file.read(_READ_BYTES):
                    blocks.append(block)
                    size += len(block)
                    if size > limit:
                        raise BundleError("it is too large")
        except OSError as error:
            raise BundleError(f"it cannot be read: {error.strerror}") from error
        return b"".join(blocks)


def check(bag: Bag, report: Report, *, fact_of: FactOf, free: frozenset[str]) -> bool:
    """Check that the bag is complete and valid (RFC 8493, section 3) and holds nothing beyond its manifests.

    `free` names the files that no manifest covers. Numbered as the standard's and our own demands come:
    (1) every file is a regular one with a path that means the same everywhere;
    (2) the declaration is that of BagIt 1.0, there is nothing to fetch;
    (3) manifests and tag manifests for SHA-256 and SHA-512 can be read, each names a file once;
    (4) what they list is there with these digests, and what is there is listed;
    (5) the payload has the size that bag-info gives.

    It does not prove who made the bag: that is what the seal is for. Returns False when the source is so malformed
    that what it holds was not looked at; raises OSError when the system does not let it be read.
    """
    if not _index_files(bag, report):
        return False
    _check_collisions(bag, report)
    _check_declaration(bag, report)
    for name in (*MANIFESTS.values(), *TAG_MANIFESTS.values()):
        _read_manifest(bag, name, report)
    paths = bag.index.execute("SELECT path, place FROM file ORDER BY path")
    bag.index.executemany("INSERT INTO measured VALUES (?, ?, ?)", _measured(bag, paths, report))
    _compare(bag, report, fact_of)
    _check_unlisted(bag, report, free)
    _check_size(bag, report)
    if not report.failed():
        report.ok("bag", "all", f"{report.counts['files']} files are exactly those of the manifests, byte for byte")
    return True


def _index_files(bag: Bag, report: Report) -> bool:
    try:
        for path, size, place in bag.source.walk(report):
            row = (path, fold(path), size, place)
            if not bag.index.execute("INSERT OR IGNORE INTO file VALUES (?, ?, ?, ?)", row).rowcount:
                report.bad("path", path, "the ZIP holds it twice")
    except NotReadError as error:
        report.unknown("zip", "all", str(error))
        return False
    except BundleError as error:
        report.bad("zip", "all", str(error))
        return False
    return True


def fold(path: str) -> str:
    """What is left of a path on a system that ignores case and Unicode form: equal folds would overwrite each other."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFKC", path).casefold())


def _check_collisions(bag: Bag, report: Report) -> None:
    query = "SELECT MIN(path), MAX(path) FROM file GROUP BY folded HAVING COUNT(*) > 1"
    bag.index.execute("CREATE INDEX folded ON file (folded)")
    for first, last in bag.index.execute(query):
        report.bad("path", first, f"would be the same file as {last} on some systems")
    # '0' is what comes right after the slash.
    query = """
    SELECT file.path, MIN(inner.path) FROM file
    JOIN file AS inner ON inner.folded > file.folded || '/' AND inner.folded < file.folded || '0' GROUP BY file.path
    """
    for path, inner in bag.index.execute(query):
        report.bad("path", path, f"would be the folder of {inner} on some systems")


def _check_declaration(bag: Bag, report: Report) -> None:
    try:
        if bag.read(bagging.BAGIT, limit=MAX_TAG_BYTES) != bagging.DECLARATION:
            report.bad("bag", bagging.BAGIT, "it does not declare BagIt 1.0 in UTF-8")
    except BundleError as error:
        report.bad("bag", bagging.BAGIT, f"the declaration cannot be read: {error}")
    if bag.has("fetch.txt"):
        report.bad("bag", "fetch.txt", "a bundle is complete; it never names files to fetch from elsewhere")


def _read_manifest(bag: Bag, name: str, report: Report) -> None:
    """Take a manifest's lines into the index; reading ends at the first line that cannot be believed."""
    algorithm = name.removesuffix(".txt").rpartition("-")[2]
    try:
        for line in bag.lines(name, limit=bagging.MAX_LINE_BYTES):
            _take_line(bag, line, algorithm, payload=name == MANIFESTS[algorithm])
    except BundleError as error:
        report.bad("manifest", name, str(error))


def _take_line(bag: Bag, line: bytes, algorithm: str, *, payload: bool) -> None:
    digest, path = bagging.read_manifest_line(line)
    if len(digest) * 8 != int(algorithm.removeprefix("sha")):
        raise BundleError("a line has a digest of another kind")
    if path.startswith(PAYLOAD) != payload:
        raise BundleError("a payload manifest lists files under data/, a tag manifest all others")
    if not bag.index.execute("INSERT OR IGNORE INTO listed VALUES (?, ?, ?)", (path, algorithm, digest)).rowcount:
        raise BundleError(f"it names {path} twice")


def _measured(bag: Bag, paths: Iterable[tuple[str, int | None]], report: Report) -> Iterator[tuple[str, bytes, bytes]]:
    """Digests of the files, on all cores: hashing and reading let go of the interpreter's lock."""
    total = bag.index.execute("SELECT COALESCE(SUM(bytes), 0) FROM file").fetchone()[0]
    source = iter(paths)
    waiting: deque[Future[list[tuple[str, int, bytes, bytes] | tuple[str, BundleError]]]] = deque()
    with ThreadPoolExecutor(THREADS) as pool:
        while True:
            while len(waiting) < 2 * THREADS and (chunk := list(islice(source, _CHUNK))):
                waiting.append(pool.submit(_measure, bag.source, chunk))
            if not waiting:
                return
            for result in waiting.popleft().result():
                if len(result) == 2:
                    report.bad("file", result[0], f"it cannot be read: {result[1]}")
                else:
                    report.counts["bytes"] += result[1]
                    report.progress("bytes", report.counts["bytes"], total)
                    yield result[0], result[2], result[3]


def _measure(
    source: Source, paths: list[tuple[str, int | None]]
) -> list[tuple[str, int, bytes, bytes] | tuple[str, BundleError]]:
    buffer = memoryview(bytearray(bagging.BLOCK_BYTES))
    results: list[tuple[str, int, bytes, bytes] | tuple[str, BundleError]] = []
    for path, place in paths:
        try:
            with source.open(path, place) as file:
                results.append((path, *bagging.digests(file, buffer)))
        except BundleError as error:
            results.append((path, error))
        except OSError as error:
            results.append((path, BundleError(error.strerror or "reading fails")))
    return results


def _compare(bag: Bag, report: Report, fact_of: FactOf) -> None:
    """What the manifests list is there, with these digests."""
    query = """
    SELECT listed.path, file.path IS NULL, group_concat(listed.algorithm, ' and ')
    FROM listed LEFT JOIN file USING (path) LEFT JOIN measured USING (path)
    WHERE file.path IS NULL
       OR listed.digest != CASE listed.algorithm WHEN 'sha256' THEN measured.sha256 ELSE measured.sha512 END
    GROUP BY listed.path
    """
    for path, missing, algorithms in bag.index.execute(query):
        message = "it is missing" if missing else f"its bytes are not those of the manifest ({algorithms})"
        report.bad(fact_of(path), path, message)


def _check_unlisted(bag: Bag, report: Report, free: frozenset[str]) -> None:
    """What is there is listed, with every algorithm; a tag manifest lists neither itself nor the other one."""
    query = """
    SELECT file.path, COUNT(listed.path) FROM file LEFT JOIN listed USING (path)
    GROUP BY file.path HAVING COUNT(listed.path) < 2
    """
    for path, count in bag.index.execute(query):
        if path not in free and path not in TAG_MANIFESTS.values():
            missing = "any manifest" if not count else "all manifests"
            report.bad("file", path, f"an extra file: it is not in {missing}")


def _check_size(bag: Bag, report: Report) -> None:
    total, count = bag.index.execute(
        "SELECT COALESCE(SUM(bytes), 0), COUNT(*) FROM file WHERE substr(path, 1, 5) = ?", (PAYLOAD,)
    ).fetchone()
    report.counts["files"] = count
    label, value = bagging.payload_oxum(total, count)
    try:
        lines = bag.read(bagging.BAG_INFO, limit=MAX_TAG_BYTES).splitlines()
    except BundleError as error:
        report.bad("bag", bagging.BAG_INFO, f"it cannot be read: {error}")
        return
    if f"{label}: {value}".encode() not in lines:
        report.bad("bag", bagging.BAG_INFO, f"the payload is {total} bytes in {count} files, which it does not say")
