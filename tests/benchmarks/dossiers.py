"""A dossier of five hundred photographs at full size, beside a program that only places them, and beside WeasyPrint.

The pictures are noise (JPEG can't make it small), made once in the work folder: about 880 MB. Ours sets the whole
dossier: cover, contents, a sheet and a custody schedule for each exhibit. The bare peer uses ReportLab the same way
(image objects that open their file when they are written, a file that is written as it grows) and places one picture on
each page, without a word; once more it draws the text of our pages, too, line by line as plain strings, as the floor
for that many pages. WeasyPrint sets the same tree: contents with page numbers, sheets, schedules. Every side is a
process of its own and works from a warm cache; of all but WeasyPrint the best of three rounds counts.
"""

from __future__ import annotations

import argparse
import hashlib
import html
import importlib
import io
import random
import shutil
import struct
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO

from tests.benchmarks.processes import Run, in_turns, run

EXHIBITS = 500
_SIDES = (1_875, 1_406)
_QUALITY = 80
_KINDS = 25
_TEXT = "ours.txt"
_RATIO, _MEMORY, _FASTER = 1.3, 150, 4
_ROUNDS = 3


def main() -> None:
    """One side of the comparison, or all of them."""
    parser = argparse.ArgumentParser(prog="tests.benchmarks.dossiers")
    parser.add_argument("side", nargs="?", choices=["pictures", "ours", "bare", "plain", "weasyprint"])
    parser.add_argument("--exhibits", type=int, default=EXHIBITS)
    parser.add_argument("--keep", metavar="DIR", type=Path, help="work in this folder instead of a temporary one")
    options = parser.parse_args()
    if options.side:
        if options.side == "pictures":
            _make_pictures(options.keep / "pictures", options.exhibits)
        else:
            sides = {"ours": _ours, "bare": _bare, "plain": _plain, "weasyprint": _weasyprint}
            sides[options.side](options.keep)
        return
    with tempfile.TemporaryDirectory(prefix="amana-bench-", dir=options.keep) as folder:
        measure(Path(folder), exhibits=options.exhibits)


def measure(folder: Path, *, exhibits: int = EXHIBITS) -> None:
    """Make the pictures, let each side build its file, print times, memory, and how many pictures are as they were."""
    # In a process of its own, too: a child's peak begins with what its parent held when it was made.
    _side("pictures", folder, exhibits)
    size = sum(path.stat().st_size for path in (folder / "pictures").iterdir())
    print(f"dossier: {exhibits} exhibits at full size, {size / 1e6:,.0f} MB of JPEG", flush=True)
    bare, ours = in_turns(_ROUNDS, lambda: _side("bare", folder), lambda: _side("ours", folder))
    print(f"  {'ReportLab, pictures alone':<28} {bare.seconds:7.2f} s   peak {bare.peak:6.0f} MiB")
    print(f"  {'amana, the whole dossier':<28} {ours.seconds:7.2f} s   peak {ours.peak:6.0f} MiB (aim: {_MEMORY})")
    print(f"  ratio {ours.seconds / bare.seconds:.2f} (aim: at most {_RATIO})")
    print(f"  pictures byte for byte: {_whole(folder, 'ours')} of {exhibits}", flush=True)
    (folder / "bare.pdf").unlink()
    _measure_plain(folder, ours)
    (folder / "ours.pdf").unlink()
    try:
        importlib.import_module("weasyprint")
    except (ImportError, OSError) as error:
        print(f"  WeasyPrint was NOT measured: {error}\n", flush=True)
        return
    other = _side("weasyprint", folder)
    print(f"  {'WeasyPrint':<28} {other.seconds:7.2f} s   peak {other.peak:6.0f} MiB")
    print(f"  {other.seconds / ours.seconds:.1f} times as long (aim: at least {_FASTER})")
    print(f"  pictures byte for byte: {_whole(folder, 'weasyprint')} of {exhibits}\n", flush=True)
    (folder / "weasyprint.pdf").unlink()


def _measure_plain(folder: Path, ours: Run) -> None:
    """The floor: as many pages and lines as ours, by what ``pdftotext`` finds in it."""
    if shutil.which("pdftotext") is None:
        print("  plain text was NOT measured: pdftotext is missing", flush=True)
        return
    subprocess.run(["pdftotext", "-layout", str(folder / "ours.pdf"), str(folder / _TEXT)], check=True)
    (plain,) = in_turns(_ROUNDS, lambda: _side("plain", folder))
    print(f"  {'ReportLab, as much plain text':<28} {plain.seconds:6.2f} s   peak {plain.peak:6.0f} MiB")
    pages = _pages(folder)
    drawn = f"{len(pages):,} pages, {sum(map(len, pages)):,} lines"
    print(f"  ratio {ours.seconds / plain.seconds:.2f} ({drawn})", flush=True)
    (folder / "plain.pdf").unlink()


