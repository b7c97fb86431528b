"""The bytes of an entry. Whatever makes one of these tests fail makes every ledger already written unreadable."""

from dataclasses import fields, replace

import pytest

from custody.core import canonical
from custody.core.entries import Entry, Outcome, decode, encode
from custody.core.merkle import leaf_hash
from tests.custody.core.samples import ENTRY

BYTES = (
    b'{"act":"3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b02","action":"item.received",'
    b'"actor":{"auth":"password","id":"3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b03","role":"investigator",'
    b'"session":"abababababababababababababababababababababababababababababababab"},'
    b'"id":"3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b01","log":"amana.example/ledger","outcome":"done",'
    b'"salt":"01010101010101010101010101010101","seq":7,'
    b'"streams":[{"id":"item/3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b04","n":0,"prev":null},'
    b'{"id":"case/3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b05","n":3,'
    b'"prev":"cdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcdcd"}],'
    b'"subject":{"item":"3f2b8f0e-5c1d-4a7e-9b36-0d2e4c6a8b04",'
    b'"sha256":"efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef"},'
    b'"time":"2026-01-31T08:09:10.123Z","v":1}'
)
# (printf '\0'; cat the bytes) | sha256sum
LEAF = "a087d54816661e7c1d56d608d20dd361a89787344bfce6b21cf60657b9b9c820"

FULL = replace(
    ENTRY,
    occurred="2025-12-31T23:59:59.999Z",
    authority="order/2026-17",
    corrects=3,
    purpose="case-preparation",
    detail="fe" * 32,
)


def test_an_entry_is_written_as_these_bytes() -> None:
    assert encode(ENTRY) == BYTES


def test_the_leaf_hash_of_these_bytes() -> None:
    assert leaf_hash(BYTES).hex() == LEAF


def test_optional_keys_appear_only_when_they_hold_something() -> None:
    without, with_all = canonical.loads(encode(ENTRY)), canonical.loads(encode(FULL))
    assert isinstance(without, dict)
    assert isinstance(with_all, dict)
    assert with_all.keys() - without.keys() == {"occurred", "authority", "corrects", "purpose", "detail"}
    assert with_all.keys() == {field.name for field in fields(Entry)}


@pytest.mark.parametrize("entry", [ENTRY, FULL])
def test_what_was_written_is_read_back(entry: Entry) -> None:
    assert decode(encode(entry)) == entry


def test_the_outcomes() -> None:
    assert set(Outcome) == {"done", "granted", "denied", "failed", "interrupted"}


def test_the_written_form_is_canonical_json() -> None:
    assert canonical.dumps(canonical.loads(encode(FULL))) == encode(FULL)
