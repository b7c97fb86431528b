"""What a file says of itself, twice and alike: in the information dictionary and as XMP (ISO 19005-3, 6.6)."""

import unicodedata
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any, Final, Literal, NamedTuple
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfdoc

from custody.typesetting.objects import Flow

Part = Literal[1, 3]
"""Part of ISO 19005. Papers are part 3, level U; part 1, level B, is for the one free checker that knows no other."""

_LEVELS: Final[dict[Part, str]] = {1: "B", 3: "U"}
_PACKET: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>{author}</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/">
<xmp:CreatorTool>{software}</xmp:CreatorTool>
<xmp:CreateDate>{moment}</xmp:CreateDate>
<xmp:ModifyDate>{moment}</xmp:ModifyDate>
<xmp:MetadataDate>{moment}</xmp:MetadataDate>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{software}</pdf:Producer>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>{part}</pdfaid:part>
<pdfaid:conformance>{level}</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


class About(NamedTuple):
    """What the file says of itself."""

    title: str
    author: str
    subject: str
    software: str
    language: str
    created: datetime

    def printable(self) -> "About":
        """The same without signs that XML cannot hold, so that both places say the same."""
        title, author, subject, software = (
            "".join(" " if unicodedata.category(sign) in ("Cc", "Cs", "Cn") else sign for sign in text)
            for text in self[:4]
        )
        return About(title, author, subject, software, self.language, self.created)


class Information(pdfdoc.PDFInfo):  # type: ignore[misc]  # ReportLab has no types
    """The information dictionary with the time of the content, not of the build."""

    def __init__(self, about: About) -> None:
        super().__init__()
        self._about = about

    def format(self, document: Any) -> bytes:
        about, moment = self._about, date_string(self._about.created)
        entries = {
            "Title": about.title,
            "Author": about.author,
            "Subject": about.subject,
            "Creator": about.software,
            "Producer": about.software,
            "CreationDate": moment,
            "ModDate": moment,
        }
        strings = {key: pdfdoc.PDFString(value) for key, value in entries.items()}
        return bytes(pdfdoc.PDFDictionary(strings).format(document))


def date_string(moment: datetime) -> str:
    """A time as PDF writes it (ISO 32000-1, 7.9.4), in UTC."""
    return moment.astimezone(UTC).strftime("D:%Y%m%d%H%M%S+00'00'")


def xmp(about: About, part: Part) -> Flow:
    """The metadata stream, not compressed, so that tools which know nothing of PDF find it."""
    texts = {name: escape(text) for name, text in about._asdict().items() if isinstance(text, str)}
    moment = f"{about.created.astimezone(UTC):%Y-%m-%dT%H:%M:%S}+00:00"
    packet = _PACKET.format(**texts, moment=moment, part=part, level=_LEVELS[part])
    return Flow(packet.encode("utf-8"), plain=True, Type="/Metadata", Subtype="/XML")


def output_intent(pdf: Any) -> Any:
    """Which red, green and blue the colours of the pages are: sRGB, with its profile (ISO 19005-3, 6.2.3)."""
    profile = files("custody.typesetting").joinpath("profiles", "sRGB.icc").read_bytes()
    name = pdfdoc.PDFString("sRGB IEC61966-2.1")
    return pdfdoc.PDFDictionary(
        {
            "Type": "/OutputIntent",
            "S": "/GTS_PDFA1",
            "OutputConditionIdentifier": name,
            "Info": name,
            "RegistryName": pdfdoc.PDFString("http://www.color.org"),
            "DestOutputProfile": pdf.Reference(Flow(profile, N=3)),
        }
    )
