"""The exported streams of a bundle: whole, linked, and ending where the ledger committed that they end."""

from collections.abc import Iterator

from custody.core import entries, merkle
from custody.core.bags import Bag
from custody.core.bundles import layout
from custody.core.bundles.layout import Heads
from custody.core.checkpoints import Checkpoint
from custody.core.entries import MAX_ENTRY_BYTES, Entry, Outcome
from custody.core.errors import BundleError, EntryError
from custody.core.fields import SHA256
from custody.core.reports import Report
from custody.core.streams import StreamChecker

MAX_HEADS_BYTES = 32 * 1024 * 1024
"""A quarter of a million streams."""
RECEIVED = "item.received"
EXAMINED = "item.examined"

_SCHEMA = """
CREATE TABLE entry (seq INTEGER NOT NULL, leaf BLOB NOT NULL, stream TEXT NOT NULL);
CREATE TABLE head (stream TEXT PRIMARY KEY, n INTEGER NOT NULL, hash TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE named (item TEXT, action TEXT, digest TEXT, time TEXT NOT NULL, PRIMARY KEY (item, action, digest))
    WITHOUT ROWID;
CREATE TABLE examined (item TEXT NOT NULL);
CREATE TABLE received (stream TEXT PRIMARY KEY) WITHOUT ROWID;
"""


def load_heads(bag: Bag, report: Report, checkpoint: Checkpoint | None) -> Heads | None:
    """The committed heads, None with a finding when they cannot be read."""
    try:
        heads = Heads.decode(bag.read(layout.HEADS, limit=MAX_HEADS_BYTES))
    except BundleError as error:
        report.bad("head", layout.HEADS, f"it cannot be read: {error}")
        return None
    if checkpoint and (heads.log, heads.size) != (checkpoint.origin, checkpoint.size):
        report.bad("head", layout.HEADS, "it speaks of another tree than the checkpoint")
    return heads


def check(bag: Bag, report: Report, checkpoint: Checkpoint | None, heads: Heads | None) -> None:
    """Check each stream's links from number 0 to its head, and leave its entries in the index for the other checks.

    Fills the tables `entry` (for the tree), `head` (as the files end), `named` (digests that the entries of items'
    streams name, with the entry's time), `examined` (one row for each entry about an examination) and `received` (the
    streams of the items that came into a case).
    """
    for statement in _SCHEMA.split(";"):
        bag.index.execute(statement)
    total = bag.count(layout.STREAMS)
    for done, path in enumerate(bag.files(layout.STREAMS)):
        report.progress("streams", done, total)
        stream = layout.read_stream_path(path)
        if stream is None:
            report.bad("stream", path, "its name is not that of a stream")
            continue
        rows = _rows(bag, report, stream, checkpoint)
        bag.index.executemany("INSERT INTO entry VALUES (?, ?, ?)", rows)
        report.counts["streams"] += 1
    if heads is not None:
        _compare_heads(bag, report, heads)
    if bag.index.execute("SELECT 1 FROM head WHERE substr(stream, 1, 5) != 'item/'").fetchone() is None:
        report.bad("stream", layout.STREAMS, "there is no stream but those of items: the case's is missing")
    _tell_others(bag, report)
    report.ok("stream", "all", f"{report.counts['streams']} streams are whole up to their committed heads")


def _tell_others(bag: Bag, report: Report) -> None:
    """What the history of a case says came in and is not here: a bundle may be of a part, and says so."""
    others = "SELECT COUNT(*) FROM received WHERE stream NOT IN (SELECT stream FROM head)"
    (count,) = bag.index.execute(others).fetchone()
    if count:
        report.not_checked.append(
            f"{count} items that were received in the case whose history is enclosed, and are not enclosed themselves"
        )


def _rows(bag: Bag, report: Report, stream: str, checkpoint: Checkpoint | None) -> Iterator[tuple[int, bytes, str]]:
    """Entry number, leaf hash and stream for each line of the stream's file; findings go to the report."""
    path = layout.stream_path(stream)
    checker = StreamChecker(only=stream)
    number = 0
    try:
        for number, line in enumerate(bag.lines(path, limit=MAX_ENTRY_BYTES + 1), 1):
            body = line[:-1]
            try:
                entry = entries.decode(body)
            except EntryError as error:
                report.bad("entry", f"{path}, line {number}", str(error))
                continue
            leaf = merkle.leaf_hash(body)
            for finding in checker.feed(entry, leaf):
                report.add(finding)
            _check_place(report, entry, checkpoint)
            _note_digests(bag, stream, entry)
            _note_received(bag, stream, entry)
            report.counts["entries"] += 1
            yield entry.seq, leaf, stream
    except BundleError as error:
        report.bad("stream", path, f"after line {number}: {error}")
    if stream in checker.heads:
        bag.index.execute("INSERT INTO head VALUES (?, ?, ?)", (stream, *checker.heads[stream]))
    else:
        report.bad("stream", path, "it holds no entry")


def _check_place(report: Report, entry: Entry, checkpoint: Checkpoint | None) -> None:
    if checkpoint is None:
        return
    if entry.log != checkpoint.origin:
        report.bad("entry", f"entry {entry.seq}", "it belongs to another ledger")
    if entry.seq >= checkpoint.size:
        report.bad("entry", f"entry {entry.seq}", "it is not in the tree of the checkpoint, which ends before it")


def _note_digests(bag: Bag, stream: str, entry: Entry) -> None:
    if entry.action not in {RECEIVED, EXAMINED} or entry.outcome is not Outcome.DONE or not stream.startswith("item/"):
        return
    item = stream.removeprefix("item/")
    rows = [(item, entry.action, value, entry.time) for value in entry.subject.values() if SHA256.fullmatch(value)]
    bag.index.executemany("INSERT OR IGNORE INTO named VALUES (?, ?, ?, ?)", rows)
    if entry.action == EXAMINED:
        bag.index.execute("INSERT INTO examined VALUES (?)", (item,))


def _note_received(bag: Bag, stream: str, entry: Entry) -> None:
    if entry.action == RECEIVED and entry.outcome is Outcome.DONE and stream.startswith("case/"):
        item = entry.subject.get("item")
        bag.index.executemany("INSERT OR IGNORE INTO received VALUES (?)", [(f"item/{item}",)] if item else [])


def _compare_heads(bag: Bag, report: Report, heads: Heads) -> None:
    for stream, (n, leaf) in heads.streams.items():
        row = bag.index.execute("SELECT n, hash FROM head WHERE stream = ?", (stream,)).fetchone()
        path = layout.stream_path(stream)
        if row is None:
            report.bad("stream", path, "the stream is missing; its head is committed")
        elif row[0] != n:
            report.bad("stream", path, f"it ends with number {row[0]}; the committed head is number {n}")
        elif row[1] != leaf:
            report.bad("stream", path, "its last entry is not the one of the committed head")
    for (stream,) in bag.index.execute("SELECT stream FROM head"):
        if stream not in heads.streams:
            report.bad("head", layout.HEADS, f"no head is committed for the stream {stream}")
