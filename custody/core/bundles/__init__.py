"""Checking a bundle: what is handed to court or defence, by whoever receives it.

The layout
==========

A bundle is a BagIt 1.0 bag (RFC 8493). `bagging` writes its lines, `layout` names its files and writes its own small
formats; whoever makes a bundle calls those two. All JSON is canonical (`canonical`), all digests lower-case hex.

=============================================== ========================================================================
path                                            what it holds
=============================================== ========================================================================
bagit.txt                                       `bagging.DECLARATION`
bag-info.txt                                    at least `Payload-Oxum`; External-Identifier, Bagging-Date and the like
manifest-sha256.txt, manifest-sha512.txt        every file under data/, each once, with `bagging.manifest_line`
tagmanifest-sha256.txt, tagmanifest-sha512.txt  every other file except these two and those under seal/
data/photos/SHA256.EXT                          originals, unchanged, each once however many items have these bytes;
                                                EXT is 1 to 8 of a-z and 0-9, `bin` when there is none
data/records/ITEM.json, ITEM.json.p7s           the item's receipt (`ingest-record/1`) and its signature
data/records/ITEM.examination-N.json, .p7s      examinations (`examination-record/1`), N counts from 0 without gaps
data/names.jsonl                                one `layout.Name` a line, for items whose names are disclosed; may be
                                                absent
data/streams/STREAM.jsonl                       the exact bytes of every entry of the stream with a number below the
                                                size of proof/checkpoint, one a line, in order; `/` in the stream's id
                                                becomes `_`. Exactly: `item/ITEM` for each item with a receipt, and at
                                                least one stream that is not an item's (the case's)
data/statements/, data/dossiers/                what consent allows; here only covered by the manifests
proof/checkpoint                                the signed note of the tree as of which the streams were read, with the
                                                lines of its cosigners behind; so is seal/checkpoint
proof/heads.json                                `layout.Heads`: origin, that size, and the last number and leaf hash of
                                                each exported stream
proof/tile/...                                  exactly `tiles.tiles_for(0, size)`, at `layout.tile_path`
proof/keys/ca.pem, registrar.pem, ledger.vkey   the root, the signers' certificates used here, the ledger's verifier key
                                                with a line feed: for convenience, trust comes from paper
proof/policy                                    which cosigners count, and how many of them (C2SP tlog-policy)
proof/tsa/SIZE.note                             the exact bytes that time authorities dated: the signed note of an
                                                earlier (or this) checkpoint, without cosigners' lines
proof/tsa/SIZE-NAME.tsr                         the raw response (RFC 3161) of the authority NAME about that note
proof/tsa/NAME.pem                              its certificates: the pinned one, then the rest of its chain
proof/consistency/OLD-NEW.txt                   the proof, one base64 hash a line, that the tree of proof/checkpoint
                                                (NEW) extends the one that held the recipient's last bundle's entry
proof/consistency/OLD.note                      the signed note of that tree
verify/                                         the verifier as verify.pyz and verify.html, and README.txt (`packing`);
                                                only covered by the tag manifests
seal/export.json                                the exact bytes of the entry `export.created`, without a line feed
seal/checkpoint                                 a later signed note, whose tree holds that entry
seal/export.proof.json                          `layout.ExportProof`: inclusion of the entry in the tree of
                                                seal/checkpoint, consistency from proof/checkpoint to it
seal/tagmanifest-sha256.txt.p7s                 the registrar's signature over the bytes of tagmanifest-sha256.txt
seal/tagmanifest-sha256.txt.tsr                 a time-stamp over the same bytes; may be absent
=============================================== ========================================================================

The order of writing
====================

(1) Everything that is to be read is recorded (the accesses are entries of the items' own streams), and a checkpoint
covers it: proof/checkpoint, size S. (2) data/ and proof/ are written from the entries below S. (3) Manifests, then tag
manifests. (4) `export.created` is appended; among the values of its subject are the SHA-256 of tagmanifest-sha256.txt
(key `tagmanifest`) and of proof/heads.json (key `heads`). Its number is S or more: therefore it cannot lie in the
bag proper. (5) The registrar signs tagmanifest-sha256.txt on the strength of that entry. (6) A checkpoint that covers
the entry is awaited, and seal/ is written. No manifest covers seal/, because it speaks about the manifests.

What ties a receipt to the ledger: in the item's stream, the SHA-256 of the receipt's bytes is a value in the subject of
`item.received`, and that of an examination a value in the subject of `item.examined`. Each `item.examined` with outcome
`done` stands for one examination record, and the bundle holds them all: exactly those whose entry lies below S.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from custody.core import bags
from custody.core.bags import Bag
from custody.core.bundles import layout
from custody.core.reports import Progress, Report
from custody.core.verdicts import Verdict

__all__ = ["verify_bundle"]

NOT_CHECKED = (
    "what the pictures show, and whether what their embedded metadata claims is true",
    "whether the case holds items that this bundle leaves out: only whole histories of the items named are promised",
    "whether a signer's certificate was withdrawn before it was used",
)
OTHER_LEDGERS = (
    "whether the operator showed others another ledger: compare this checkpoint with one that somebody else holds"
)
OUTSIDE_TIME = (
    "when all this happened: the times are the ledger's own; no outside time-stamp is confirmed by a fingerprint from "
    "paper"
)
WITHOUT_CRYPTOGRAPHY = (
    "only the files were held against their manifests: for signatures, histories and the tree Python needs the package "
    "cryptography, which cannot be used here"
)

OLDEST_CRYPTOGRAPHY = 43
"""The first with deterministic ECDSA."""


def verify_bundle(
    root: Path,
    *,
    fingerprints: Sequence[str] = (),
    policy: bytes | None = None,
    since: bytes | None = None,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> Verdict:
    """Check the bundle at `root`, a folder or a ZIP file, which is taken to be hostile; never raises for what it holds.

    `fingerprints` are SHA-256 digests in hex from paper, of the authority's certificate (DER), of the ledger's
    verifier key (its line), of cosigners' keys (likewise) and of time authorities' certificates: each must fit a key
    of the bundle. Without them the verdict says what holds if the keys enclosed are genuine, and lists that as not
    checked. `policy` is a tlog-policy that the recipient holds: it counts instead of the enclosed one, and must be
    met. `since` is a checkpoint's note that the recipient holds: this tree must extend it. `now` (aware) tells
    authorities' certificates that have expired since; without it their expiry is told and not judged.

    (1) The bag is valid and complete, and holds nothing else. (2) Keys. (3) The checkpoint is signed by the ledger's
    key. (4) Every stream is whole up to the committed head. (5) The tiles give the checkpoint's root, and every entry
    of a stream is a leaf of that tree. (6) Receipts and examinations are signed, named by an entry of the item's
    stream, and describe the originals that are there. (7) The seal: the ledger says that it handed over exactly this.
    (8) The tree extends what was shown before. (9) Outside parties: time-stamps and cosigners.

    Steps 2 to 9 need the package `cryptography`; where it cannot be used the verdict says so and is never "sound".

    Raises OSError when the folder or file itself cannot be read.
    """
    report = Report(progress)
    with Bag(root) as bag:
        if bags.check(bag, report, fact_of=layout.fact_of, free=layout.FREE):
            try:
                _need_cryptography()
                # Late, because this needs `cryptography`, which a court's computer may not have; digests need nothing.
                from custody.core.bundles.contents import Held, check
            except ImportError as error:
                report.unknown("bundle", "all", f"{WITHOUT_CRYPTOGRAPHY} ({error})")
            else:
                shown = check(bag, report, Held(fingerprints, policy, since, now))
                report.not_checked += [] if shown.to_others else [OTHER_LEDGERS]
                report.not_checked += [] if shown.dated else [OUTSIDE_TIME]
    report.not_checked.extend(NOT_CHECKED)
    return report.verdict()


def _need_cryptography() -> None:
    """Raise ImportError for a version that lacks what is used here: Debian 12 and Ubuntu 24.04 have such ones."""
    from cryptography import __version__ as version

    if int(version.split(".")[0]) < OLDEST_CRYPTOGRAPHY:
        raise ImportError(f"it is version {version}; {OLDEST_CRYPTOGRAPHY} or newer is needed")
