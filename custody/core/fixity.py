"""Two signed records about stored bytes in later years: what a sweep read back, and a digest of a newer algorithm.

Written, read and signed as the records in `receipts`: canonical JSON, signed as the bytes that stand on disk. They name
objects by digest, never a file, a person or a case. The **manifest** of a sweep is text, one line for each object read,
sorted: its SHA-256, condition, bytes read and time, parted by one space; the report holds the SHA-256 of the whole.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from custody.core import canonical
from custody.core.canonical import JsonValue
from custody.core.errors import CanonicalError, RecordError
from custody.core.fields import ID, LOG, SHA256, TIME, Fields
from custody.core.receipts import Software, read_software

REPORT_TYPE: Final = "fixity-report/1"
DIGEST_TYPE: Final = "digest-record/1"
MAX_RECORD_BYTES: Final = 1024 * 1024
MAX_FINDINGS: Final = 1000
MAX_MANIFEST_BYTES: Final = 1024 * 1024 * 1024

_HEX: Final = re.compile(r"[0-9a-f]{32,256}")


class Condition(StrEnum):
    """What a reading found: the same bytes, other bytes, none, none readable, or a record that does not hold."""

    SOUND = "sound"
    DAMAGED = "damaged"
    MISSING = "missing"
    UNREADABLE = "unreadable"
    RECORD = "record"


class Algorithm(StrEnum):
    """What a digest may be added in, by its name in the record; the values are those of the standard (FIPS 202)."""

    SHA3_256 = "sha3-256"
    SHA3_512 = "sha3-512"

    @property
    def digits(self) -> int:
        """Length of a digest in hex."""
        return {Algorithm.SHA3_256: 64, Algorithm.SHA3_512: 128}[self]


_CONDITION: Final = re.compile("|".join(Condition))
_ALGORITHM: Final = re.compile("|".join(Algorithm))


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One object that was not found as it should be; `found` is the SHA-256 that the stored bytes give now."""

    sha256: str
    condition: Condition
    read: str
    found: str | None = None


@dataclass(frozen=True, kw_only=True)
class FixityReport:
    """What one sweep read, and how the whole stood when it ended.

    `per_hour` is the budget in bytes (0: by hand, without one), `objects` all that there are, `never` those that no
    sweep has read yet, `within` those read within `policy_days`, `oldest` the oldest reading. `read` = sound + failed
    objects of this sweep; `findings` names failed ones, at most 1000, the manifest all.
    """

    record: str
    run: str
    opened: str
    closed: str
    per_hour: int
    policy_days: int
    objects: int
    never: int
    within: int
    read: int
    sound: int
    bytes: int
    manifest: str
    findings: tuple[Finding, ...]
    software: Software
    log: str
    signer: str
    oldest: str | None = None

    @property
    def failed(self) -> int:
        """How many of the objects read were not as recorded."""
        return self.read - self.sound


@dataclass(frozen=True, kw_only=True)
class DigestRecord:
    """A digest of a newer algorithm, taken in the one reading that found the old digests to be right.

    `receipt` is the SHA-256 of the ingest record whose digests were compared.
    """

    record: str
    item: str
    receipt: str
    bytes: int
    sha256: str
    algorithm: Algorithm
    digest: str
    checked: str
    software: Software
    log: str
    signer: str


@dataclass(frozen=True)
class Line:
    """One line of a manifest."""

    sha256: str
    condition: Condition
    size: int
    read: str

    def encode(self) -> bytes:
        """The line with its line feed."""
        return f"{self.sha256} {self.condition} {self.size} {self.read}\n".encode("ascii")


def manifest_lines(untrusted_manifest: bytes) -> Iterator[Line]:
    """The lines of a manifest, in their order. Raises RecordError for what is not of its form or not sorted."""
    if len(untrusted_manifest) > MAX_MANIFEST_BYTES or (untrusted_manifest and untrusted_manifest[-1:] != b"\n"):
        raise RecordError("the manifest is too large or ends inside a line")
    before = ""
    for number, raw in enumerate(untrusted_manifest.splitlines(), start=1):
        line = _line(raw, number)
        if line.sha256 <= before:
            raise RecordError(f"line {number} of the manifest is not in its order")
        before = line.sha256
        yield line


