"""Each act on a bundle is told by its fact: as it stands, and after everything around it was made anew."""

import copy
import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from custody.core import authority, canonical
from custody.core.bagging import TAG_MANIFESTS
from custody.core.bundles import layout, verify_bundle
from custody.core.bundles.layout import Heads
from custody.core.notes import VerifierKey
from tests.custody.core.bundles.acts import (
    CASE_STREAM,
    EXAMINATION,
    FIRST_TILE,
    LAST_TILE,
    OTHER_LEDGER_KEY,
    OTHER_PHOTO,
    PHOTO,
    RECEIPT,
    STREAM,
    UPPER_TILE,
    Act,
    change_head,
    content,
    delete,
    each_line,
    exchange_receipts,
    forked_checkpoint,
    link,
    newly_signed,
    other_checkpoint,
    other_ledger,
    renamed,
    rewritten_tiles,
    signed_by_a_second,
    signed_by_another,
    swap,
    truncated_stream_with_its_head,
    without_item,
)
from tests.custody.core.bundles.samples import CONTENTS, ITEMS, Ledger, bad_facts, put, rebag, seal
from tests.custody.core.signers import INGEST, ORIGIN, OTHER_ROOT, OTHER_SIGNER

# What was done; the fact that tells it; and the fact that still tells it when whoever did it also wrote all manifests
# anew and had the ledger and the registrar seal them. "sound" where only somebody with the ledger could object: what
# is left out altogether, head and all, makes a smaller bundle and not a false one.
TABLE: dict[str, tuple[Act, str, str]] = {
    "an original with a byte flipped": (content(PHOTO, lambda data: b"S" + data[1:]), "original", "original"),
    "an original with a byte appended": (content(PHOTO, lambda data: data + b"\x00"), "original", "original"),
    "an original cut short": (content(PHOTO, lambda data: data[:-1]), "original", "original"),
    "an original emptied": (content(PHOTO, lambda _: b""), "original", "original"),
    "an original deleted": (delete(PHOTO), "original", "original"),
    "two originals swapped": (swap(PHOTO, OTHER_PHOTO), "original", "original"),
    "an original replaced by a link": (
        link(PHOTO, OTHER_PHOTO),
        "path",
        "path",
    ),
    "an original added": (lambda root: put(root, layout.original_path("ab" * 32), b"x"), "file", "original"),
    "an original added under its digest": (
        lambda root: put(root, layout.original_path(hashlib.sha256(b"x").hexdigest()), b"x"),
        "file",
        "original",
    ),
    "an original twice": (
        lambda root: put(root, PHOTO.replace(".jpg", ".bin"), CONTENTS[1]),
        "file",
        "original",
    ),
    "a receipt with a byte changed": (
        content(RECEIPT, lambda data: data.replace(b"0002", b"0009")),
        "receipt",
        "receipt",
    ),
    "two receipts exchanged with their signatures": (exchange_receipts, "receipt", "receipt"),
    "a receipt replaced by another valid one": (newly_signed(RECEIPT, ern="AMN-SYR-0000-0077"), "receipt", "receipt"),
    "a receipt of another original": (
        newly_signed(RECEIPT, original=replace(INGEST.original, sha256="ab" * 32)),
        "receipt",
        "original",
    ),
    "a receipt of another ledger": (newly_signed(RECEIPT, log="other.example"), "receipt", "receipt"),
    "a receipt that names another signer": (newly_signed(RECEIPT, signer="ab" * 32), "receipt", "receipt"),
    "a receipt signed under another authority": (signed_by_another, "receipt", "receipt"),
    "a receipt signed by another of our signers": (signed_by_a_second, "receipt", "receipt"),
    "a receipt's signature deleted": (delete(RECEIPT + ".p7s"), "receipt", "receipt"),
    "a receipt deleted, its signature left": (delete(RECEIPT), "receipt", "receipt"),
    "a receipt deleted": (delete(RECEIPT, RECEIPT + ".p7s"), "receipt", "receipt"),
    "a receipt in the place of an examination": (swap(RECEIPT, EXAMINATION), "examination", "examination"),
    "an examination with a byte changed": (
        content(EXAMINATION, lambda data: data.replace(b"2013", b"2014")),
        "examination",
        "examination",
    ),
    "an examination replaced by another valid one": (
        newly_signed(EXAMINATION, claims={}),
        "examination",
        "examination",
    ),
    "an examination deleted": (delete(EXAMINATION, EXAMINATION + ".p7s"), "examination", "examination"),
    "an examination of other bytes": (newly_signed(EXAMINATION, original="ab" * 32), "examination", "examination"),
    "an unknown record": (lambda root: put(root, "data/records/x.txt", b"x"), "file", "file"),
    "a name changed": (renamed, "name", "name"),
    "a name twice": (each_line(layout.NAMES, lambda lines: [*lines, lines[0]]), "name", "name"),
    "a stream's first entry dropped": (each_line(STREAM, lambda lines: lines[1:]), "stream", "stream"),
    "a stream's middle entry dropped": (
        each_line(CASE_STREAM, lambda lines: lines[:4] + lines[5:]),
        "stream",
        "stream",
    ),
    "a stream's last entry dropped": (each_line(STREAM, lambda lines: lines[:-1]), "stream", "stream"),
    "a stream's last entry dropped and its head set back": (truncated_stream_with_its_head, "stream", "sound"),
    "a stream's entries reordered": (
        each_line(CASE_STREAM, lambda lines: [lines[1], lines[0], *lines[2:]]),
        "stream",
        "stream",
    ),
    "a stream's entry twice": (each_line(STREAM, lambda lines: [*lines, lines[-1]]), "stream", "stream"),
    "a stream's entry altered in the middle": (
        each_line(CASE_STREAM, lambda lines: [lines[0].replace(b'"id":"e-0"', b'"id":"e-x"'), *lines[1:]]),
        "stream",
        "entry",
    ),
    "a stream's last entry altered": (
        each_line(STREAM, lambda lines: [*lines[:-1], lines[-1].replace(b"item.viewed", b"item.verified")]),
        "stream",
        "entry",
    ),
    "a stream's entry that is none": (
        each_line(STREAM, lambda lines: [lines[0], b"{}\n", *lines[1:]]),
        "entry",
        "entry",
    ),
    "a stream without the last line feed": (content(STREAM, lambda data: data[:-1]), "stream", "stream"),
    "a stream emptied": (content(STREAM, lambda _: b""), "stream", "stream"),
    "a stream deleted": (delete(STREAM), "stream", "stream"),
    "two streams swapped": (swap(STREAM, layout.stream_path(f"item/{ITEMS[2]}")), "stream", "stream"),
    "the case's stream deleted": (delete(CASE_STREAM), "stream", "stream"),
    "a file among the streams": (lambda root: put(root, "data/streams/X.jsonl", b"x\n"), "file", "stream"),
    "a head changed": (content(layout.HEADS, change_head(lambda n, _: (n, "ab" * 32))), "head", "stream"),
    "a head set forward": (content(layout.HEADS, change_head(lambda n, leaf: (n + 1, leaf))), "head", "stream"),
    "a head removed": (
        content(layout.HEADS, lambda data: canonical.dumps({**json.loads(data), "streams": {}})),
        "head",
        "head",
    ),
    "heads of another tree": (
        content(layout.HEADS, lambda data: replace(Heads.decode(data), size=9).encode()),
        "head",
        "head",
    ),
    "heads deleted": (delete(layout.HEADS), "head", "head"),
    "an item removed with all that is about it": (without_item, "original", "sound"),
    "a checkpoint signed with another key": (other_checkpoint, "checkpoint", "checkpoint"),
    "a checkpoint of another size": (
        content(layout.CHECKPOINT, lambda data: data.replace(b"\n610\n", b"\n609\n")),
        "checkpoint",
        "checkpoint",
    ),
    "a checkpoint of another root, signed with the ledger's key": (forked_checkpoint, "checkpoint", "tree"),
    "a checkpoint deleted": (delete(layout.CHECKPOINT), "checkpoint", "checkpoint"),
    "a tile missing": (delete(FIRST_TILE), "tile", "tile"),
    "the last tile missing": (delete(LAST_TILE), "tile", "tile"),
    "a tile above missing": (delete(UPPER_TILE), "tile", "tile"),
    "a tile with a byte changed": (content(FIRST_TILE, lambda data: b"\x00" + data[1:]), "tile", "tree"),
    "a tile above with a byte changed": (content(UPPER_TILE, lambda data: b"\x00" + data[1:]), "tile", "tile"),
    "a tile cut short": (content(LAST_TILE, lambda data: data[:-32]), "tile", "tile"),
    "a tile and the one above changed alike": (rewritten_tiles, "tile", "tree"),
    "a tile that the tree does not have": (lambda root: put(root, "proof/tile/0/003", bytes(32)), "file", "tile"),
    "the authority's certificate swapped": (
        lambda root: put(root, layout.ROOT_CERTIFICATE, authority.certificate_pem(OTHER_ROOT)),
        "key",
        "receipt",
    ),
    "the signer's certificate swapped": (
        lambda root: put(root, layout.SIGNER_CERTIFICATES, authority.certificate_pem(OTHER_SIGNER)),
        "key",
        "key",
    ),
    "the ledger's key swapped": (
        lambda root: put(
            root, layout.LEDGER_KEY, VerifierKey.of(ORIGIN, OTHER_LEDGER_KEY.public_key()).encode().encode()
        ),
        "key",
        "checkpoint",
    ),
    "the ledger's key and its checkpoint swapped": (other_ledger, "key", "tree"),
    "a key deleted": (delete(layout.LEDGER_KEY), "key", "key"),
    "keys that are none": (lambda root: put(root, layout.ROOT_CERTIFICATE, b"x"), "key", "key"),
    "an extra file": (lambda root: put(root, "data/photos/readme.txt", b"x"), "file", "original"),
    "a path escape in a manifest": (
        content("manifest-sha256.txt", lambda data: data + b"ab" * 32 + b"  data/../../../etc/passwd\n"),
        "manifest",
        "sound",
    ),
}


