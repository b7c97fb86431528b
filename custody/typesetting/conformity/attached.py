"""Files inside a file (ISO 19005-3, 6.8)."""

from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from custody.typesetting.conformity.findings import Findings, shown

_RELATIONSHIPS: Final = ("/Source", "/Data", "/Alternative", "/Supplement", "/Unspecified")
_MOST: Final = 100_000


def check(pdf: Any, findings: Findings) -> None:
    """Each file is tied to the document, says what it is to it, and of what kind."""
    associated = [each for each in _listed(pdf.Root.get("/AF")) if isinstance(each, pikepdf.Dictionary)]
    numbers = {each.objgen for each in associated}
    named = list(_named(pdf.Root.get("/Names", {}).get("/EmbeddedFiles")))
    for specification in named:
        if specification.objgen not in numbers:
            where = f"attachment {shown(specification.get('/UF', ''))!r}"
            findings.archive("6.8", where, "is not in /AF of the catalogue")
    seen: set[tuple[int, int]] = set()
    for specification in [*named, *associated]:
        if specification.objgen in seen and specification.is_indirect:
            continue
        seen.add(specification.objgen)
        _check(specification, findings)


def _check(specification: Any, findings: Findings) -> None:
    where = f"attachment {shown(specification.get('/UF', ''))!r}"
    if not specification.get("/F") or not specification.get("/UF"):
        findings.archive("6.8", where, "has no name in /F and /UF")
    if specification.get("/AFRelationship") not in _RELATIONSHIPS:
        findings.archive("6.8", where, "does not say what it is to the document (/AFRelationship)")
    stream = specification.get("/EF", {}).get("/F")
    if not isinstance(stream, pikepdf.Stream):
        findings.archive("6.8", where, "holds no file")
        return
    if "/" not in str(stream.get("/Subtype", ""))[1:]:
        findings.archive("6.8", where, "has no media type")
    parameters = stream.get("/Params")
    if not isinstance(parameters, pikepdf.Dictionary) or "/ModDate" not in parameters or "/Size" not in parameters:
        findings.archive("6.8", where, "has no size and date in /Params")


def _named(root: Any) -> Iterator[Any]:
    """The file specifications that a name tree leads to."""
    pending, seen = [root], 0
    while pending and seen < _MOST:
        node = pending.pop()
        seen += 1
        if not isinstance(node, pikepdf.Dictionary):
            continue
        yield from (each for each in _listed(node.get("/Names"))[1::2] if isinstance(each, pikepdf.Dictionary))
        pending += _listed(node.get("/Kids"))


def _listed(thing: Any) -> list[Any]:
    return list(thing) if isinstance(thing, pikepdf.Array) else []
