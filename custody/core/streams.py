"""Streams: the numbered, hash-linked histories of one item, case, person ... inside the ledger's entries."""

from collections.abc import Mapping
from types import MappingProxyType

from custody.core.entries import Entry, StreamLink
from custody.core.errors import StreamError
from custody.core.verdicts import Finding, State


def check_link(previous: tuple[int, str] | None, link: StreamLink) -> None:
    """Check that `link` follows `previous`: the number and hex leaf hash of the stream's last entry, None at its start.

    Raises StreamError saying whether links are missing, repeated, or altered.
    """
    expected = 0 if previous is None else previous[0] + 1
    if link.n > expected:
        raise StreamError(f"number {expected} should follow, not {link.n}: what lies between is missing")
    if link.n < expected:
        raise StreamError(f"number {expected} should follow, not {link.n}, which had its place before")
    if previous is not None and link.prev != previous[1]:
        raise StreamError(f"number {link.n} does not follow from the entry before it: its hash is another one")


class StreamChecker:
    """Checks that stream links, entry numbers, origins and times follow one another.

    Feed it decoded entries in the order of their numbers: the whole ledger from entry 0, or, with `only`, the entries
    of that one stream from its start. It keeps one (number, hash) pair per stream. It does not check that an entry is
    in the signed tree, and cannot know of entries after the last one fed: compare `heads` with the heads that a signed
    entry commits.
    """

    def __init__(self, *, only: str | None = None) -> None:
        self._only = only
        self._heads: dict[str, tuple[int, str]] = {}
        self._last: Entry | None = None

    @property
    def heads(self) -> Mapping[str, tuple[int, str]]:
        """The last number and hex leaf hash of each stream, as seen so far."""
        return MappingProxyType(self._heads)

    def feed(self, entry: Entry, leaf: bytes) -> list[Finding]:
        """Check one entry, whose stored bytes hash to `leaf`; returns what is wrong with it, all of it bad.

        After a break the entry is taken as the new start, so that one missing entry is reported once.
        """
        findings = self._check_order(entry)
        links = [link for link in entry.streams if self._only in (None, link.id)]
        if not links:
            findings.append(_bad("stream", entry, f"the entry does not belong to the stream {self._only}"))
        for link in links:
            try:
                check_link(self._heads.get(link.id), link)
            except StreamError as error:
                findings.append(_bad("stream", entry, f"stream {link.id}: {error}"))
            self._heads[link.id] = (link.n, leaf.hex())
        self._last = entry
        return findings

    def _check_order(self, entry: Entry) -> list[Finding]:
        last = self._last
        findings = []
        expected = 0 if last is None else last.seq + 1
        if self._only is None and entry.seq != expected:
            findings.append(_bad("sequence", entry, f"entry {expected} should come here"))
        elif last is not None and entry.seq <= last.seq:
            findings.append(_bad("sequence", entry, f"the entry comes after entry {last.seq}"))
        if last is not None and entry.log != last.log:
            findings.append(_bad("origin", entry, "the entry belongs to another log than the one before it"))
        if last is not None and entry.time < last.time:
            findings.append(_bad("time", entry, "the entry is dated before the one before it"))
        return findings


def _bad(fact: str, entry: Entry, message: str) -> Finding:
    return Finding(fact, f"entry {entry.seq}", message, State.BAD)
