"""Checking one file: opened once, its objects looked through one by one, its pages read one after the other.

Pictures are never decoded, and the content of no more than one page is held. What the rules do not speak of is not
looked at; veraPDF, where somebody has it, knows more of them.
"""

import contextlib
import re
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

import pikepdf

from custody.typesetting.conformity import annotations, attached, described, fonts, objects, tagging
from custody.typesetting.conformity.content import Contents
from custody.typesetting.conformity.findings import STUMBLES, Conformity, Findings
from custody.typesetting.errors import ForeignFileError

_HEADER: Final = re.compile(rb"%PDF-1\.[0-7](\r\n|\r|\n)%[\x80-\xff]{4,}")
_CMYK: Final = 4  # components
_END: Final = re.compile(rb"%%EOF(\r\n|\r|\n)?\Z")


def check(untrusted: BinaryIO) -> Conformity:
    """All faults of a file against PDF/A-3u and the tagging that PDF/UA-1 wants. The stream must be seekable.

    Raises ForeignFileError for bytes that cannot be read as a PDF.
    """
    findings = Findings()
    with _guarded():
        untrusted.seek(0)
        _ends(untrusted, findings)
        with pikepdf.open(untrusted, suppress_warnings=True) as pdf:
            return _checked(pdf, findings)


@contextlib.contextmanager
def _guarded() -> Iterator[None]:
    try:
        yield
    except pikepdf.PasswordError as error:
        raise ForeignFileError("the file is encrypted, which ISO 19005-3, 6.1.3, forbids") from error
    except (pikepdf.PdfError, pikepdf.DataDecodingError, *STUMBLES) as error:
        raise ForeignFileError(f"the file cannot be read as a PDF ({type(error).__name__})") from error


def _ends(untrusted: BinaryIO, findings: Findings) -> None:
    if not _HEADER.match(untrusted.read(64)):
        findings.archive("6.1.2", "first line", "is not a version and a comment with four bytes above 127")
    size = untrusted.seek(0, 2)
    untrusted.seek(max(0, size - 16))
    if not _END.search(untrusted.read()):
        findings.archive("6.1.3", "end of the file", "something follows after the last %%EOF")
    untrusted.seek(0)


def _checked(pdf: Any, findings: Findings) -> Conformity:
    described.check(pdf, findings)
    cmyk = described.intended(pdf) == _CMYK
    with findings.reading("6.1.3", "objects"):
        objects.check(pdf, findings, cmyk=cmyk)
    with findings.reading("6.8", "attachments"):
        attached.check(pdf, findings)
    contents = Contents(findings, cmyk=cmyk)
    tree = tagging.read(pdf, findings)
    pages = 0
    for page in pdf.pages:
        pages += 1
        where = f"page {pages}"
        with findings.reading("6.2.2", where):
            marks = contents.read(page.obj, where)
            tagging.check_page(tree, page.obj, marks, where, findings)
        with findings.reading("6.3", where):
            annotations.check(page.obj, tree, contents, where, findings)
    tagging.check_rest(tree, findings)
    for font, codes in contents.fonts.values():
        with findings.reading("6.2.11", f"font in object {font.objgen[0]}"):
            fonts.check(font, codes, findings)
    # Only now has everything been read that a reader of the file could have had to mend.
    for warning in pdf.get_warnings()[:5]:
        findings.archive("6.1.1", "file", f"has to be mended to be read: {str(warning)[:120]}")
    return findings.result(pages)
