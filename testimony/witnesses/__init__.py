"""Witnesses, under codes: the person sealed, the files that they gave, and each opening of what is theirs."""

from testimony.witnesses.people import (
    Identity,
    Particulars,
    change_particulars,
    create_witness,
    find_witness,
    open_identity,
    seal_identity,
    streams,
    subject,
    witnesses_of,
)

__all__ = [
    "Identity",
    "Particulars",
    "change_particulars",
    "create_witness",
    "find_witness",
    "open_identity",
    "seal_identity",
    "streams",
    "subject",
    "witnesses_of",
]