def _line(raw: bytes, number: int) -> Line:
    parts = raw.decode("ascii", "replace").split(" ")
    shapes = (SHA256, _CONDITION, re.compile(r"0|[1-9][0-9]{0,15}"), TIME)
    if len(parts) != len(shapes) or not all(shape.fullmatch(part) for shape, part in zip(shapes, parts, strict=True)):
        raise RecordError(f"line {number} of the manifest is not of its form")
    return Line(parts[0], Condition(parts[1]), int(parts[2]), parts[3])


def encode(record: FixityReport | DigestRecord) -> bytes:
    """The record's bytes, to be signed and kept; raises RecordError for what decoding would refuse."""
    value: dict[str, JsonValue] = {name: part for name, part in vars(record).items() if part is not None}
    value["software"] = dict(vars(record.software))
    if isinstance(record, FixityReport):
        value["type"] = REPORT_TYPE
        value["findings"] = [_plain(finding) for finding in record.findings]
    else:
        value |= {"type": DIGEST_TYPE, "algorithm": record.algorithm.value}
    try:
        data = canonical.dumps(value)
    except CanonicalError as error:
        raise RecordError("the record holds something that JSON cannot") from error
    read = decode_report if isinstance(record, FixityReport) else decode_digest
    if read(data) != record:
        raise RecordError("the record is not of its own form")
    return data


def _plain(finding: Finding) -> JsonValue:
    named = {"sha256": finding.sha256, "condition": finding.condition.value, "read": finding.read}
    return {**named, "found": finding.found} if finding.found else dict(named)


def decode_report(untrusted_data: bytes) -> FixityReport:
    """The report behind the bytes; anything unknown, missing, out of form or not adding up raises RecordError.

    It does not look at the signature: that is `cades.verify`, over the same bytes.
    """
    fields = _fields(untrusted_data, REPORT_TYPE)
    report = FixityReport(
        record=fields.text("record", ID),
        run=fields.text("run", ID),
        opened=fields.text("opened", TIME),
        closed=fields.text("closed", TIME),
        per_hour=fields.number("per_hour"),
        policy_days=fields.number("policy_days"),
        objects=fields.number("objects"),
        never=fields.number("never"),
        within=fields.number("within"),
        read=fields.number("read"),
        sound=fields.number("sound"),
        bytes=fields.number("bytes"),
        manifest=fields.text("manifest", SHA256),
        findings=tuple(_finding(each) for each in fields.objects("findings", at_most=MAX_FINDINGS)),
        software=read_software(fields.inner("software")),
        log=fields.text("log", LOG),
        signer=fields.text("signer", SHA256),
        oldest=fields.optional_text("oldest", TIME),
    )
    fields.end()
    if len(report.findings) != min(report.failed, MAX_FINDINGS):
        fields.refuse("has other findings than objects that failed")
    if report.never + report.within > report.objects:
        fields.refuse("has totals that do not add up")
    return report


def _finding(fields: Fields) -> Finding:
    finding = Finding(
        sha256=fields.text("sha256", SHA256),
        condition=Condition(fields.text("condition", _CONDITION)),
        read=fields.text("read", TIME),
        found=fields.optional_text("found", SHA256),
    )
    fields.end()
    if finding.condition is Condition.SOUND:
        fields.refuse("is a finding that finds nothing")
    return finding


def decode_digest(untrusted_data: bytes) -> DigestRecord:
    """The digest record behind the bytes; raises RecordError as `decode_report` does."""
    fields = _fields(untrusted_data, DIGEST_TYPE)
    record = DigestRecord(
        record=fields.text("record", ID),
        item=fields.text("item", ID),
        receipt=fields.text("receipt", SHA256),
        bytes=fields.number("bytes"),
        sha256=fields.text("sha256", SHA256),
        algorithm=Algorithm(fields.text("algorithm", _ALGORITHM)),
        digest=fields.text("digest", _HEX),
        checked=fields.text("checked", TIME),
        software=read_software(fields.inner("software")),
        log=fields.text("log", LOG),
        signer=fields.text("signer", SHA256),
    )
    fields.end()
    if len(record.digest) != record.algorithm.digits:
        fields.refuse("has a digest of another length than its algorithm gives")
    return record


def _fields(untrusted_data: bytes, kind: str) -> Fields:
    if len(untrusted_data) > MAX_RECORD_BYTES:
        raise RecordError("the record is too large")
    try:
        value = canonical.loads(untrusted_data)
    except CanonicalError as error:
        raise RecordError(f"the record is not canonical JSON: {error}") from error
    fields = Fields(value, what="record", error=RecordError)
    fields.constant("type", kind)
    return fields
