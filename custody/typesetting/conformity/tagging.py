"""The structure of a tagged file: its tree agrees with the content of every page, in both directions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pikepdf

from custody.typesetting.conformity import elements
from custody.typesetting.conformity.content import Marks
from custody.typesetting.conformity.findings import Findings, place_of, shown

_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_MOST: Final = 5_000_000
_BITS: Final = 24


class Owner(NamedTuple):
    """An element by its number and its role."""

    objgen: tuple[int, int]
    role: str


@dataclass
class Tree:
    """What the structure says of pages and annotations, to be compared with them."""

    content: dict[int, int] = field(default_factory=dict)
    """By number of the page's object and of the marked content: the number of the element that names it."""
    annotations: dict[tuple[int, int], Owner] = field(default_factory=dict)
    parents: dict[int, Any] = field(default_factory=dict)
    keys: set[int] = field(default_factory=set)

    def owner(self, key: Any) -> Any:
        """What the parent tree has under a key, which is then taken."""
        if not isinstance(key, int):
            return None
        self.keys.add(key)
        return self.parents.get(key)


def read(pdf: Any, findings: Findings) -> Tree:
    """Read the whole tree, noting its own faults."""
    tree = Tree()
    catalogue = pdf.Root
    if catalogue.get("/MarkInfo", {}).get("/Marked") is not True:
        findings.access("6.2", "catalogue", "does not say that the file is tagged (/MarkInfo)")
    language = str(catalogue.get("/Lang", ""))
    if not _LANGUAGE.fullmatch(language):
        findings.access("7.2", "catalogue", f"has no language ({shown(language)!r})")
    if catalogue.get("/ViewerPreferences", {}).get("/DisplayDocTitle") is not True:
        findings.access("7.1", "catalogue", "does not ask for its title to be shown (/DisplayDocTitle)")
    root = catalogue.get("/StructTreeRoot")
    if not isinstance(root, pikepdf.Dictionary):
        findings.access("7.1", "catalogue", "has no structure (/StructTreeRoot)")
        return tree
    with findings.reading("6.1.3", "parent tree"):
        tree.parents.update(_numbered(root.get("/ParentTree")))
    with findings.reading("6.1.3", "structure"):
        _walk(root, tree, findings)
    return tree


def _numbered(root: Any) -> Iterator[tuple[int, Any]]:
    """Keys and values of a number tree (ISO 32000-1, 7.9.7)."""
    pending, seen = [root], 0
    while pending and seen < _MOST:
        node = pending.pop()
        seen += 1
        if not isinstance(node, pikepdf.Dictionary):
            continue
        pairs = list(node.get("/Nums", []))
        yield from zip(pairs[::2], pairs[1::2], strict=False)
        pending += list(node.get("/Kids", []))


def _walk(root: Any, tree: Tree, findings: Findings) -> None:
    roles = elements.Roles(root.get("/RoleMap"), findings)
    pending: list[tuple[Any, Any, Any]] = [(kid, root, None) for kid in reversed(elements.kids(root))]
    seen: set[tuple[int, int]] = set()
    while pending:
        kid, parent, page = pending.pop()
        if isinstance(kid, int):
            _name_content(tree, page, kid, parent, findings)
        elif not isinstance(kid, pikepdf.Dictionary):
            findings.format("14.7.2", place_of(parent), "holds something that is no element")
        elif kid.get("/Type") == "/MCR":
            _name_content(tree, kid.get("/Pg", page), kid.get("/MCID"), parent, findings)
        elif kid.get("/Type") == "/OBJR":
            tree.annotations[kid["/Obj"].objgen] = Owner(parent.objgen, roles.of(parent))
        elif kid.objgen in seen:
            findings.format("14.7.2", place_of(kid), "stands in the structure twice")
        else:
            seen.add(kid.objgen)
            if kid.get("/P", kid).objgen != parent.objgen:
                findings.format("14.7.2", place_of(kid), "names another parent than that it stands in")
            below = elements.kids(kid)
            roles.check(kid, parent, below)
            own = kid.get("/Pg", page)
            pending += [(one, kid, own) for one in reversed(below)]


def _name_content(tree: Tree, page: Any, mcid: Any, element: Any, findings: Findings) -> None:
    if not isinstance(page, pikepdf.Dictionary) or not isinstance(mcid, int):
        findings.format("14.7.4.2", place_of(element), "names marked content without its page or number")
        return
    place = page.objgen[0] << _BITS | mcid
    if place in tree.content:
        findings.format("14.7.4.2", place_of(element), f"names the marked content {mcid}, as another element does")
    tree.content[place] = element.objgen[0]


def check_page(tree: Tree, page: Any, marks: Marks, where: str, findings: Findings) -> None:
    """Every marked content of a page has one element, and the tree names no other there."""
    key = page.get("/StructParents")
    if key is None:
        if marks.mcids:
            findings.format("14.7.4.4", where, "has marked content and no key to the parent tree (/StructParents)")
        return
    if key in tree.keys:
        findings.format("14.7.4.4", where, f"has the key {shown(key)} of another page")
    listed = tree.owner(key)
    owners = list(listed) if isinstance(listed, pikepdf.Array) else []
    for mcid in sorted(marks.mcids):
        named = tree.content.pop(page.objgen[0] << _BITS | mcid, None)
        owner = owners[mcid] if 0 <= mcid < len(owners) else None
        if named is None:
            findings.access("7.1", where, f"its marked content {mcid} stands in no element")
        if not isinstance(owner, pikepdf.Dictionary) or owner.objgen[0] != named:
            findings.format("14.7.4.4", where, f"the parent tree does not lead from {mcid} to its element")
    for mcid, owner in enumerate(owners):
        if owner is not None and mcid not in marks.mcids:
            findings.format("14.7.4.4", where, f"the parent tree names {mcid}, which is not there")


def check_rest(tree: Tree, findings: Findings) -> None:
    """What the tree names and no page has."""
    for place, element in tree.content.items():
        mcid = place & (1 << _BITS) - 1
        findings.format("14.7.4.2", f"object {element}", f"names the marked content {mcid}, which is on no page")
    for key in sorted(set(tree.parents) - tree.keys):
        findings.format("14.7.4.4", "parent tree", f"has the key {key}, which nothing uses")
