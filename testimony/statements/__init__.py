"""Statements: taken down as drafts, read back, sealed at once, and followed by later ones, never changed."""

from testimony.statements.sealing import (
    Opened,
    Taken,
    assert_identification,
    create_statement,
    find_statement,
    open_statement,
    seal_text,
    sign_receipt,
    statements_about,
)

__all__ = [
    "Opened",
    "Taken",
    "assert_identification",
    "create_statement",
    "find_statement",
    "open_statement",
    "seal_text",
    "sign_receipt",
    "statements_about",
]
