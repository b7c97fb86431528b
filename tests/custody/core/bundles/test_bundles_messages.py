"""A finding says exactly what is wrong, even where another finding would make the bundle unsound anyway."""

from dataclasses import replace
from pathlib import Path

import pytest

from custody.core import authority, cades
from custody.core.bagging import TAG_MANIFESTS
from custody.core.bundles import layout, verify_bundle
from custody.core.bundles.layout import Heads
from custody.core.entries import Entry, StreamLink, decode, encode
from tests.custody.core.bundles.acts import (
    CASE_STREAM,
    EXAMINATION,
    FIRST_TILE,
    PHOTO,
    RECEIPT,
    STREAM,
    Act,
    content,
    delete,
    each_line,
    newly_signed,
    other_proof,
    rewritten_tiles,
    signed_by_a_second,
    swap,
)
from tests.custody.core.bundles.samples import CASE, ITEMS, put
from tests.custody.core.signers import INGEST, OTHER_ROOT, OTHER_SIGNER, OTHER_SIGNER_KEY

HASH = "ab" * 32


def _entry(path: str, **changes: object) -> Act:
    """Another entry in the place of a file's last one (or only one), a valid entry by itself."""

    def change(line: bytes) -> bytes:
        entry: Entry = replace(decode(line.rstrip(b"\n")), **changes)  # type: ignore[arg-type]
        return encode(entry) + line[len(line.rstrip(b"\n")) :]

    return each_line(path, lambda lines: [*lines[:-1], change(lines[-1])])


def _sealed_by_another(root: Path) -> None:
    tag_manifest = (root / TAG_MANIFESTS["sha256"]).read_bytes()
    assembler = cades.Assembler(OTHER_SIGNER)
    put(root, layout.SEAL_SIGNATURE, cades.sign(tag_manifest, assembler=assembler, private_key=OTHER_SIGNER_KEY))


def _heads(**changes: object) -> Act:
    return content(layout.HEADS, lambda data: replace(Heads.decode(data), **changes).encode())  # type: ignore[arg-type]


