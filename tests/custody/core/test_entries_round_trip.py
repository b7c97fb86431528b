"""Whatever entry can be made is written canonically and read back; foreign bytes raise only EntryError."""

import json

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from custody.core import merkle
from custody.core.entries import Entry, decode, encode
from custody.core.errors import EntryError, MerkleError
from tests.custody.core import probes, strategies


@given(strategies.entries)
def test_any_entry_is_read_back(entry: Entry) -> None:
    assert decode(encode(entry)) == entry


@given(strategies.entries)
def test_any_entry_is_written_as_rfc_8785_says(entry: Entry) -> None:
    data = encode(entry)
    assert rfc8785.dumps(json.loads(data)) == data


@given(st.binary(max_size=300))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    _refused_or_exactly(data)


@given(strategies.json_values)
def test_no_json_raises_anything_else(value: object) -> None:
    _refused_or_exactly(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode())


@given(strategies.entries, st.data())
def test_a_part_of_another_kind_raises_nothing_else(entry: Entry, data: st.DataObject) -> None:
    value = json.loads(encode(entry))
    value[data.draw(st.sampled_from(sorted(value)))] = data.draw(strategies.json_values)
    _refused_or_exactly(rfc8785.dumps(value))


@given(strategies.entries, st.data())
def test_tampered_bytes_are_refused_or_betrayed_by_their_leaf_hash(entry: Entry, data: st.DataObject) -> None:
    original = encode(entry)
    leaf = merkle.leaf_hash(original)
    root = merkle.node_hash(leaf, leaf)
    bits = data.draw(st.lists(st.integers(0, len(original) * 8 - 1), min_size=5, max_size=20))
    changes = [*probes.padded(original), *(probes.flip(original, bit) for bit in bits)]
    for name, changed in changes:
        _refused_or_exactly(changed)
        try:
            merkle.verify_inclusion(leaf=merkle.leaf_hash(changed), index=0, size=2, proof=[leaf], root=root)
        except MerkleError:
            continue
        raise AssertionError(name)


def _refused_or_exactly(data: bytes) -> None:
    try:
        entry = decode(data)
    except EntryError:
        return
    assert encode(entry) == data