def _side(name: str, folder: Path, exhibits: int = EXHIBITS) -> Run:
    more = ["--keep", str(folder), "--exhibits", str(exhibits)]
    return run([sys.executable, "-m", "tests.benchmarks.dossiers", name, *more])


def _make_pictures(folder: Path, count: int) -> None:
    """JPEGs of noise, no two alike: a few are encoded, and a comment with the number makes the others differ."""
    from PIL import Image

    folder.mkdir(parents=True)
    chance, kinds = random.Random(880), []
    for _ in range(min(_KINDS, count)):
        stream = io.BytesIO()
        noise = Image.frombytes("RGB", _SIDES, chance.randbytes(_SIDES[0] * _SIDES[1] * 3))
        noise.save(stream, "JPEG", quality=_QUALITY)
        kinds.append(stream.getvalue())
    for number in range(count):
        said = f"picture {number}".encode()
        comment = b"\xff\xfe" + struct.pack(">H", len(said) + 2) + said
        content = kinds[number % len(kinds)]
        whole = content[:2] + comment + content[2:]
        (folder / f"{number:05}-{hashlib.sha256(whole).hexdigest()}.jpg").write_bytes(whole)


def _pictures(folder: Path) -> dict[str, Path]:
    """By digest, which stands in the name, as it would on record; in order of their numbers."""
    return {path.stem.partition("-")[2]: path for path in sorted((folder / "pictures").iterdir())}


def _ours(folder: Path) -> None:
    from testimony.rendering import render

    pictures = _pictures(folder)

    def opened(sha256: str) -> BinaryIO:
        return pictures[sha256].open("rb")

    with (folder / "ours.pdf").open("wb") as stream:
        render(_tree(pictures), opened, lambda _number: stream)


def _tree(pictures: dict[str, Path]) -> Any:
    """A tree made by hand, with one exhibit for each picture. To be adapted when the tree changes, and nothing else."""
    from testimony.core.dossier import Picture
    from tests.testimony import trees

    base = trees.dossier()
    exhibits = []
    for number, (sha256, path) in enumerate(pictures.items(), start=1):
        size = path.stat().st_size
        shown = Picture(sha256, size, *_SIDES, 3, 0, True, "")
        made = trees.exhibit(number, str(number).encode(), _SIDES)
        exhibits.append(replace(made, sha256=sha256, size=size, picture=shown))
    return replace(base, exhibits=tuple(exhibits))


def _bare(folder: Path) -> None:
    """The peer that places the pictures, and no more."""
    _draw(folder, "bare", [[] for _ in _pictures(folder)])


def _plain(folder: Path) -> None:
    """The peer that draws the lines of our pages, too, without shaping, breaking or tagging anything."""
    _draw(folder, "plain", _pages(folder))


def _pages(folder: Path) -> list[list[str]]:
    """The lines of each of our pages; its own face has no letters but Latin ones, so others become a sign."""
    text = (folder / _TEXT).read_text(encoding="utf-8").encode("latin-1", "replace").decode("latin-1")
    return [[line for line in page.splitlines() if line.strip()] for page in text.split("\f")[:-1]]


def _draw(folder: Path, side: str, pages: list[list[str]]) -> None:
    """What ReportLab needs to place one picture on a page without reading it twice or holding it, and lines below."""
    from reportlab.pdfbase import pdfdoc
    from reportlab.pdfgen.canvas import Canvas

    class Lazy(pdfdoc.PDFObject):  # type: ignore[misc]  # ReportLab has no types
        __RefOnly__ = 1

        def __init__(self, path: Path) -> None:
            self._path = path

        def format(self, document: Any) -> bytes:
            data = self._path.read_bytes()
            head = (
                f"<< /Type /XObject /Subtype /Image /Width {_SIDES[0]} /Height {_SIDES[1]} /BitsPerComponent 8 "
                f"/ColorSpace /DeviceRGB /Filter /DCTDecode /Length {len(data)} >>\nstream\n"
            )
            return head.encode() + data + b"\nendstream\n"

    canvas = Canvas(io.BytesIO(), pagesize=(595, 842), invariant=1, pageCompression=1)
    document = canvas._doc
    paths = iter(sorted((folder / "pictures").iterdir()))
    for lines in pages:
        if path := next(paths, None):
            name = document.getXObjectName(path.name)
            document.addForm(path.name, Lazy(path))
            canvas.doForm(path.name)
            canvas._code.pop()
            canvas.addLiteral(f"q 480 0 0 360 57 400 cm /{name} Do Q")
        for index, line in enumerate(lines):
            canvas.drawString(57, 800 - 8 * index, line)
        canvas.showPage()
    with (folder / f"{side}.pdf").open("wb") as stream:
        _stream_out(document, canvas, stream)


