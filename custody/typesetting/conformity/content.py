"""The content of pages, operator by operator: what is marked, with which numbers, and which codes each font draws."""

from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import pikepdf

from custody.typesetting.conformity.findings import Findings, shown
from custody.typesetting.conformity.streams import UnreadableStreamError, decoded, parts

_MOST_CONTENT: Final = 16 * 1024 * 1024
_MOST_NESTED: Final = 28  # ISO 19005-3, 6.1.13
_DEEPEST: Final = 20
_SHOWN: Final = frozenset({"Tj", "TJ", "'", '"'})
_PAINTED: Final = frozenset(["S", "s", "f", "F", "f*", "B", "B*", "b", "b*", "sh", "Do", "INLINE IMAGE", *_SHOWN])
_OTHERS: Final = frozenset(
    [
        "q",
        "Q",
        "cm",
        "w",
        "J",
        "j",
        "M",
        "d",
        "ri",
        "i",
        "gs",
        "m",
        "l",
        "c",
        "v",
        "y",
        "h",
        "re",
        "n",
        "W",
        "W*",
        "BT",
        "ET",
        "Tc",
        "Tw",
        "Tz",
        "TL",
        "Tf",
        "Tr",
        "Ts",
        "Td",
        "TD",
        "Tm",
        "T*",
        "d0",
        "d1",
        "CS",
        "cs",
        "SC",
        "SCN",
        "sc",
        "scn",
        "G",
        "g",
        "RG",
        "rg",
        "K",
        "k",
        "BMC",
        "BDC",
        "EMC",
        "MP",
        "DP",
        "BX",
        "EX",
    ]
)
_INKS: Final = frozenset({"K", "k"})


class _Frame(NamedTuple):
    """One stretch of marked content that is open."""

    mcid: int | None
    artifact: bool


@dataclass
class Marks:
    """What stands on one page: the numbers of its marked content."""

    mcids: set[int] = field(default_factory=set)


@dataclass
class _Walk:
    """State while one stream of operators is read."""

    where: str
    resources: Any
    marks: Marks
    covered: bool = False
    depth: int = 0
    frames: list[_Frame] = field(default_factory=list)
    font: tuple[Any, set[int]] | None = None
    saved: list[tuple[Any, set[int]] | None] = field(default_factory=list)
    bare: bool = False


