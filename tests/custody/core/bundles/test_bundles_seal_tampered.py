"""Each act on a bundle's seal is told by its fact."""

import copy
from pathlib import Path

import pytest

from custody.core import cades
from custody.core.bundles import layout, verify_bundle
from tests.custody.core.bundles.acts import (
    CASE_STREAM,
    Act,
    another_stream_for_the_cases,
    content,
    delete,
    other_proof,
    other_seal,
)
from tests.custody.core.bundles.samples import CASE, Ledger, bad_facts, put, rebag, seal
from tests.custody.core.signers import ASSEMBLER, NOW, SIGNER_KEY

TABLE: dict[str, tuple[Act, str]] = {
    "the seal's entry altered": (
        content(layout.SEAL_ENTRY, lambda data: data.replace(b'"id":"e-610"', b'"id":"e-x"')),
        "export",
    ),
    "the seal's entry replaced by another of the ledger": (
        lambda root: put(root, layout.SEAL_ENTRY, (root / CASE_STREAM).read_bytes().splitlines()[-1]),
        "export",
    ),
    "the seal's entry deleted": (delete(layout.SEAL_ENTRY), "export"),
    "the seal's proof for another entry": (other_proof(index=609), "export"),
    "the seal's inclusion proof cut": (other_proof(inclusion=()), "export"),
    "the seal's consistency proof cut": (other_proof(consistency=()), "checkpoint"),
    "the seal's proof deleted": (delete(layout.SEAL_PROOF), "export"),
    "the seal's checkpoint replaced by the bundle's": (
        lambda root: put(root, layout.SEAL_CHECKPOINT, (root / layout.CHECKPOINT).read_bytes()),
        "export",
    ),
    "the seal's checkpoint deleted": (delete(layout.SEAL_CHECKPOINT), "checkpoint"),
    "the seal's signature replaced": (
        lambda root: put(
            root,
            layout.SEAL_SIGNATURE,
            cades.sign(b"other", assembler=ASSEMBLER, private_key=SIGNER_KEY, signing_time=NOW),
        ),
        "seal",
    ),
    "the seal's signature deleted": (delete(layout.SEAL_SIGNATURE), "seal"),
    "the seal of another bundle": (other_seal, "export"),
    "a file among the seals": (lambda root: put(root, "seal/extra", b"x"), "file"),
}


@pytest.mark.parametrize(("act", "fact"), TABLE.values(), ids=TABLE.keys())
def test_tampering_with_the_seal_is_told_by_its_fact(root: Path, act: Act, fact: str) -> None:
    act(root)
    assert fact in bad_facts(root)


def _bad(root: Path) -> list[tuple[str, str, str]]:
    found = verify_bundle(root).findings
    return [(each.fact, each.subject, each.message) for each in found if each.state == "bad"]


def test_another_history_in_the_place_of_the_cases_is_told(root: Path, ledger: Ledger) -> None:
    another_stream_for_the_cases(root, ledger)
    rebag(root)
    seal(root, copy.deepcopy(ledger))
    assert _bad(root) == [("stream", CASE, "the history of the case that it was handed out of is missing")]


def test_an_entry_of_no_case_is_told(root: Path, ledger: Ledger) -> None:
    another_stream_for_the_cases(root, ledger)
    rebag(root)
    seal(root, copy.deepcopy(ledger), stream="user/1")
    assert _bad(root) == [("stream", layout.SEAL_ENTRY, "it belongs to the history of no case")]
