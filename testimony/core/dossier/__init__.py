"""The content of a dossier: what is said in it, frozen, before anybody decides how it looks.

The tree is assembled once from the records (`testimony.dossiers`), kept as canonical JSON, and drawn as often as
needed; the same tree always gives the same PDF. Who reads the tree alone sees everything that the pages show.
Times are UTC, "YYYY-MM-DDTHH:MM:SS.mmmZ", or text where a file or a person only claims them. Codes such as those of
consent, identification and readings are the values of the enumerations in `testimony.core`; pages put them in words.
"""

from testimony.core.dossier.closing import (
    Bill,
    Certificate,
    Figure,
    FigureRow,
    Inquiry,
    Protection,
    Verification,
    Withheld,
)
from testimony.core.dossier.content import FORMAT, Dossier, content_sha256, dumps, loads
from testimony.core.dossier.exhibits import Claim, CustodyEvent, Exhibit, LineKind, Picture
from testimony.core.dossier.front import (
    Coded,
    Concerned,
    Cover,
    Edition,
    Name,
    Origin,
    PictureForm,
    Said,
    Scope,
    Software,
)
from testimony.core.dossier.people import Body, Ground, Moment, NumberRead, Recognition, Tie, VictimSheet
from testimony.core.dossier.statements import (
    Basis,
    ConsentLine,
    Mended,
    Mentioned,
    Spoken,
    Statement,
    StatementParagraph,
    Taken,
)

__all__ = [
    "FORMAT",
    "Basis",
    "Bill",
    "Body",
    "Certificate",
    "Claim",
    "Coded",
    "Concerned",
    "ConsentLine",
    "Cover",
    "CustodyEvent",
    "Dossier",
    "Edition",
    "Exhibit",
    "Figure",
    "FigureRow",
    "Ground",
    "Inquiry",
    "LineKind",
    "Mended",
    "Mentioned",
    "Moment",
    "Name",
    "NumberRead",
    "Origin",
    "Picture",
    "PictureForm",
    "Protection",
    "Recognition",
    "Said",
    "Scope",
    "Software",
    "Spoken",
    "Statement",
    "StatementParagraph",
    "Taken",
    "Tie",
    "Verification",
    "VictimSheet",
    "Withheld",
    "content_sha256",
    "dumps",
    "loads",
]
