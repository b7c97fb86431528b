"""The structure of a PDF beside its pages: what is a heading, a cell or a picture, in the order of reading.

Screen readers and tools that reflow a page follow this tree (ISO 32000-1, 14.7 and 14.8), not the places of letters.
What is drawn belongs to one of its elements or is an artifact: a running head, a rule, the ground of a row.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """Standard structure types (ISO 32000-1, 14.8.4)."""

    DOCUMENT = "Document"
    SECTION = "Sect"
    TITLE = "H1"
    HEADING = "H2"
    SUBHEADING = "H3"
    PARAGRAPH = "P"
    CAPTION = "Caption"
    LABEL = "Lbl"
    TABLE = "Table"
    ROW = "TR"
    HEAD = "TH"
    CELL = "TD"
    FIGURE = "Figure"
    LINK = "Link"


GROUPS: Final = frozenset({Role.DOCUMENT, Role.SECTION, Role.TABLE, Role.ROW})
"""What holds elements, and no text of its own."""
_ALWAYS_THERE: Final = frozenset({Role.HEAD, Role.CELL})  # an empty cell still counts in its row
_SHEET_BITS: Final = 16


class Annotation:
    """A place in the tree for an annotation, by its name among the objects and the key of its page."""

    __slots__ = ("name", "sheet")

    def __init__(self, name: str, sheet: int) -> None:
        self.name = name
        self.sheet = sheet


class Element:
    """One element. Small on purpose: a dossier of five hundred exhibits has some fifty thousand of them.

    `kids` holds elements, annotations, and numbers of marked content (see `marked`).
    """

    __slots__ = ("alt", "attributes", "columns", "kids", "lang", "number", "parent", "role")

    def __init__(
        self, role: Role, parent: "Element | None", lang: str = "", alt: str = "", attributes: str = ""
    ) -> None:
        self.role = role
        self.parent = parent
        self.lang = lang
        self.alt = alt
        self.attributes = attributes
        self.columns = 0
        self.number = 0
        self.kids: list[Element | Annotation | int] = []

    def elements(self) -> list["Element"]:
        """The elements right below this one that hold anything."""
        return [kid for kid in self.kids if isinstance(kid, Element) and (kid.kids or kid.role in _ALWAYS_THERE)]


class Thread:
    """What holds the parts of one block together that stand on several pages: they are one element."""

    __slots__ = ("element",)

    def __init__(self) -> None:
        self.element: Element | None = None


def marked(sheet: int, mcid: int) -> int:
    """Number of one marked content: the key of its page, and its place on it."""
    return sheet << _SHEET_BITS | mcid


def unmarked(number: int) -> tuple[int, int]:
    """Key of the page and place on it."""
    return number >> _SHEET_BITS, number & (1 << _SHEET_BITS) - 1


class Structure:
    """The tree of one document while its pages are drawn; `lang` is the language of the document."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.root = Element(Role.DOCUMENT, None)
        self.owners: list[list[Element] | Element] = []
        """By key: the elements of a page in the order of its marked content, or the one element of an annotation."""
        self._section = self.root
        self._open: list[Element] = []
        self._hidden = 0
        self._noticed: list[Element] | None = None

    @property
    def current(self) -> Element | None:
        """The element that is being drawn, or None for an artifact."""
        if self._hidden:
            return None
        return self._open[-1] if self._open else self._section

    def new_sheet(self) -> int:
        """Key of a page that is begun."""
        self.owners.append([])
        return len(self.owners) - 1

    def mark(self, element: Element, sheet: int) -> int:
        """Note that a stretch of a page belongs to an element and return its number on the page."""
        owners = self.owners[sheet]
        if isinstance(owners, Element):  # keys of annotations are never drawn on
            raise TypeError(f"key {sheet} is that of an annotation")
        if self._noticed is not None and element.role is not Role.FIGURE and element not in self._noticed:
            self._noticed.append(element)
        element.kids.append(marked(sheet, len(owners)))
        owners.append(element)
        return len(owners) - 1

    def begin_section(self) -> None:
        """What is drawn from now on stands in a section of its own."""
        self._section = self._add(Role.SECTION, self.root)

    @contextmanager
    def noticing(self) -> Iterator[list[Element]]:
        """A list to which the elements of the texts are added that are drawn here."""
        found: list[Element] = []
        self._noticed = found
        try:
            yield found
        finally:
            self._noticed = None

    @contextmanager
    def artifact(self) -> Iterator[None]:
        """What is drawn here says nothing that is not said elsewhere."""
        self._hidden += 1
        try:
            yield
        finally:
            self._hidden -= 1

    @contextmanager
    def element(
        self, role: Role, *, lang: str = "", alt: str = "", attributes: str = "", thread: Thread | None = None
    ) -> Iterator[Element | None]:
        """What is drawn here stands in a new element, or in that of the earlier part of the same thread.

        Inside an artifact there is none.
        """
        parent = self.current
        if parent is None:
            yield None
            return
        element = thread.element if thread else None
        if element is None:
            element = self._add(role, parent, self._other(lang, parent), alt, attributes)
        if thread:
            thread.element = element
        self._open.append(element)
        try:
            yield element
        finally:
            self._open.pop()

    @contextmanager
    def row(self, columns: int, *, heads: bool, thread: Thread | None = None) -> Iterator[None]:
        """A row of a table: the one that is open, or the one right before, or a new one where neither fits."""
        parent = self.current
        if parent is None or parent.role is Role.TABLE or (thread and thread.element):
            with self.element(Role.ROW, thread=thread):
                yield
            return
        table = Thread()
        last = parent.kids[-1] if parent.kids else None
        if isinstance(last, Element) and last.role is Role.TABLE and last.columns == columns and not heads:
            table.element = last
        with self.element(Role.TABLE, thread=table) as opened, self.element(Role.ROW, thread=thread):
            if opened is not None:
                opened.columns = columns
            yield

    def link(self, name: str, sheet: int, text: Element | None) -> int:
        """Make an annotation belong to the text that leads to it, and return its key. Without any it stands alone."""
        link = self._linked(text)
        link.kids.append(Annotation(name, sheet))
        self.owners.append(link)
        return len(self.owners) - 1

    def _linked(self, text: Element | None) -> Element:
        if text is None or text.parent is None:
            return self._add(Role.LINK, self._add(Role.PARAGRAPH, self.current or self._section))
        if text.role is Role.LINK:
            return text
        # What was marked keeps its element, which becomes the link inside a new one of the old role.
        outer = Element(text.role, text.parent, text.lang, text.alt, text.attributes)
        text.parent.kids[text.parent.kids.index(text)] = outer
        outer.kids.append(text)
        text.role, text.parent, text.lang, text.attributes = Role.LINK, outer, "", ""
        return text

    def _other(self, lang: str, parent: Element) -> str:
        """The language where it differs from what stands around."""
        around: Element | None = parent
        while around is not None and not around.lang:
            around = around.parent
        return lang if lang != (around.lang if around is not None else self.lang) else ""

    @staticmethod
    def _add(role: Role, parent: Element, lang: str = "", alt: str = "", attributes: str = "") -> Element:
        element = Element(role, parent, lang, alt, attributes)
        parent.kids.append(element)
        return element