class Contents:
    """Reads pages one after the other and remembers of them the codes that each font draws."""

    def __init__(self, findings: Findings, *, cmyk: bool) -> None:
        self._findings = findings
        self._cmyk = cmyk
        self._forms: set[tuple[int, int]] = set()
        self.fonts: dict[object, tuple[Any, set[int]]] = {}
        """By number of the object: a font, and the codes that are drawn with it."""

    def read(self, page: Any, where: str) -> Marks:
        """Read the content of a page. Raises ValueError for content that cannot be unpacked."""
        if sum(len(decoded(part)) for part in parts(page.get("/Contents"))) > _MOST_CONTENT:
            raise UnreadableStreamError("content larger than any that is read here")
        walk = _Walk(where, _inherited(page, "/Resources"), Marks())
        if "/Contents" in page:
            self._walk(page, walk)
        return walk.marks

    def read_form(self, form: Any, where: str, resources: Any = None, depth: int = 0) -> None:
        """Read a form: what an annotation shows, or what a page draws by name. Each is read once."""
        if form.objgen in self._forms or depth > _DEEPEST:
            return
        self._forms.add(form.objgen)
        if len(decoded(form)) > _MOST_CONTENT:
            raise UnreadableStreamError("content larger than any that is read here")
        self._walk(form, _Walk(where, form.get("/Resources", resources), Marks(), covered=True, depth=depth))

    def _walk(self, stream: Any, walk: _Walk) -> None:
        instructions: list[Any] = list(pikepdf.parse_content_stream(stream))
        for operands, operator in instructions:
            self._step(str(operator), operands, walk)
        if walk.frames:
            self._findings.format("14.6.1", walk.where, "marked content is not closed")
        if walk.bare:
            self._findings.access("7.1", walk.where, "something is drawn that is neither tagged nor an artifact")

    def _step(self, operator: str, operands: Any, walk: _Walk) -> None:
        if operator in _PAINTED:
            walk.bare = walk.bare or not (
                walk.covered or any(each.artifact or each.mcid is not None for each in walk.frames)
            )
            self._paint(operator, operands, walk)
        elif operator in ("BMC", "BDC"):
            self._open(operator, operands, walk)
        elif operator == "EMC":
            if not walk.frames:
                self._findings.format("14.6.1", walk.where, "marked content is closed that was not opened")
            walk.frames = walk.frames[:-1]
        elif operator in ("q", "Q", "Tf"):
            self._turn(operator, operands, walk)
        elif operator in _INKS or (operator in ("cs", "CS") and operands[0] == "/DeviceCMYK"):
            self._check_ink(walk)
        elif operator not in _OTHERS:
            self._findings.archive("6.2.2", walk.where, f"has the unknown operator {shown(operator)!r}")

    def _check_ink(self, walk: _Walk) -> None:
        if not self._cmyk:
            self._findings.archive("6.2.4.3", walk.where, "is drawn in CMYK, for which the file has no output intent")

    def _turn(self, operator: str, operands: Any, walk: _Walk) -> None:
        if operator == "q":
            walk.saved.append(walk.font)
            if len(walk.saved) == _MOST_NESTED + 1:
                self._findings.archive("6.1.13", walk.where, f"saves its state more than {_MOST_NESTED} times deep")
        elif operator == "Q":
            if not walk.saved:
                self._findings.format("8.4.2", walk.where, "restores a state that was not saved")
            walk.font = walk.saved.pop() if walk.saved else walk.font
        else:
            walk.font = self._font(operands[0], walk)

    def _font(self, name: Any, walk: _Walk) -> tuple[Any, set[int]] | None:
        fonts = walk.resources.get("/Font") if walk.resources is not None else None
        font = fonts.get(str(name)) if fonts is not None else None
        if not isinstance(font, pikepdf.Dictionary):
            self._findings.archive("6.2.2", walk.where, f"draws with the font {shown(name)}, which it does not list")
            return None
        key = font.objgen if font.is_indirect else (walk.where, str(name))
        return self.fonts.setdefault(key, (font, set()))

    def _open(self, operator: str, operands: Any, walk: _Walk) -> None:
        properties = operands[1] if operator == "BDC" and len(operands) > 1 else None
        if isinstance(properties, pikepdf.Name):
            listed = walk.resources.get("/Properties", {}) if walk.resources is not None else {}
            properties = listed.get(str(properties))
        mcid: Any = properties.get("/MCID") if isinstance(properties, pikepdf.Dictionary) else None
        artifact = operands[0] == "/Artifact"
        if isinstance(mcid, int):
            if walk.covered:
                self._findings.not_checked("numbers of marked content inside of forms")
            if mcid in walk.marks.mcids:
                self._findings.format("14.7.4.3", walk.where, f"has the marked content {mcid} twice")
            walk.marks.mcids.add(mcid)
        if artifact and any(each.mcid is not None for each in walk.frames):
            self._findings.access("7.1", walk.where, "has an artifact inside of tagged content")
        if isinstance(mcid, int) and any(each.artifact for each in walk.frames):
            self._findings.access("7.1", walk.where, "has tagged content inside of an artifact")
        walk.frames.append(_Frame(mcid if isinstance(mcid, int) else None, artifact))

    def _paint(self, operator: str, operands: Any, walk: _Walk) -> None:
        if operator in _SHOWN:
            self._show(operands[-1], walk)
        elif operator == "Do":
            drawn = walk.resources.get("/XObject", {}).get(str(operands[0])) if walk.resources is not None else None
            if not isinstance(drawn, pikepdf.Stream):
                self._findings.archive("6.2.2", walk.where, f"draws {shown(operands[0])}, which it does not list")
            elif drawn.get("/Subtype") == "/Form":
                self.read_form(drawn, walk.where, walk.resources, walk.depth + 1)
        elif operator == "INLINE IMAGE" and "CMYK" in str(operands[0].colorspace):
            self._check_ink(walk)

    def _show(self, text: Any, walk: _Walk) -> None:
        if walk.font is None:
            self._findings.archive("6.2.2", walk.where, "draws text without a font")
            return
        font, codes = walk.font
        size = 2 if font.get("/Subtype") == "/Type0" else 1
        pieces: list[Any] = list(text) if isinstance(text, pikepdf.Array) else [text]
        for data in (bytes(piece) for piece in pieces if isinstance(piece, pikepdf.String)):
            codes.update(int.from_bytes(data[at : at + size], "big") for at in range(0, len(data), size))


def _inherited(page: Any, key: str) -> Any:
    """An entry of a page, or of a node of the page tree that it stands under."""
    node = page
    for _ in range(_DEEPEST):
        if not isinstance(node, pikepdf.Dictionary) or key in node:
            break
        node = node.get("/Parent")
    return node.get(key) if isinstance(node, pikepdf.Dictionary) else None
