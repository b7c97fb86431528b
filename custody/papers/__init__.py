"""Printed papers in the look of the house: receipts, fingerprints, reports.

A paper is content (`Paper`); `compose` makes the PDF of it, the same bytes for the same content. The parts and the
pages below it are those of the dossier too.
"""

from custody.papers.composing import compose, write
from custody.papers.paper import Code, Column, Command, Digest, Drawing, Kind, Languages, Paper, Row, Section, Table
from custody.papers.words import Words, arabic_digits

__all__ = [
    "Code",
    "Column",
    "Command",
    "Digest",
    "Drawing",
    "Kind",
    "Languages",
    "Paper",
    "Row",
    "Section",
    "Table",
    "Words",
    "arabic_digits",
    "compose",
    "write",
]
