"""The same words in another spelling: entries and receipts count as the bytes that were stored, and as no others."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from custody.core import entries, merkle
from custody.models import Entry
from custody.verification import Inspection, inspect
from tests.custody.core.bundles import conftest as bundles
from tests.custody.core.bundles.acts import CASE_STREAM, RECEIPT
from tests.custody.core.bundles.samples import Ledger, bad_facts, put, rebag, seal, write_record
from tests.custody.core.samples import ENTRY
from tests.custody.verification import test_tampering as table

house = table.house
sample, root, ledger = bundles.sample, bundles.root, bundles.ledger
Spelling = Callable[[bytes], bytes]
BODY = entries.encode(ENTRY)


def backwards(body: bytes) -> bytes:
    """Keys in another order."""
    return json.dumps(dict(reversed(json.loads(body).items())), separators=(",", ":"), ensure_ascii=False).encode()


SPELLINGS: dict[str, Spelling] = {
    "spaces": lambda body: json.dumps(json.loads(body), sort_keys=True, ensure_ascii=False).encode(),
    "keys in another order": backwards,
    "a number as a float": lambda body: body.replace(b'"v":1', b'"v":1.0'),
    "an escaped letter": lambda body: re.sub(rb'(?<="log":")[a-z]', lambda letter: b"\\u%04x" % ord(letter[0]), body),
    "a key twice": lambda body: body.replace(b'"v":1', b'"v":1,"v":1'),
}


def respelt(body: bytes, spelling: Spelling) -> bytes:
    """Other bytes, which a lenient reader takes for the same."""
    other = spelling(body)
    assert other != body
    return other


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_lenient_reader_would_see_no_difference(spelling: Spelling) -> None:
    """What the refusal is for: the meaning is the same, the leaf another."""
    other = respelt(BODY, spelling)
    assert json.loads(other) == json.loads(BODY)
    assert merkle.leaf_hash(other) != merkle.leaf_hash(BODY)


@pytest.mark.parametrize("name", ["spaces", "a number as a float", "a key twice"])
def test_an_entry_spelt_anew_with_its_hash_mended_is_found(house: Path, name: str) -> None:
    other = respelt(bytes(Entry.objects.get(seq=50).body), SPELLINGS[name])
    leaf = merkle.leaf_hash(other)
    table.unfenced(lambda: table.sql("UPDATE custody_entry SET body = %s, leaf = %s WHERE seq = 50", other, leaf))()
    found = {(each.fact, each.subject) for each in inspect(Inspection()).findings}
    assert ("entry", "entry 50") in found
    assert "checkpoint" in {fact for fact, _ in found}
    assert ("leaf", "entry 50") not in found


def spell_every_entry_anew(spelling: Spelling) -> None:
    for row in Entry.objects.order_by("seq"):
        body = respelt(bytes(row.body), spelling)
        table.sql("UPDATE custody_entry SET body = %s, leaf = %s WHERE seq = %s", body, merkle.leaf_hash(body), row.seq)


def test_a_whole_ledger_spelt_anew_is_found_at_every_entry(house: Path) -> None:
    table.unfenced(lambda: spell_every_entry_anew(SPELLINGS["spaces"]))()
    verdict = inspect(Inspection())
    told = {each.subject for each in verdict.findings if each.fact == "entry"}
    assert told >= {f"entry {seq}" for seq in Entry.objects.values_list("seq", flat=True)[:50]}
    assert verdict.bottom_line == "unsound"


@pytest.mark.parametrize("spelling", SPELLINGS.values(), ids=SPELLINGS.keys())
def test_a_line_of_a_bundle_spelt_anew_is_told_even_after_manifests_and_seal_were_made_anew(
    root: Path, ledger: Ledger, spelling: Spelling
) -> None:
    lines = (root / CASE_STREAM).read_bytes().splitlines()
    lines[-1] = respelt(lines[-1], spelling)
    put(root, CASE_STREAM, b"".join(line + b"\n" for line in lines))
    assert "entry" in bad_facts(root)
    rebag(root)
    seal(root, copy.deepcopy(ledger))
    assert "entry" in bad_facts(root)


def test_a_receipt_spelt_anew_is_told_even_if_its_key_signed_it(root: Path) -> None:
    record = respelt((root / RECEIPT).read_bytes(), SPELLINGS["spaces"])
    put(root, RECEIPT, record)
    assert "receipt" in bad_facts(root)
    write_record(root, RECEIPT, record)
    rebag(root)
    assert "receipt" in bad_facts(root)


def test_spelt_back_it_is_the_entry_again() -> None:
    """There is one spelling: whoever canonicalises what a lenient reader gave back meets the stored bytes."""
    for name, spelling in SPELLINGS.items():
        if name == "a number as a float":
            continue
        value = json.loads(respelt(BODY, spelling))
        again = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
        assert (again, entries.decode(again)) == (BODY, ENTRY), name
