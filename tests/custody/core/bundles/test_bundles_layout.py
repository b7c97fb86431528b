"""The names of a bundle's files and its own small formats have one form and come back."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import bagging, canonical, notes
from custody.core.bundles import layout
from custody.core.bundles.layout import ExportProof, Heads, Name
from custody.core.errors import BundleError
from custody.core.receipts import name_digest
from tests.custody.core.strategies import digests, hashes, ids, integers, stream_ids, text

numbers = st.integers(0, 2**53 - 1)
heads = st.builds(Heads, st.just("log.example"), numbers, st.dictionaries(stream_ids, st.tuples(numbers, digests)))
proofs = st.builds(
    ExportProof,
    index=numbers,
    size=numbers,
    inclusion=st.lists(hashes, max_size=4).map(tuple),
    old_size=numbers,
    consistency=st.lists(hashes, max_size=4).map(tuple),
)
names = st.builds(Name, ids, st.binary(min_size=16, max_size=16), st.binary(max_size=40), st.binary(max_size=40))


@given(heads)
def test_heads_come_back(value: Heads) -> None:
    assert Heads.decode(value.encode()) == value


@given(proofs)
def test_a_proof_comes_back(value: ExportProof) -> None:
    assert ExportProof.decode(value.encode()) == value


@given(names)
def test_a_name_comes_back_whatever_its_bytes(value: Name) -> None:
    line = value.encode()
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert Name.decode(line) == value
    assert value.digest == name_digest(value.salt, value.name, value.path)


def test_the_formats_are_pinned() -> None:
    """If this breaks, bundles already handed out can no longer be verified: give the changed format a new type."""
    assert Heads("l", 3, {"case/x": (2, "ab" * 32)}).encode() == (
        b'{"log":"l","size":3,"streams":{"case/x":{"hash":"' + b"ab" * 32 + b'","n":2}},"type":"heads/1"}'
    )
    assert ExportProof(4, 5, (bytes(32),), 3, ()).encode() == (
        b'{"consistency":[],"inclusion":["'
        + b"00" * 32
        + b'"],"index":4,"old_size":3,"size":5,"type":"export-proof/1"}'
    )
    assert (
        Name("i", bytes(16), b"a\xff", b"").encode()
        == ('{"item":"i","name":"61ff","path":"","salt":"' + "00" * 16 + '","shown":"a\ufffd"}\n').encode()
    )


def test_a_name_that_shows_another_than_it_holds_is_refused() -> None:
    line = Name("i", bytes(16), b"a", b"a").encode().replace(b'"shown":"a"', b'"shown":"b"')
    with pytest.raises(BundleError, match="shows another name"):
        Name.decode(line)


DECODERS = [Heads.decode, ExportProof.decode, Name.decode]


@given(st.sampled_from(DECODERS), st.binary(max_size=100) | st.from_type(type(None)).map(lambda _: b"{}"))
def test_no_bytes_raise_anything_else(decode: object, untrusted: bytes) -> None:
    assert callable(decode)
    with pytest.raises(BundleError):
        decode(untrusted)


@given(heads, st.sampled_from(["type", "log", "size", "streams"]), st.none() | integers | st.lists(text))
def test_heads_with_a_key_of_another_type_are_refused(value: Heads, key: str, wrong: object) -> None:
    decoded = canonical.loads(value.encode())
    assert isinstance(decoded, dict)
    decoded[key] = wrong  # type: ignore[assignment]
    with suppress(BundleError):
        assert Heads.decode(canonical.dumps(decoded)).size == wrong


@given(digests, st.text(max_size=12))
def test_an_original_lies_under_its_digest_whatever_its_extension(sha256: str, extension: str) -> None:
    path = layout.original_path(sha256, extension)
    bagging.check_path(path)
    assert layout.read_original_path(path) == sha256


@pytest.mark.parametrize(
    ("extension", "expected"),
    [(".JPG", "jpg"), ("jpeg", "jpeg"), ("", "bin"), ("../x", "bin"), ("verylongone", "bin"), ("j\u0435pg", "bin")],
)
def test_an_extension_that_is_not_plain_becomes_bin(extension: str, expected: str) -> None:
    assert layout.original_path("ab" * 32, extension) == f"data/photos/{'ab' * 32}.{expected}"


@given(ids, st.integers(0, 999_999))
def test_a_record_is_found_by_its_path(item: str, number: int) -> None:
    assert layout.read_record_path(layout.record_path(item)) == (item, None)
    assert layout.read_record_path(layout.examination_path(item, number)) == (item, number)
    assert layout.read_record_path(layout.signature_path(layout.record_path(item))) is None


@given(stream_ids)
def test_a_stream_is_found_by_its_path(stream: str) -> None:
    assert layout.read_stream_path(layout.stream_path(stream)) == stream


@pytest.mark.parametrize("path", ["data/streams/x.json", "data/streams/item_a_b.jsonl", "data/streams/Item_a.jsonl"])
def test_no_other_path_is_that_of_a_stream(path: str) -> None:
    assert layout.read_stream_path(path) is None


def test_each_file_stands_for_a_fact() -> None:
    facts = {
        "data/photos/x.jpg": "original",
        "data/records/x.json": "receipt",
        "data/records/x.json.p7s": "receipt",
        "data/records/x.examination-0.json": "examination",
        "data/streams/case_x.jsonl": "stream",
        "data/names.jsonl": "name",
        "proof/heads.json": "head",
        "proof/checkpoint": "checkpoint",
        "proof/tile/0/000": "tile",
        "proof/keys/ca.pem": "key",
        "verify/README": "file",
    }
    assert {path: layout.fact_of(path) for path in facts} == facts


def test_the_ledger_keys_fingerprint_is_that_of_its_line() -> None:
    assert notes.fingerprint("a+b+c\n") == notes.fingerprint("a+b+c")
