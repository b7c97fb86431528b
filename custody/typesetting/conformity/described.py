"""What a file says of itself: encryption, identifier, output intent, XMP and information dictionary."""

from datetime import UTC, datetime
from typing import Any, Final

import pikepdf

from custody.typesetting.conformity.findings import Findings, shown
from custody.typesetting.conformity.streams import decoded

_SAME: Final = {
    "/Title": "dc:title",
    "/Author": "dc:creator",
    "/Subject": "dc:description",
    "/Keywords": "pdf:Keywords",
    "/Creator": "xmp:CreatorTool",
    "/Producer": "pdf:Producer",
}
_SAME_TIME: Final = {"/CreationDate": "xmp:CreateDate", "/ModDate": "xmp:ModifyDate"}
_COMPONENTS: Final = {b"GRAY": 1, b"RGB ": 3, b"CMYK": 4}
_VERSION_4: Final = 4


def check(pdf: Any, findings: Findings) -> None:
    """Everything that stands once in a file."""
    if pdf.is_encrypted:
        findings.archive("6.1.3", "trailer", "the file is encrypted")
    identifier = pdf.trailer.get("/ID")
    if not isinstance(identifier, pikepdf.Array) or len(identifier) != 2:
        findings.archive("6.1.3", "trailer", "has no /ID")
    with findings.reading("6.2.3", "output intent"):
        _check_intent(pdf, findings)
    with findings.reading("6.6.2", "metadata"):
        _check_metadata(pdf, findings)


def intended(pdf: Any) -> int:
    """Number of colour components of the profile that the file is meant for; 0 without one."""
    intents = pdf.Root.get("/OutputIntents")
    if not isinstance(intents, pikepdf.Array):
        return 0
    for intent in intents:
        profile = intent.get("/DestOutputProfile") if isinstance(intent, pikepdf.Dictionary) else None
        if isinstance(profile, pikepdf.Stream) and intent.get("/S") == "/GTS_PDFA1":
            count = profile.get("/N")
            return count if isinstance(count, int) else 0
    return 0


def _check_intent(pdf: Any, findings: Findings) -> None:
    intents = [intent for intent in pdf.Root.get("/OutputIntents", []) if intent.get("/S") == "/GTS_PDFA1"]
    if len(intents) != 1:
        findings.archive("6.2.3", "catalogue", f"has {len(intents)} output intents for PDF/A instead of one")
        return
    profile = intents[0].get("/DestOutputProfile")
    if not isinstance(profile, pikepdf.Stream):
        findings.archive("6.2.3", "output intent", "has no profile")
        return
    head = decoded(profile)[:128]
    count = _COMPONENTS.get(head[16:20])
    if len(head) < 128 or head[36:40] != b"acsp" or head[8] > _VERSION_4 or head[12:16] not in (b"mntr", b"prtr"):
        findings.archive("6.2.3", "output intent", "holds no ICC profile of a screen or a printer")
    elif count is None or profile.get("/N") != count:
        findings.archive("6.2.3", "output intent", f"/N is {shown(profile.get('/N'))}, the profile has {count}")
    elif count != 3:
        findings.archive("6.2.3", "output intent", "is not one for red, green and blue")


def _check_metadata(pdf: Any, findings: Findings) -> None:
    stream = pdf.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        findings.archive("6.6.2.1", "catalogue", "has no metadata stream")
        return
    if "/Filter" in stream:
        findings.archive("6.6.2.1", "metadata", "is compressed")
    raw = stream.read_raw_bytes()
    head = raw[: raw.find(b"?>") + 2]
    if not head.startswith(b"<?xpacket begin=") or b" bytes=" in head or b" encoding=" in head:
        findings.archive("6.6.2.1", "metadata", "does not begin with the head of an XMP packet")
    try:
        packet = pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False, strict=True)
        told = {name: packet.get(name) for name in (*_SAME.values(), *_SAME_TIME.values())}
        part, level = packet.get("pdfaid:part"), packet.get("pdfaid:conformance")
    except SyntaxError:  # what lxml raises for text that is no XML
        findings.archive("6.6.2.1", "metadata", "is not well-formed XML")
        return
    if (part, level) not in (("3", "U"), ("3", "A")):
        findings.archive("6.6.4", "metadata", f"names part {shown(part)}, level {shown(level)} instead of 3, U")
    if not told["dc:title"]:
        findings.access("7.1", "metadata", "has no dc:title")
    _compare(pdf.trailer.get("/Info"), told, findings)


def _compare(info: Any, told: dict[str, Any], findings: Findings) -> None:
    if info is None:
        return
    for key, name in (_SAME | _SAME_TIME).items():
        here, there = info.get(key), told[name]
        if isinstance(there, list):
            there = there[0] if len(there) == 1 else None if not there else "; ".join(map(str, there))
        same = _moment(here) == _moment(there) if key in _SAME_TIME else (str(here or "") == str(there or ""))
        if not same:
            findings.archive("6.6.3", f"{key} and {name}", f"differ: {shown(here)!r}, {shown(there)!r}")


def _moment(value: Any) -> datetime | str | None:
    """A time in either spelling; the value itself where it is none."""
    if value is None:
        return None
    text = str(value)
    plain = text.removeprefix("D:").replace("'", "")
    for form in ("%Y%m%d%H%M%S%z", "%Y-%m-%dT%H:%M:%S%z"):
        try:
            return datetime.strptime(plain, form).astimezone(UTC)
        except ValueError:
            continue
    return text