TABLE: dict[str, tuple[Act, str, str]] = {
    "receipt, other ledger": (newly_signed(RECEIPT, log="other"), RECEIPT, "it belongs to another ledger"),
    "receipt, other item": (
        newly_signed(RECEIPT, item=ITEMS[2]),
        RECEIPT,
        f"it is the receipt of another item: {ITEMS[2]}",
    ),
    "receipt, same number": (
        newly_signed(RECEIPT, ern="AMN-SYR-0000-0001"),
        "AMN-SYR-0000-0001",
        "two items have this evidence reference number",
    ),
    "receipt, other size": (
        newly_signed(RECEIPT, original=replace(INGEST.original, sha256=PHOTO[12:76])),
        f"item {ITEMS[1]}",
        f"the original of {INGEST.ern[:-1]}2 has another size or SHA-512",
    ),
    "receipt, not named": (
        newly_signed(RECEIPT, batch="other"),
        RECEIPT,
        "no entry item.received of its item names this record",
    ),
    "receipt, second signer": (signed_by_a_second, RECEIPT, "it is signed by another certificate than it names"),
    "receipt, gone": (delete(RECEIPT), RECEIPT + ".p7s", "a signature whose record is missing"),
    "receipt, gone with its signature": (
        delete(RECEIPT, RECEIPT + ".p7s"),
        f"item {ITEMS[1]}",
        "the item has a history here and no receipt",
    ),
    "receipt, none": (content(RECEIPT, lambda _: b"{}"), RECEIPT, "the record lacks type"),
    "receipt, an examination": (
        swap(RECEIPT, EXAMINATION),
        RECEIPT,
        "it is a record of another type than its name says",
    ),
    "examination, other item": (
        newly_signed(EXAMINATION, item=ITEMS[2]),
        EXAMINATION,
        f"it is the examination of another item: {ITEMS[2]}",
    ),
    "examination, other bytes": (
        newly_signed(EXAMINATION, original=HASH),
        EXAMINATION,
        "it examined other bytes than those of the item",
    ),
    "examination, no receipt": (delete(RECEIPT), EXAMINATION, "there is no receipt for its item"),
    "examination, gone": (
        delete(EXAMINATION, EXAMINATION + ".p7s"),
        f"item {ITEMS[1]}",
        "its history tells of 1 examinations; 0 are here",
    ),
    "history, gone": (delete(STREAM), f"item {ITEMS[0]}", "the item's history is missing"),
    "names, none": (lambda root: put(root, layout.NAMES, b"{}\n"), layout.NAMES, "the name lacks item"),
    "stream, gone": (delete(STREAM), STREAM, "the stream is missing; its head is committed"),
    "stream, empty": (content(STREAM, lambda _: b""), STREAM, "it holds no entry"),
    "stream, cut": (
        each_line(STREAM, lambda lines: lines[:-1]),
        STREAM,
        "it ends with number 1; the committed head is number 2",
    ),
    "stream, another end": (
        _entry(STREAM, salt="ff" * 16),
        STREAM,
        "its last entry is not the one of the committed head",
    ),
    "stream, broken off": (
        content(STREAM, lambda data: data[:-1]),
        STREAM,
        "after line 2: a line is too long or does not end",
    ),
    "stream, misnamed": (
        lambda root: put(root, "data/streams/X.jsonl", b"x\n"),
        "data/streams/X.jsonl",
        "its name is not that of a stream",
    ),
    "case, gone": (
        delete(CASE_STREAM),
        layout.STREAMS,
        "there is no stream but those of items: the case's is missing",
    ),
    "entry, other ledger": (_entry(STREAM, log="other"), "entry 609", "it belongs to another ledger"),
    "entry, later": (
        _entry(STREAM, seq=5000),
        "entry 5000",
        "it is not in the tree of the checkpoint, which ends before it",
    ),
    "entry, not a leaf": (
        _entry(STREAM, salt="ff" * 16),
        "entry 609",
        f"the entry in stream item/{ITEMS[0]} is not the ledger's",
    ),
    "heads, other tree": (_heads(size=9), layout.HEADS, "it speaks of another tree than the checkpoint"),
    "heads, other ledger": (_heads(log="other"), layout.HEADS, "it speaks of another tree than the checkpoint"),
    "heads, one missing": (
        content(layout.HEADS, lambda data: replace(Heads.decode(data), streams={}).encode()),
        layout.HEADS,
        f"no head is committed for the stream {CASE}",
    ),
    "heads, not committed": (
        _heads(size=9),
        layout.HEADS,
        "its digest is not among those that entry 610 commits to",
    ),
    "tiles, other root": (
        rewritten_tiles,
        layout.CHECKPOINT,
        "the tiles give another root than the checkpoint states",
    ),
    "tiles, one alone": (
        content(FIRST_TILE, lambda data: bytes(32) + data[32:]),
        layout.tile_path(1, 0, 2),
        "it does not follow from the tiles below it",
    ),
    "tiles, too many": (
        lambda root: put(root, "proof/tile/0/009", b"x"),
        "proof/tile/0/009",
        "an extra file: the tree has no such tile",
    ),
    "keys, other authority": (
        lambda root: put(root, layout.ROOT_CERTIFICATE, authority.certificate_pem(OTHER_ROOT)),
        layout.SIGNER_CERTIFICATES,
        "the registrar's certificate: the certificate was not issued by this authority",
    ),
    "seal, another action": (
        _entry(layout.SEAL_ENTRY, action="case.viewed"),
        layout.SEAL_ENTRY,
        "the entry does not say that a bundle was handed over",
    ),
    "seal, another ledger": (
        _entry(layout.SEAL_ENTRY, log="other"),
        layout.SEAL_ENTRY,
        "the entry is not one of this ledger made after the bundle's checkpoint",
    ),
    "seal, before the checkpoint": (
        _entry(layout.SEAL_ENTRY, seq=609),
        layout.SEAL_ENTRY,
        "the entry is not one of this ledger made after the bundle's checkpoint",
    ),
    "seal, other subject": (
        _entry(layout.SEAL_ENTRY, subject={}),
        TAG_MANIFESTS["sha256"],
        "its digest is not among those that entry 610 commits to",
    ),
    "seal, other link": (
        _entry(layout.SEAL_ENTRY, streams=(StreamLink(CASE, 10, HASH),)),
        CASE,
        "entry 610 does not continue the stream from its committed head",
    ),
    "seal, earlier link": (
        _entry(layout.SEAL_ENTRY, streams=(StreamLink(CASE, 3, HASH),)),
        CASE,
        "entry 610 does not continue the stream from its committed head",
    ),
    "seal, proof of other trees": (
        other_proof(old_size=1),
        layout.SEAL_PROOF,
        "the proof is about another entry or other trees",
    ),
    "seal, other inclusion": (
        other_proof(inclusion=(bytes(32),) * 3),
        layout.SEAL_PROOF,
        "the entry is not in the tree of the seal's checkpoint: the inclusion proof is too short",
    ),
    "seal, other signer": (
        _sealed_by_another,
        layout.SEAL_SIGNATURE,
        "the signature over tagmanifest-sha256.txt: the certificate was not issued by this authority",
    ),
}


@pytest.mark.parametrize(("act", "subject", "message"), TABLE.values(), ids=TABLE.keys())
def test_a_finding_says_what_is_wrong(root: Path, act: Act, subject: str, message: str) -> None:
    act(root)
    found = [(finding.subject, finding.message) for finding in verify_bundle(root).findings if finding.state == "bad"]
    assert (subject, message) in found


def test_entries_made_between_bundle_and_seal_are_said_to_be_left_out(root: Path) -> None:
    _entry(layout.SEAL_ENTRY, streams=(StreamLink(CASE, 12, HASH),))(root)
    assert f"2 entries of {CASE} made between this bundle and its seal" in verify_bundle(root).not_checked


def test_without_keys_what_hangs_on_them_is_unknown_and_not_fine(root: Path) -> None:
    delete(layout.ROOT_CERTIFICATE, layout.LEDGER_KEY)(root)
    unknown = {finding.fact for finding in verify_bundle(root).findings if finding.state == "unknown"}
    assert {"receipt", "examination", "seal", "checkpoint", "tree"} <= unknown
