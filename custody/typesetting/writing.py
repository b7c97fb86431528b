"""Writing a PDF object by object: each is formatted, put out and forgotten, and its place noted for the table."""

import zlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, BinaryIO

from reportlab.pdfbase import pdfdoc

from custody.typesetting.digesting import Digest
from custody.typesetting.metadata import Part
from custody.typesetting.objects import Pieced, text_string
from custody.typesetting.structure import Annotation, Element, Role, Structure, unmarked

Objects = Callable[[int], Iterator[Iterable[bytes]]]
"""Gives the objects of a block, each in pieces, when it is told the number of the first."""

_PACK = 200  # objects in one object stream
_VERSIONS: dict[Part, bytes] = {1: b"%PDF-1.4", 3: b"%PDF-1.7"}


class Block:
    """Numbers kept free among the objects of ReportLab for objects that it need not know one by one.

    A block that is `packed` is written as object streams (ISO 32000-1, 7.5.7): small objects that are much alike take a
    tenth of the room there. Their numbers follow those of the objects.
    """

    def __init__(self, pdf: Any, count: int, objects: Objects, *, packed: bool = False) -> None:
        self.first = pdf.objectcounter + 1
        self.count = count
        self.packed = packed
        self.objects = objects
        pdf.objectcounter += count + (-(-count // _PACK) if packed else 0)


class Stream:
    """Writes the objects of a ReportLab document, and blocks of others, one after another.

    `_places` has for each object its place in the file, or, as a negative number, its object stream and place therein.
    Part 1 of ISO 19005 builds on PDF 1.4, which knows no object streams and wants a table at the end; in part 3 the
    table is a stream too.
    """

    def __init__(self, pdf: Any, to: BinaryIO, part: Part) -> None:
        self._pdf = pdf
        self._to = to
        self._part = part
        self._digest = Digest()
        self._offset = 0
        self._places = array("q")

    def write(self, blocks: Iterable[Block]) -> str:
        """Write the file and return the SHA-256 of its bytes as hex."""
        with self._digest:
            self._write(blocks)
            return self._digest.hexdigest()

    def _write(self, blocks: Iterable[Block]) -> None:
        pdf, kept = self._pdf, {block.first: block for block in blocks}
        pdf.encrypt.prepare(pdf)
        catalog, info = pdf.Reference(pdf.Catalog), pdf.Reference(pdf.info)
        self._put(_VERSIONS[self._part] + b"\n%\xe2\xe3\xcf\xd3\n")
        # Formatting an object may register new ones behind it, so the end is only known when it is reached.
        while (number := len(self._places) + 1) <= pdf.objectcounter:
            if number in kept and kept[number].packed:
                self._pack(kept[number])
            elif number in kept:
                for pieces in kept[number].objects(number):
                    self._object(pieces)
            else:
                self._object(_pieces(pdf.idToObject[pdf.numberToId[number]], pdf))
        self._finish(catalog, info)

    def _object(self, pieces: Iterable[bytes]) -> None:
        self._places.append(self._offset)
        self._put(b"%d 0 obj\n" % len(self._places))
        last = b""
        for piece in pieces:
            self._put(piece)
            last = piece or last
        self._put(b"endobj\n" if last.endswith(b"\n") else b"\nendobj\n")

    def _pack(self, block: Block) -> None:
        objects = block.objects(block.first)
        streams: list[bytes] = []
        for start in range(0, block.count, _PACK):
            numbers = range(block.first + start, block.first + min(start + _PACK, block.count))
            stream = block.first + block.count + len(streams)
            self._places.extend(-(stream * _PACK + index) for index in range(len(numbers)))
            streams.append(_packed(numbers, islice(objects, len(numbers))))
        for packed in streams:
            self._object([packed])

    def _finish(self, catalog: Any, info: Any) -> None:
        start, mark = self._offset, self._digest.hexdigest()[:32].upper().encode("ascii")
        trailer = b"/Root %b /Info %b /ID [<%b> <%b>]" % (catalog.format(self._pdf), info.format(self._pdf), mark, mark)
        size = len(self._places) + 1
        if self._part == 1:
            self._put(b"xref\n0 %d\n0000000000 65535 f \n" % size)
            self._put(b"".join(b"%010d 00000 n \n" % place for place in self._places))
            self._put(b"trailer\n<< /Size %d %b >>\n" % (size, trailer))
        else:
            head = b"/Type /XRef /W [1 6 2] /Size %d %b" % (size + 1, trailer)
            self._object([_stream(head, self._table(start))])
        self._put(b"startxref\n%d\n%%%%EOF\n" % start)

    def _table(self, start: int) -> bytes:
        """The table as a stream holds it: kind, place or object stream, index (ISO 32000-1, 7.5.8.3)."""
        lines = [b"\x00" * 7 + b"\xff\xff"]
        for place in (*self._places, start):
            kind, where, index = (1, place, 0) if place >= 0 else (2, *divmod(-place, _PACK))
            lines.append(bytes([kind]) + where.to_bytes(6, "big") + index.to_bytes(2, "big"))
        return b"".join(lines)

    def _put(self, data: bytes) -> None:
        self._to.write(data)
        self._digest.add(data)
        self._offset += len(data)


def _pieces(found: Any, pdf: Any) -> Iterable[bytes]:
    return found.pieces() if isinstance(found, Pieced) else [pdfdoc.format(found, pdf, toplevel=1)]


def _packed(numbers: range, objects: Iterable[Iterable[bytes]]) -> bytes:
    pairs, bodies, offset = [], [], 0
    for number, pieces in zip(numbers, objects, strict=True):
        body = b"".join(pieces)
        pairs.append(b"%d %d" % (number, offset))
        bodies.append(body)
        offset += len(body)
    head = b" ".join(pairs) + b"\n"
    return _stream(b"/Type /ObjStm /N %d /First %d" % (len(pairs), len(head)), head + b"".join(bodies))


def _stream(entries: bytes, content: bytes) -> bytes:
    data = zlib.compress(content)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream\n" % (entries, len(data), data)


class Tree:
    """The structure of a document as objects: its root, the tree by pages, then the elements as they are read."""

    def __init__(self, structure: Structure, number_of: Callable[[str], int], pages: dict[int, str]) -> None:
        self._structure = structure
        self._number_of = number_of
        self._pages = pages
        self._elements = list(_in_order(structure.root))
        self.count = len(self._elements) + 2

    def objects(self, first: int) -> Iterator[Iterable[bytes]]:
        """All objects of the tree, numbered from `first`, which is that of the root."""
        for index, element in enumerate(self._elements):
            element.number = first + 2 + index
        owners = self._structure.owners
        yield [
            b"<< /Type /StructTreeRoot /K %d 0 R /ParentTree %d 0 R /ParentTreeNextKey %d >>\n"
            % (first + 2, first + 1, len(owners))
        ]
        # The page that was begun last is never finished: it has a key, and no place in the file.
        used = [key for key, owner in enumerate(owners) if key in self._pages or isinstance(owner, Element)]
        yield [b"<< /Nums [", *map(self._leaf, used), b"] >>\n"]
        for element in self._elements:
            yield [self._element(element, first)]

    def _leaf(self, key: int) -> bytes:
        owners = self._structure.owners[key]
        if isinstance(owners, Element):
            return b"%d %d 0 R\n" % (key, owners.number)
        return b"%d [%b]\n" % (key, b" ".join(b"%d 0 R" % element.number for element in owners))

    def _element(self, element: Element, root: int) -> bytes:
        parent = element.parent.number if element.parent else root
        page = next((unmarked(kid)[0] for kid in element.kids if isinstance(kid, int)), None)
        entries = [b"<< /Type /StructElem /S /%b /P %d 0 R" % (element.role.value.encode("ascii"), parent)]
        if page is not None:
            entries.append(b"/Pg %d 0 R" % self._number_of(self._pages[page]))
        if element.lang:
            entries.append(b"/Lang (%b)" % element.lang.encode("ascii"))
        if element.alt:
            entries.append(b"/Alt " + text_string(element.alt))
        if element.attributes:
            entries.append(b"/A " + element.attributes.encode("ascii"))
        kids = [self._kid(kid, page) for kid in element.kids if not isinstance(kid, Element) or kid.number]
        if kids:
            entries.append(b"/K [%b]" % b" ".join(kids))
        return b" ".join(entries) + b" >>\n"

    def _kid(self, kid: Element | Annotation | int, page: int | None) -> bytes:
        if isinstance(kid, Element):
            return b"%d 0 R" % kid.number
        if isinstance(kid, Annotation):
            place = self._number_of(self._pages[kid.sheet])
            return b"<< /Type /OBJR /Obj %d 0 R /Pg %d 0 R >>" % (self._number_of(kid.name), place)
        sheet, mcid = unmarked(kid)
        if sheet == page:
            return b"%d" % mcid
        return b"<< /Type /MCR /Pg %d 0 R /MCID %d >>" % (self._number_of(self._pages[sheet]), mcid)


def _in_order(element: Element) -> Iterator[Element]:
    """An element and all below it that hold anything."""
    if element.kids or element.role in (Role.HEAD, Role.CELL, Role.DOCUMENT):
        yield element
    for kid in element.elements():
        yield from _in_order(kid)
