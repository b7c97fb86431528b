"""Packing the verifier for people who do not have us: one file for Python, one page for a browser, one text to read.

The same sources always give the same bytes, so that whoever has the sources can make the files again and compare.
"""

import base64
import hashlib
import zlib
from collections.abc import Mapping
from typing import Final

from custody.core.errors import BundleError
from custody.core.zip_records import CENTRAL, CENTRAL_MARK, END, END_MARK, LOCAL, LOCAL_MARK, STORED

PROGRAM: Final = "verify/verify.pyz"
PAGE: Final = "verify/verify.html"
README: Final = "verify/README.txt"

SCRIPTS: Final = (
    *("bytes.js", "digests.js", "zip.js", "bag.js", "records.js", "tree.js", "report.js", "words.js"),
    *("bundle.js", "evidence.js", "face.js"),
)
"""The page's script in order: each part uses those before it."""

# Old Pythons read this far, so that they are told instead of failing on a syntax that they do not know.
_START: Final = b'''"""Checks a bundle: python verify.pyz PATH, where PATH is the bundle's folder or its ZIP file."""

import sys

if sys.version_info < (3, 11):
    sys.stderr.write("This verifier needs Python 3.11 or newer; this is Python %d.%d.\\n" % sys.version_info[:2])
    sys.exit(2)

from custody.core.__main__ import verify

sys.exit(verify(sys.argv[1:]))
'''

# The first day that a ZIP file can name; a plain file that its owner may write; made on Unix.
_DATE, _TIME, _MODE, _UNIX, _VERSION = 0x21, 0, 0o100644 << 16, 3 << 8, 20


def pack_program(modules: Mapping[str, bytes]) -> bytes:
    """The modules (path in the archive, such as `custody/core/bags.py`, and its bytes) as one file that Python runs.

    Names are sorted, dates fixed, nothing is compressed: compressors of different builds write different bytes.
    Raises BundleError for a name that is not plain ASCII.
    """
    body, directory = b"", b""
    members = {"__main__.py": _START, **modules}
    for path in sorted(members):
        if not path.isascii():
            raise BundleError("a module has a name that is not ASCII")
        name, data = path.encode(), members[path]
        both = (STORED, _TIME, _DATE, zlib.crc32(data), len(data), len(data), len(name), 0)
        directory += CENTRAL.pack(CENTRAL_MARK, _VERSION | _UNIX, _VERSION, 0, *both, 0, 0, 0, _MODE, len(body)) + name
        body += LOCAL.pack(LOCAL_MARK, _VERSION, 0, *both) + name + data
    count = len(members)
    return body + directory + END.pack(END_MARK, 0, 0, count, count, len(directory), len(body), 0)


def pack_page(parts: Mapping[str, bytes]) -> bytes:
    """The page in one file from `verify.html`, `verify.css` and `SCRIPTS`; raises BundleError when one is missing.

    The page's own rule (Content-Security-Policy) allows exactly this style and this script, by their digests.
    """
    script = b"\n".join((b'(() => {\n"use strict";', *(_part(parts, name) for name in SCRIPTS), b"})();\n"))
    style = _part(parts, "verify.css")
    if b"</" in style or b"</script" in script or b"<!--" in script:
        raise BundleError("a part of the page would end where it should not")
    page = _part(parts, "verify.html")
    for mark, value in (
        (b"@style-digest@", _source_digest(style)),
        (b"@script-digest@", _source_digest(script)),
        (b"@style@", style),
        (b"@script@", script),
    ):
        if page.count(mark) != 1:
            raise BundleError(f"the page has no one place for {mark.decode()}")
        page = page.replace(mark, value)
    return page


def pack_readme(template: bytes, *, program: bytes, page: bytes) -> bytes:
    """The text that goes with the two, which names their SHA-256 at `@program@` and `@page@`."""
    for mark, data in ((b"@program@", program), (b"@page@", page)):
        template = template.replace(mark, hashlib.sha256(data).hexdigest().encode())
    return template


def _part(parts: Mapping[str, bytes], name: str) -> bytes:
    if name not in parts:
        raise BundleError(f"the page lacks its part {name}")
    # A browser reads a carriage return as a line feed, and would compute another digest.
    if b"\r" in parts[name]:
        raise BundleError(f"the page's part {name} has carriage returns")
    return parts[name]


def _source_digest(data: bytes) -> bytes:
    return b"sha256-" + base64.b64encode(hashlib.sha256(data).digest())
