"""Certificates about the records and the copying, by law: the software fills them, a person reads and signs.

The house's own texts are version 1 of each; a case may write its own, which `faults_of` has to accept. What only the
person knows is left as a blank. A lawyer checks the words before anybody signs.
"""

from testimony.core.certificates.facts import BLANK, PLACES, Facts
from testimony.core.certificates.filling import AFFIRMED, Form, Own, certificates, form_of, read_form
from testimony.core.certificates.house import house_text, kinds_under, under
from testimony.core.certificates.texts import (
    LANGUAGES,
    MOST_PARAGRAPHS,
    MOST_SIGNS,
    REQUIRED,
    TITLE_SIGNS,
    CertificateError,
    Fault,
    FaultKind,
    Kind,
    Piece,
    Text,
    faults_of,
    fill,
    paragraphs_of,
    pieces,
)

__all__ = [
    "AFFIRMED",
    "BLANK",
    "LANGUAGES",
    "MOST_PARAGRAPHS",
    "MOST_SIGNS",
    "PLACES",
    "REQUIRED",
    "TITLE_SIGNS",
    "CertificateError",
    "Facts",
    "Fault",
    "FaultKind",
    "Form",
    "Kind",
    "Own",
    "Piece",
    "Text",
    "certificates",
    "faults_of",
    "fill",
    "form_of",
    "house_text",
    "kinds_under",
    "paragraphs_of",
    "pieces",
    "read_form",
    "under",
]
