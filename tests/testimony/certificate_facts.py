"""Facts of an invented dossier."""

from testimony.core.certificates import Facts

FACTS = Facts(
    dossier="D-0007/3",
    case="RWB-04",
    exhibits=12,
    originals=4,
    copies=7,
    bytes=1_234_567,
    first="AMN-RWB-0000-0001",
    last="AMN-RWB-0000-0012",
    sources=("S-11",),
    earliest="2024-03-09 10:14:31",
    latest="2024-03-09 11:14:31",
    as_of="2026-11-20 16:40:12 UTC",
    origin="rawabi.example/ledger",
    entries=48210,
    root="ab" * 32,
    software="Amana 0.1.0",
    gaps=2,
    not_shown=1,
)
