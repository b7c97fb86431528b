"""Reports of sweeps, manifests and digests added later: written and read back, and refused in any other form."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import canonical, fixity
from custody.core.canonical import JsonValue
from custody.core.errors import RecordError
from custody.core.fixity import Algorithm, Condition, DigestRecord, Finding, FixityReport, Line
from custody.core.receipts import Software

TIME = "2026-05-14T10:00:00.000Z"
SOFTWARE = Software(name="amana", version="1", commit="")
REPORT = FixityReport(
    record="r-1",
    run="s-1",
    opened=TIME,
    closed=TIME,
    per_hour=1,
    policy_days=90,
    objects=5,
    never=2,
    within=3,
    read=3,
    sound=2,
    bytes=12,
    manifest="a" * 64,
    findings=(Finding(sha256="b" * 64, condition=Condition.DAMAGED, read=TIME, found="c" * 64),),
    software=SOFTWARE,
    log="amana.example/ledger",
    signer="d" * 64,
    oldest=TIME,
)
DIGEST = DigestRecord(
    record="r-2",
    item="i-1",
    receipt="e" * 64,
    bytes=9,
    sha256="f" * 64,
    algorithm=Algorithm.SHA3_512,
    digest="0" * 128,
    checked=TIME,
    software=SOFTWARE,
    log="amana.example/ledger",
    signer="d" * 64,
)
HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
FAILED = st.sampled_from([condition for condition in Condition if condition is not Condition.SOUND])
FINDINGS = st.lists(
    st.builds(Finding, sha256=HEX, condition=FAILED, read=st.just(TIME), found=st.one_of(st.none(), HEX)), max_size=5
)
LINES = st.lists(
    st.builds(Line, HEX, st.sampled_from(Condition), st.integers(0, 10**15), st.just(TIME)),
    unique_by=lambda line: line.sha256,
    max_size=8,
)


@given(findings=FINDINGS, sound=st.integers(0, 10**6), size=st.integers(0, 2**53 - 1))
def test_a_report_that_is_written_is_read(findings: list[Finding], sound: int, size: int) -> None:
    report = dataclasses.replace(
        REPORT, findings=tuple(findings), sound=sound, read=sound + len(findings), bytes=size, oldest=None
    )
    assert fixity.decode_report(fixity.encode(report)) == report


@given(algorithm=st.sampled_from(Algorithm), size=st.integers(0, 2**53 - 1))
def test_a_digest_that_is_written_is_read(algorithm: Algorithm, size: int) -> None:
    record = dataclasses.replace(DIGEST, algorithm=algorithm, digest="1" * algorithm.digits, bytes=size)
    assert fixity.decode_digest(fixity.encode(record)) == record


@given(LINES)
def test_a_manifest_that_is_written_is_read(lines: list[Line]) -> None:
    ordered = sorted(lines, key=lambda line: line.sha256)
    assert list(fixity.manifest_lines(b"".join(line.encode() for line in ordered))) == ordered


@given(st.binary(max_size=400))
def test_bytes_from_outside_raise_nothing_but_the_declared_error(untrusted: bytes) -> None:
    for read in (fixity.decode_report, fixity.decode_digest, lambda data: list(fixity.manifest_lines(data))):
        try:
            read(untrusted)
        except RecordError:
            continue


def test_the_forms_are_pinned() -> None:
    """Whoever changes these makes signed records unreadable; a later form needs another number in `type`."""
    report, digest = (canonical.loads(fixity.encode(record)) for record in (REPORT, DIGEST))
    assert isinstance(report, dict)
    assert isinstance(digest, dict)
    assert (report["type"], digest["type"]) == ("fixity-report/1", "digest-record/1")
    names = "bytes closed findings log manifest never objects oldest opened per_hour policy_days read record run signer"
    assert set(report) == {*names.split(), "software", "sound", "type", "within"}
    names = "algorithm bytes checked digest item log receipt record sha256 signer software type"
    assert set(digest) == set(names.split())
    assert Line("a" * 64, Condition.SOUND, 12, TIME).encode() == b"a" * 64 + b" sound 12 2026-05-14T10:00:00.000Z\n"


Change = Callable[[dict[str, JsonValue]], object]
REFUSED: dict[str, Change] = {
    "another type": lambda value: value.update(type="fixity-report/2"),
    "an unknown key": lambda value: value.update(more=1),
    "a missing key": lambda value: value.pop("manifest"),
    "a finding too many": lambda value: value.update(read=2),
    "failures without findings": lambda value: value.update(findings=[]),
    "more within than there are": lambda value: value.update(within=9),
    "a short digest": lambda value: value.update(manifest="ab"),
    "a time of another form": lambda value: value.update(closed="2026-05-14"),
    "a negative number": lambda value: value.update(bytes=-1),
    "a sound finding": lambda value: value["findings"][0].update(condition="sound"),  # type: ignore[index,union-attr]
}


@pytest.mark.parametrize("change", REFUSED.values(), ids=REFUSED.keys())
def test_another_form_is_refused(change: Change) -> None:
    value = canonical.loads(fixity.encode(REPORT))
    assert isinstance(value, dict)
    change(value)
    with pytest.raises(RecordError):
        fixity.decode_report(canonical.dumps(value))


@pytest.mark.parametrize(
    "manifest",
    [
        b"a" * 64 + b" sound 1 " + TIME.encode(),
        b"a" * 64 + b" fine 1 " + TIME.encode() + b"\n",
        b"a" * 64 + b" sound 01 " + TIME.encode() + b"\n",
        b"a" * 64 + b" sound 1\n",
        b"\n",
        b"b" * 64 + b" sound 1 " + TIME.encode() + b"\n" + b"a" * 64 + b" sound 1 " + TIME.encode() + b"\n",
        2 * (b"a" * 64 + b" sound 1 " + TIME.encode() + b"\n"),
    ],
)
def test_a_manifest_of_another_form_is_refused(manifest: bytes) -> None:
    with pytest.raises(RecordError):
        list(fixity.manifest_lines(manifest))


def test_a_digest_of_another_length_than_its_algorithm_is_refused() -> None:
    with pytest.raises(RecordError):
        fixity.encode(dataclasses.replace(DIGEST, algorithm=Algorithm.SHA3_256))
