"""Fixed keys, certificates and records, so that tests can pin exact bytes."""

from datetime import UTC, datetime

from cryptography.hazmat.primitives.asymmetric import ec

from custody.core import authority, cades
from custody.core.receipts import (
    BatchRecord,
    Derived,
    ExaminationRecord,
    ExaminationState,
    IngestRecord,
    Original,
    Received,
    Software,
    Source,
    Tool,
)

ORIGIN = "amana.example/ledger"
VALIDITY = (datetime(2025, 1, 1, tzinfo=UTC), datetime(2035, 1, 1, tzinfo=UTC))
NOW = datetime(2026, 3, 1, 12, 0, 0, tzinfo=UTC)

ROOT_KEY = ec.derive_private_key(1001, ec.SECP256R1())
SIGNER_KEY = ec.derive_private_key(1002, ec.SECP256R1())
OTHER_ROOT_KEY = ec.derive_private_key(1003, ec.SECP256R1())
OTHER_SIGNER_KEY = ec.derive_private_key(1004, ec.SECP256R1())

ROOT = authority.build_root(private_key=ROOT_KEY, name="Amana test authority", serial=1, validity=VALIDITY)
# The same name: only the key tells the two authorities apart.
OTHER_ROOT = authority.build_root(private_key=OTHER_ROOT_KEY, name="Amana test authority", serial=1, validity=VALIDITY)
SIGNER = authority.build_signer(
    root=ROOT,
    root_key=ROOT_KEY,
    public_key=SIGNER_KEY.public_key(),
    name="Amana test registrar",
    serial=2**158 + 1,
    validity=VALIDITY,
)
SECOND_SIGNER = authority.build_signer(
    root=ROOT,
    root_key=ROOT_KEY,
    public_key=OTHER_SIGNER_KEY.public_key(),
    name="Amana second registrar",
    serial=3,
    validity=VALIDITY,
)
OTHER_SIGNER = authority.build_signer(
    root=OTHER_ROOT,
    root_key=OTHER_ROOT_KEY,
    public_key=OTHER_SIGNER_KEY.public_key(),
    name="Amana test registrar",
    serial=2,
    validity=VALIDITY,
)
ASSEMBLER = cades.Assembler(SIGNER)
FINGERPRINT = authority.fingerprint(SIGNER)

SOFTWARE = Software(name="amana", version="0.1.0", commit="0123456789abcdef")

INGEST = IngestRecord(
    record="8c5b1df8-0000-4000-8000-000000000001",
    item="8c5b1df8-0000-4000-8000-000000000002",
    ern="AMN-SYR-0000-0001",
    original=Original(bytes=5, sha256="11" * 32, sha512="22" * 64, name="33" * 32),
    received=Received(
        time="2026-03-01T12:00:00.000Z",
        channel="cli",
        account="8c5b1df8-0000-4000-8000-000000000003",
        source_digest="md5:" + "44" * 16,
        match=True,
    ),
    source=Source(collection="8c5b1df8-0000-4000-8000-000000000004", party="p-1", prior_custody=("c-1", "c-2")),
    batch="8c5b1df8-0000-4000-8000-000000000005",
    software=SOFTWARE,
    log=ORIGIN,
    signer=FINGERPRINT,
    duplicate_of="8c5b1df8-0000-4000-8000-000000000006",
)
BATCH = BatchRecord(
    record="8c5b1df8-0000-4000-8000-000000000011",
    batch="8c5b1df8-0000-4000-8000-000000000005",
    case="8c5b1df8-0000-4000-8000-000000000012",
    collection="8c5b1df8-0000-4000-8000-000000000004",
    seen=4,
    stored=2,
    duplicate=1,
    refused=1,
    items="55" * 32,
    opened="2026-03-01T12:00:00.000Z",
    closed="2026-03-01T12:05:00.000Z",
    software=SOFTWARE,
    log=ORIGIN,
    signer=FINGERPRINT,
    first_ern="AMN-SYR-0000-0001",
    last_ern="AMN-SYR-0000-0003",
    void_erns=("AMN-SYR-0000-0004",),
)
EXAMINATION = ExaminationRecord(
    record="8c5b1df8-0000-4000-8000-000000000021",
    item="8c5b1df8-0000-4000-8000-000000000002",
    original="11" * 32,
    examined="2026-03-01T12:10:00.000Z",
    tool=Tool(name="amana-examine", version="1"),
    state=ExaminationState.READ,
    claims={"exif.DateTimeOriginal": "2013:05:01 10:00:00", "exif.Make": "كاميرا"},
    derived=(Derived(kind="thumbnail", sha256="66" * 32, bytes=900, media_type="image/webp"),),
    software=SOFTWARE,
    log=ORIGIN,
    signer=FINGERPRINT,
    media_type="image/jpeg",
    note="two lines\nof text",
)
