"""What a document says of itself: readers show it as the title of their window, and signatures leave it changeable."""

from __future__ import annotations

import hashlib
from typing import Any, Final

# Here also for pyHanko, which loads it late, and takes a failure for a forbidden change: behind the walls of a confined
# reader its shared libraries are out of reach, and this module is loaded before them.
from lxml import etree

_NAMED: Final = ("/Title", "/Author", "/Subject", "/Keywords")
# The others may be written in another way by whoever signs: as attributes, or in another order.
_TERMS: Final = tuple(
    f"{{http://purl.org/dc/elements/1.1/}}{each}" for each in ("title", "creator", "description", "subject")
)


def words_of(revision: Any) -> tuple[list[str], list[str]]:
    """Title, author and subject, in both places, of a file or of one revision of it."""
    place = revision.trailer_view.get_value_as_reference("/Info", optional=True)
    # A subscript would follow the reference to what is there today.
    info = revision.get_object(place) if place else {}
    named = [f"{name} {info[name]}" for name in _NAMED if name in info]
    if "/Metadata" not in revision.root:
        return named, []
    parser = etree.XMLParser(resolve_entities=False, no_network=True, encoding="utf-8")
    # A subscript would make another kind of stream of it, which no older revision can be read from any more.
    content = revision.root.raw_get("/Metadata").get_object().data
    try:
        told = etree.fromstring(content, parser=parser)
    except etree.LxmlError:
        # Nobody can say what it tells: then any other bytes tell something else.
        return named, [hashlib.sha256(content).hexdigest()]
    return named, [f"{term} {' '.join(each.itertext()).split()}" for term in _TERMS for each in told.iter(term)]
