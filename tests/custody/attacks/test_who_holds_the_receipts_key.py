"""Somebody with the key that signs receipts: a perfect signature over false bytes, and what gives it away."""

from __future__ import annotations

import copy
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from custody import data
from custody.core import bagging, cades, receipts
from custody.core.bundles import layout, previous, verify_bundle
from custody.registrar import keyfiles
from custody.verification import Inspection, inspect
from evidence.models import EvidenceItem, Receipt
from evidence.vault import Vault
from tests.custody.core.bundles import conftest as bundles
from tests.custody.core.bundles import outsiders, samples
from tests.custody.core.bundles.acts import EXAMINATION, PHOTO, RECEIPT
from tests.custody.core.bundles.samples import Ledger, bad_facts, put, rebag, seal, write_record
from tests.custody.core.signers import ASSEMBLER, SIGNER_KEY
from tests.evidence.verification import test_tampering as table

house = table.house
sample, root, ledger = bundles.sample, bundles.root, bundles.ledger
RETOUCHED = b"retouched picture" * 9


def described(original: receipts.Original, content: bytes) -> receipts.Original:
    """The same name, other bytes."""
    digests = (hashlib.new(name, content).hexdigest() for name in ("sha256", "sha512"))
    return replace(original, bytes=len(content), **dict(zip(("sha256", "sha512"), digests, strict=True)))


def retouch(item: EvidenceItem) -> None:
    """Other bytes in the vault and in the item's row, under a receipt that the registrar's own key signed."""
    row = Receipt.objects.get(item=item)
    record = receipts.decode(bytes(row.record))
    assert isinstance(record, receipts.IngestRecord)
    original = described(record.original, RETOUCHED)
    forged, key = receipts.encode(replace(record, original=original)), keyfiles.load_signer()
    signature = cades.sign(forged, assembler=cades.Assembler(key.certificate), private_key=key.private_key)
    path = Vault(data.vault()).path(original.sha256)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.write_bytes(RETOUCHED)
    path.chmod(0o400)
    Vault(data.vault()).path(item.sha256).unlink()
    table.sql(
        "UPDATE evidence_receipt SET record = %s, signature = %s, record_sha256 = %s WHERE item_id = %s",
        *(forged, signature, hashlib.sha256(forged).hexdigest(), table._key(item)),
    )
    table.sql(
        f"UPDATE evidence_item SET sha256 = %s, sha512 = %s, size = {len(RETOUCHED)} WHERE id = %s",  # noqa: S608
        *(original.sha256, original.sha512, table._key(item)),
    )


def test_a_receipt_signed_for_altered_bytes_is_not_the_one_that_the_ledger_binds(house: Path) -> None:
    target = table.item(0)
    table.unfenced(lambda: retouch(target))()
    found = [(each.fact, each.subject, each.message) for each in inspect(Inspection()).findings]
    assert ("receipt", target.ern) in {each[:2] for each in found}
    assert any("binds another receipt than the one kept" in each[2] for each in found)
    assert any("names another original than the item's row" in each[2] for each in found)
    # The signature is genuine and fits the bytes: neither of the two tells.
    assert not {"signature", "original", "vault"} & {each[0] for each in found}, found


def retouch_in_the_bundle(root: Path) -> None:
    """Photograph, receipt and examination made to fit each other, all under the registrar's key."""
    receipt, examination = (receipts.decode((root / path).read_bytes()) for path in (RECEIPT, EXAMINATION))
    assert isinstance(receipt, receipts.IngestRecord)
    assert isinstance(examination, receipts.ExaminationRecord)
    original = described(receipt.original, RETOUCHED)
    (root / PHOTO).unlink()
    put(root, layout.original_path(original.sha256, "jpg"), RETOUCHED)
    write_record(root, RECEIPT, receipts.encode(replace(receipt, original=original)))
    write_record(root, EXAMINATION, receipts.encode(replace(examination, original=original.sha256)))
    rebag(root)


def test_a_bundle_with_a_receipt_signed_for_altered_bytes_contradicts_the_histories_in_it(root: Path) -> None:
    retouch_in_the_bundle(root)
    manifest = (root / bagging.TAG_MANIFESTS["sha256"]).read_bytes()
    put(root, layout.SEAL_SIGNATURE, cades.sign(manifest, assembler=ASSEMBLER, private_key=SIGNER_KEY))
    facts = bad_facts(root)
    assert {"receipt", "examination", "export"} <= facts
    # What the key in wrong hands can make good: manifests, the seal's signature, the photograph under its digest.
    assert not {"file", "manifest", "seal", "original"} & facts


def test_even_sealed_anew_by_the_ledger_it_is_told(root: Path, ledger: Ledger) -> None:
    retouch_in_the_bundle(root)
    seal(root, copy.deepcopy(ledger))
    assert bad_facts(root) == {"receipt", "examination"}


def test_with_the_ledgers_key_as_well_only_what_others_hold_tells(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The honest half: with both keys another photograph gets another history, sound by itself and on paper too."""
    first, _, *rest = samples.CONTENTS
    monkeypatch.setattr(samples, "CONTENTS", (first, RETOUCHED, *rest))
    samples.write(tmp_path / "forged")
    forged = tmp_path / "forged"
    paper = [bundle_key(forged)]
    assert verify_bundle(forged, fingerprints=paper).bottom_line == "sound"
    held = verify_bundle(forged, fingerprints=paper, since=outsiders.note_of(ledger, outsiders.LAST))
    assert held.bottom_line == "unsound"
    assert [each.subject for each in held.findings if each.state == "bad"] == [previous.GIVEN]
    assert verify_bundle(forged, policy=outsiders.policy().encode()).bottom_line == "unsound"


def bundle_key(root: Path) -> str:
    """The fingerprint of the ledger's key, as it would stand on paper."""
    return hashlib.sha256((root / layout.LEDGER_KEY).read_bytes().strip()).hexdigest()
