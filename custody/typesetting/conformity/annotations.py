"""Annotations: printed, seen, and told to those who hear the page."""

from typing import Any, Final

import pikepdf

from custody.typesetting.conformity.content import Contents
from custody.typesetting.conformity.findings import Findings, shown
from custody.typesetting.conformity.tagging import Tree

_FLAGS: Final = (4, 132)  # printed; printed and locked
_FORBIDDEN: Final = ("/3D", "/Sound", "/Screen", "/Movie", "/RichMedia")


def check(page: Any, tree: Tree, contents: Contents, where: str, findings: Findings) -> None:
    """All annotations of one page."""
    listed = page.get("/Annots")
    annotations = list(listed) if isinstance(listed, pikepdf.Array) else []
    if annotations and page.get("/Tabs") != "/S":
        findings.access("7.18.3", where, "does not have its annotations in the order of reading (/Tabs /S)")
    for annotation in annotations:
        kind = annotation.get("/Subtype")
        _check(annotation, kind, contents, f"{where}, {shown(kind)}", findings)
        if not _is_unseen(annotation):
            _check_tagged(annotation, kind, tree, f"{where}, {shown(kind)}", findings)
        else:
            tree.owner(annotation.get("/StructParent"))


def _check(annotation: Any, kind: Any, contents: Contents, where: str, findings: Findings) -> None:
    if kind in _FORBIDDEN:
        findings.archive("6.3.1", where, "is of a kind that is not allowed")
    if annotation.get("/F", 0) not in _FLAGS:
        findings.archive("6.3.2", where, f"has the flags {shown(annotation.get('/F', 0))} instead of 4 or 132")
    if kind == "/Widget" and "/A" in annotation:
        findings.archive("6.4.1", where, "acts when it is chosen")
    looks = annotation.get("/AP")
    if looks is None:
        if kind not in ("/Link", "/Popup") and not _is_unseen(annotation):
            findings.archive("6.3.3", where, "has no appearance of its own")
        return
    if set(looks.keys()) != {"/N"}:
        findings.archive("6.3.3", where, "looks different at times")
    normal = looks.get("/N")
    for form in normal.values() if isinstance(normal, pikepdf.Dictionary) else [normal]:
        if isinstance(form, pikepdf.Stream):
            contents.read_form(form, where)


def _check_tagged(annotation: Any, kind: Any, tree: Tree, where: str, findings: Findings) -> None:
    element = tree.annotations.get(annotation.objgen)
    if element is None:
        findings.access("7.18.1", where, "stands in no element of the structure (no OBJR)")
        return
    if kind == "/Link":
        if element.role != "/Link":
            findings.access("7.18.5", where, f"stands in {shown(element.role)} instead of a Link")
        if not annotation.get("/Contents"):
            findings.access("7.18.5", where, "has no description in /Contents")
    elif kind == "/Widget" and element.role != "/Form":
        findings.access("7.18.4", where, f"stands in {shown(element.role)} instead of a Form")
    key = annotation.get("/StructParent")
    owner = tree.owner(key)
    if not isinstance(owner, pikepdf.Dictionary) or owner.objgen != element.objgen:
        findings.format("14.7.4.4", where, "its /StructParent does not lead to the element it stands in")


def _is_unseen(annotation: Any) -> bool:
    """Whether it takes no room on the page, as the field of a signature does that is seen elsewhere."""
    corners = [float(corner) for corner in annotation.get("/Rect", [])]
    return len(corners) == 4 and corners[0] == corners[2] and corners[1] == corners[3]