def _stream_out(document: Any, canvas: Any, stream: BinaryIO) -> None:
    from reportlab.pdfbase import pdfdoc

    document.Reference(document.Catalog)
    document.Reference(document.info)
    document.Outlines.prepare(document, canvas)
    if document.Outlines.ready < 0:
        document.Catalog.Outlines = None
    document.encrypt.prepare(document)
    catalog, info = document.Reference(document.Catalog), document.Reference(document.info)
    stream.write(b"%PDF-1.7\n")
    written: list[Any] = []
    while (number := len(written) + 1) in document.numberToId:
        identity = document.numberToId[number]
        document.idToOffset[identity] = stream.tell()
        stream.write(pdfdoc.PDFIndirectObject(identity, document.idToObject[identity]).format(document))
        written.append(identity)
    table, start = pdfdoc.PDFCrossReferenceTable(), stream.tell()
    table.addsection(0, written)
    stream.write(table.format(document))
    end = pdfdoc.PDFTrailer(startxref=start, Size=len(written) + 1, Root=catalog, Info=info, ID=b"[<00> <00>]")
    stream.write(end.format(document))


def _weasyprint(folder: Path) -> None:
    """The same tree as ours: contents with page numbers, a sheet and a custody schedule for each exhibit."""
    import weasyprint

    pictures = _pictures(folder)
    exhibits = _tree(pictures).exhibits
    lines = "".join(f'<li><a href="#{each.mark}">{each.mark} {each.ern}</a></li>' for each in exhibits)
    sheets = "".join(_sheet(each, pictures[each.sha256]) for each in exhibits)
    schedules = "".join(_schedule(each) for each in exhibits)
    style = (
        "@page { size: A4; margin: 20mm; @bottom-right { content: counter(page) ' / ' counter(pages) } }"
        "section { break-before: page } img { max-width: 170mm; max-height: 127mm } td, p { font-size: 8pt }"
        "li a::after { content: leader('.') target-counter(attr(href), page) }"
    )
    text = f"<style>{style}</style><h1>Exhibits</h1><ol>{lines}</ol>{sheets}{schedules}"
    weasyprint.HTML(string=text).write_pdf(folder / "weasyprint.pdf")


def _sheet(exhibit: Any, path: Path) -> str:
    told = {
        "Number": exhibit.ern,
        "SHA-256": exhibit.sha256,
        "SHA-512": exhibit.sha512,
        "Bytes": f"{exhibit.size:,}",
        "Type": exhibit.media_type,
        "Title": exhibit.title.latin,
        "العنوان": exhibit.title.arabic,
        "Caption": exhibit.caption,
        "Received": exhibit.received,
        "Source": exhibit.source,
        "Receipt": exhibit.receipt_sha256,
        **{claim.name: claim.value for claim in exhibit.claims},
    }
    rows = "".join(f"<tr><td>{name}</td><td>{html.escape(value)}</td></tr>" for name, value in told.items())
    picture = f'<img src="{path.as_uri()}">'
    return f'<section id="{exhibit.mark}"><h1>{exhibit.mark}</h1>{picture}<table>{rows}</table></section>'


def _schedule(exhibit: Any) -> str:
    rows = "".join(
        f"<tr><td>{each.time}</td><td>{html.escape(each.what.en)}</td><td>{html.escape(each.who)}</td>"
        f"<td>{html.escape(each.authority.en)}</td><td>{each.entry or ''}</td><td>{each.digest}</td></tr>"
        for each in exhibit.custody
    )
    return f"<section><h2>{exhibit.mark}</h2><table>{rows}</table></section>"


def _whole(folder: Path, side: str) -> str:
    """How many pictures stand in the file as they were, by what ``pdfimages`` takes out of it."""
    if shutil.which("pdfimages") is None:
        return "NOT counted, pdfimages is missing;"
    wanted = set(_pictures(folder))
    out = folder / f"{side}-images"
    out.mkdir()
    subprocess.run(["pdfimages", "-all", str(folder / f"{side}.pdf"), str(out / "i")], check=True)
    found = {hashlib.sha256(path.read_bytes()).hexdigest() for path in out.glob("*.jpg")}
    shutil.rmtree(out)
    return str(len(wanted & found))


if __name__ == "__main__":
    main()