@pytest.mark.parametrize(("act", "fact", "_"), TABLE.values(), ids=TABLE.keys())
def test_tampering_is_told_by_its_fact(root: Path, act: Act, fact: str, _: str) -> None:
    act(root)
    assert fact in bad_facts(root)


@pytest.mark.parametrize(("act", "_", "fact"), TABLE.values(), ids=TABLE.keys())
def test_it_is_still_told_after_manifests_and_seal_were_made_anew(
    root: Path, ledger: Ledger, act: Act, _: str, fact: str
) -> None:
    before = (root / TAG_MANIFESTS["sha256"]).read_bytes()
    act(root)
    rebag(root)
    # The ledger holds the digest of the tag manifest: writing manifests anew is told by itself.
    if (root / TAG_MANIFESTS["sha256"]).read_bytes() != before:
        assert "export" in bad_facts(root)
    seal(root, copy.deepcopy(ledger))
    facts = bad_facts(root)
    assert "export" not in facts
    assert facts == set() if fact == "sound" else fact in facts


def test_untouched_data_verifies_clean(root: Path) -> None:
    verdict = verify_bundle(root)
    assert (verdict.bottom_line, verdict.as_dict()["findings"]) == ("sound", [])


def test_manifests_written_anew_over_the_same_files_change_nothing(root: Path) -> None:
    rebag(root)
    assert verify_bundle(root).bottom_line == "sound"
