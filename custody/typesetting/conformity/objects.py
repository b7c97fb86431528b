"""What no object of an archive file may hold: actions that run, transparency, foreign filters, unprofiled inks."""

from collections.abc import Iterator
from typing import Any, Final

import pikepdf

from custody.typesetting.conformity.findings import Findings, place_of, shown

_ACTIONS: Final = frozenset(
    {
        "/GoTo3DView",
        "/Hide",
        "/ImportData",
        "/JavaScript",
        "/Launch",
        "/Movie",
        "/Rendition",
        "/ResetForm",
        "/SetOCGState",
        "/Sound",
        "/Trans",
    }
)
_BLENDS: Final = ("/Normal", "/Compatible")
_FILTERS: Final = frozenset({"/LZWDecode", "/LZW", "/Crypt"})
_DEEPEST: Final = 40
_SPACE: Final = 5  # parts of a colour space, at most


def check(pdf: Any, findings: Findings, *, cmyk: bool) -> None:
    """Look at every dictionary of the file once; `cmyk` where the file is meant for these inks."""
    catalogue = pdf.Root
    for key in ("/OpenAction", "/AA"):
        if key in catalogue:
            findings.archive("6.5.2", "catalogue", f"has {key}")
    if "/JavaScript" in catalogue.get("/Names", {}):
        findings.archive("6.5.1", "catalogue", "names scripts")
    form = catalogue.get("/AcroForm", {})
    if form.get("/NeedAppearances") is True or "/XFA" in form:
        findings.archive("6.4.1", "form", "has its look made by the reader of the file")
    for thing in pdf.objects:
        for dictionary in _dictionaries(thing):
            _check(dictionary, place_of(thing), findings)
            if not cmyk and any(_is_cmyk(value) for value in dictionary.values()):
                message = "has colours in CMYK, for which the file has no output intent"
                findings.archive("6.2.4.3", place_of(thing), message)


def _dictionaries(thing: Any) -> Iterator[Any]:
    """The dictionaries in one indirect object, without those that have a number of their own."""
    pending = [(thing, 0)]
    while pending:
        one, depth = pending.pop()
        if depth > _DEEPEST:
            continue
        if isinstance(one, pikepdf.Dictionary | pikepdf.Stream):
            yield one
            kids: Any = one.values()
        elif isinstance(one, pikepdf.Array):
            kids = one
        else:
            continue
        for kid in kids:
            if isinstance(kid, pikepdf.Dictionary | pikepdf.Array) and not kid.is_indirect:
                pending.append((kid, depth + 1))  # noqa: PERF401  (it grows while it is walked)


def _is_cmyk(space: Any) -> bool:
    """Whether a value is this colour space, or a space that rests on it."""
    if isinstance(space, pikepdf.Array):
        return len(space) <= _SPACE and any(part == "/DeviceCMYK" for part in space)
    return isinstance(space, pikepdf.Name) and space == "/DeviceCMYK"


def _check(one: Any, where: str, findings: Findings) -> None:
    keys = set(one.keys())
    if "/JS" in keys:
        findings.archive("6.5.1", where, "holds a script")
    if "/AA" in keys:
        findings.archive("6.5.2", where, "acts when something happens to it (/AA)")
    if "/S" in keys and "/P" not in keys and str(one["/S"]) in _ACTIONS:
        findings.archive("6.5.1", where, f"holds the action {shown(one['/S'])}")
    _check_transparency(one, keys, where, findings)
    if isinstance(one, pikepdf.Stream):
        _check_stream(one, keys, where, findings)


def _check_transparency(one: Any, keys: set[str], where: str, findings: Findings) -> None:
    """Allowed by the standard with care; files of ours do without."""
    if "/Group" in keys and one["/Group"].get("/S") == "/Transparency":
        findings.archive("6.2.10", where, "has a transparency group")
    if "/SMask" in keys and one["/SMask"] != "/None":
        findings.archive("6.2.10", where, "has a soft mask")
    is_state = one.get("/Type") == "/ExtGState" or bool(keys & {"/BM", "/ca"})
    if not is_state:
        return
    if "/BM" in keys and one["/BM"] not in _BLENDS:
        findings.archive("6.2.10", where, "has a blend mode")
    if any(key in keys and one[key] != 1 for key in ("/CA", "/ca")):
        findings.archive("6.2.10", where, "is not opaque")
    if "/TR" in keys or ("/TR2" in keys and one["/TR2"] != "/Default"):
        findings.archive("6.2.5", where, "has a transfer function")


def _check_stream(one: Any, keys: set[str], where: str, findings: Findings) -> None:
    if keys & {"/F", "/FFilter", "/FDecodeParms"}:
        findings.archive("6.1.7.1", where, "keeps its bytes in another file")
    packed = one.get("/Filter")
    filters = {str(each) for each in packed} if isinstance(packed, pikepdf.Array) else {str(packed)}
    if filters & _FILTERS:
        findings.archive("6.1.7.2", where, "is packed with a filter that is not allowed")
    kind = one.get("/Subtype")
    if kind == "/Image":
        if keys & {"/Alternates", "/OPI"} or one.get("/Interpolate") is True:
            findings.archive("6.2.8", where, "is a picture with others in its place, or one that is smoothed")
    elif kind == "/PS" or (kind == "/Form" and keys & {"/PS", "/Ref", "/OPI", "/Subtype2"}):
        findings.archive("6.2.9", where, "is drawn by something outside of the file")
