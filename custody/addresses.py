"""Parts of addresses that mean the same in every room: `<case:code>`, `<signed:part>`."""

from __future__ import annotations

from django.urls import register_converter
from django.urls.converters import StringConverter, get_converters


class CaseCode(StringConverter):
    """The code of a case, as the model allows it; anything else is no case and no other page either."""

    regex = "[A-Z0-9][A-Z0-9-]{0,31}"


class EvidenceNumber(StringConverter):
    """An evidence reference number."""

    regex = "[A-Z0-9][A-Z0-9-]{0,59}"


class SignedFile(StringConverter):
    """The two files of a signed record."""

    regex = r"record\.json(?:\.p7s)?"


def register() -> None:
    """Make the converters known; to be called by every `urls.py` that uses them."""
    for converter, name in ((CaseCode, "case"), (EvidenceNumber, "ern"), (SignedFile, "signed")):
        if name not in get_converters():
            register_converter(converter, name)
