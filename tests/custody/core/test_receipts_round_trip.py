"""A record is written in one way, read back as it was, and its bytes are pinned."""

import hashlib
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, receipts
from custody.core.errors import RecordError
from custody.core.receipts import ExaminationRecord, ExaminationState, Record
from tests.custody.core.signers import BATCH, EXAMINATION, INGEST

PLAIN: list[Record] = [
    INGEST,
    BATCH,
    EXAMINATION,
    replace(
        INGEST,
        duplicate_of=None,
        received=replace(INGEST.received, source_digest=None, match=None),
        source=replace(INGEST.source, party=None, prior_custody=()),
    ),
    replace(BATCH, stored=0, duplicate=0, refused=4, first_ern=None, last_ern=None, void_erns=()),
    replace(EXAMINATION, state=ExaminationState.REFUSED, media_type=None, note=None, claims={}, derived=()),
]


@pytest.mark.parametrize("record", PLAIN)
def test_it_comes_back(record: Record) -> None:
    data = receipts.encode(record)
    assert receipts.decode(data) == record
    assert canonical.dumps(canonical.loads(data)) == data


def test_a_value_that_is_not_there_is_not_written() -> None:
    data = receipts.encode(PLAIN[3])
    assert b"null" not in data
    assert b"duplicate_of" not in data
    assert b'"prior_custody":[]' in data


PINNED = ["5fb9d130a9dcf178", "cdf6073e3cdd8744"]


def test_the_bytes_are_pinned() -> None:
    """If this breaks, records that were signed can no longer be read, or new ones differ: give them a new type."""
    assert receipts.encode(INGEST).decode() == (
        '{"batch":"8c5b1df8-0000-4000-8000-000000000005","duplicate_of":"8c5b1df8-0000-4000-8000-000000000006",'
        '"ern":"AMN-SYR-0000-0001","item":"8c5b1df8-0000-4000-8000-000000000002","log":"amana.example/ledger",'
        '"original":{"bytes":5,"name":"' + "33" * 32 + '","sha256":"' + "11" * 32 + '","sha512":"' + "22" * 64 + '"},'
        '"received":{"account":"8c5b1df8-0000-4000-8000-000000000003","channel":"cli","match":true,'
        '"source_digest":"md5:' + "44" * 16 + '","time":"2026-03-01T12:00:00.000Z"},'
        '"record":"8c5b1df8-0000-4000-8000-000000000001","signer":"' + INGEST.signer + '",'
        '"software":{"commit":"0123456789abcdef","name":"amana","version":"0.1.0"},'
        '"source":{"collection":"8c5b1df8-0000-4000-8000-000000000004","party":"p-1","prior_custody":["c-1","c-2"]},'
        '"type":"ingest-record/1"}'
    )
    pinned = [hashlib.sha256(receipts.encode(record)).hexdigest()[:16] for record in (BATCH, EXAMINATION)]
    assert pinned == PINNED


@given(
    st.dictionaries(st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 ._:/()#-]{0,30}", fullmatch=True), st.text(max_size=50)),
    st.sampled_from(ExaminationState),
    st.none() | st.text(max_size=100),
)
def test_claims_are_any_text(claims: dict[str, str], state: ExaminationState, note: str | None) -> None:
    record = replace(EXAMINATION, claims=claims, state=state, note=note)
    decoded = receipts.decode(receipts.encode(record))
    assert isinstance(decoded, ExaminationRecord)
    assert decoded == record


def test_the_name_digest_is_what_sha256sum_prints() -> None:
    # (printf '\1%.0s' {1..16}; printf 'a.jpg'; printf '\0'; printf 'x/a.jpg') | sha256sum
    expected = hashlib.sha256(bytes([1]) * 16 + b"a.jpg\x00x/a.jpg").hexdigest()
    assert receipts.name_digest(bytes([1]) * 16, b"a.jpg", b"x/a.jpg") == expected


def test_a_salt_has_16_bytes() -> None:
    with pytest.raises(RecordError, match="16 bytes"):
        receipts.name_digest(b"short", b"a", b"b")


@given(st.lists(st.tuples(st.uuids().map(str), st.binary(min_size=32, max_size=32).map(bytes.hex)), max_size=5))
def test_the_items_digest_is_that_of_the_canonical_list(items: list[tuple[str, str]]) -> None:
    whole = canonical.dumps([[item, sha256] for item, sha256 in items])
    assert receipts.items_digest(iter(items)) == hashlib.sha256(whole).hexdigest()
