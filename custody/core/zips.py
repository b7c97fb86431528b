"""A bag inside a ZIP file that is never unpacked to disk (see `zip_records` for what such a file may hold).

Members are read one at a time, in blocks. Of the directory only one header is held at any moment: where a member lies
is found again from the place of its header.
"""

import io
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from custody.core import bagging, sources, zip_records
from custody.core.errors import BundleError
from custody.core.reports import Report
from custody.core.sources import Found
from custody.core.zip_records import Directory, Member

MAX_TOTAL_BYTES: Final = 2**44
MAX_RATIO: Final = 100
"""Unpacked bytes for each byte of the ZIP, from `FREE_BYTES` on: photographs do not shrink, histories to a third."""
FREE_BYTES: Final = 2**30
_BLOCK: Final = 256 * 1024


class NotReadError(BundleError):
    """The ZIP is not read, which says nothing about what it holds."""


class Zip:
    """The bag as a ZIP file. It may lie in one folder in there, as RFC 8493, section 4, has it, or at the top."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def walk(self, report: Report) -> Iterator[Found]:
        """See `Source`; raises NotReadError for what is no ZIP or too large to be read, OSError as the system says.

        Demanded, so that every program that unpacks it finds the same files: (1) the directory ends the file; (2) what
        it says of a member is what stands before the member; (3) members lie in the directory's order, one right after
        the other, from the first byte of the file to the directory; (4) no more bytes in all than can be meant.
        """
        with self._file() as file, io.BufferedReader(self._file()) as headers:
            directory = _find_directory(file)
            base = _base(headers, directory)
            end, total = 0, 0
            before: Member | None = None
            for place, member in _members(headers, directory):
                _check_gap(file, before, end, member.at)
                end = member.at + _check_local(file, member) + member.packed
                before = member
                total += member.size
                _check_total(total, directory)
                found = _found(report, member, base, place)
                if found is not None:
                    yield found
            _check_gap(file, before, end, directory.at)

    def open(self, path: str, place: int | None) -> io.RawIOBase:
        """See `Source`."""
        if place is None:
            raise BundleError("it is not there")
        file = self._file()
        try:
            file.seek(place)
            member = _read_member(file)
            file.seek(member.at + _check_local(file, member))
        except BaseException:
            file.close()
            raise
        return _Unpacked(file, member)

    def _file(self) -> io.FileIO:
        # Opening a pipe would wait for somebody to write.
        if not stat.S_ISREG(self._path.stat().st_mode):
            raise NotReadError("it is neither a folder nor a file")
        # A file of its own for each reader: threads share no position.
        return io.FileIO(self._path)


def read_one(root: Path, path: str, *, limit: int) -> bytes:
    """One small file of a bag, a folder or a ZIP file; any other file at `root` is taken to be that one itself.

    Of the bag nothing else is looked at. Raises BundleError, OSError.
    """
    if root.is_dir():
        file = sources.Folder(root).open(path, None)
    else:
        plain = io.FileIO(root)
        if plain.read(4) != zip_records.LOCAL_MARK:
            plain.seek(0)
            file = plain
        else:
            plain.close()
            packed = Zip(root)
            places = [found.place for found in packed.walk(Report()) if found.path == path]
            file = packed.open(path, places[0] if places else None)
    with io.BufferedReader(file) as reader:
        data = reader.read(limit + 1)
    if len(data) > limit:
        raise BundleError("it is too large")
    return data


class _Unpacked(io.RawIOBase):
    """The bytes of one member, checked against its sizes and CRC when their end is reached."""

    def __init__(self, file: io.FileIO, member: Member) -> None:
        self._file = file
        self._member = member
        self._left = member.packed
        self._inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        self._size = 0
        self._crc = 0

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._file.close()
        super().close()

    def readinto(self, buffer: object, /) -> int:
        """Fill the buffer; raises BundleError when the member is not what the ZIP says it is."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        stored = self._member.method == zip_records.STORED
        data = self._take(len(view)) if stored else self._inflated(len(view))
        view[: len(data)] = data
        self._size += len(data)
        self._crc = zlib.crc32(data, self._crc)
        if self._size > self._member.size:
            raise BundleError("it unpacks to more bytes than the ZIP says")
        if view and not data:
            self._check_end()
        return len(data)

    def _take(self, at_most: int) -> bytes:
        data = self._file.read(min(at_most, self._left)) or b""
        self._left -= len(data)
        return data

    def _inflated(self, at_most: int) -> bytes:
        while not self._inflater.eof:
            packed = self._inflater.unconsumed_tail or self._take(_BLOCK)
            try:
                data = self._inflater.decompress(packed, at_most)
            except zlib.error as error:
                raise BundleError("its packed bytes are damaged") from error
            if data:
                return data
            if not packed:
                raise BundleError("its packed bytes are cut short")
        return b""

    def _check_end(self) -> None:
        more = self._left or self._inflater.unused_data
        if more or self._size != self._member.size or self._crc != self._member.crc:
            raise BundleError("its bytes are not those that the ZIP says: another size or CRC, or some left over")


def _find_directory(file: io.FileIO) -> Directory:
    if not file.read(4).startswith(b"PK"):
        raise NotReadError("it is not a ZIP file")
    total = file.seek(0, io.SEEK_END)
    file.seek(max(0, total - zip_records.MAX_END_BYTES))
    directory = zip_records.read_end(file.read(zip_records.MAX_END_BYTES), total)
    if directory.members > sources.MAX_FILES:
        raise BundleError(sources.TOO_MANY)
    return directory


def _members(headers: "io.BufferedReader[io.FileIO]", directory: Directory) -> Iterator[tuple[int, Member]]:
    """Each member with the place of its header; raises BundleError unless they make up exactly the directory."""
    place = headers.seek(directory.at)
    for _ in range(directory.members):
        member = _read_member(headers)
        yield place, member
        place = headers.tell()
    if place != directory.at + directory.size:
        raise BundleError("the ZIP's directory has another size than it says")


def _read_member(file: "io.FileIO | io.BufferedReader[io.FileIO]") -> Member:
    header = file.read(zip_records.CENTRAL.size) or b""
    name, extra = zip_records.central_lengths(header)
    rest = file.read(name + extra) or b""
    return zip_records.read_central(header, rest[:name], rest[name:])


def _base(headers: "io.BufferedReader[io.FileIO]", directory: Directory) -> str:
    """The folder that the bag lies in, with a slash, or nothing: where the first declaration is, the top before all."""
    base = None
    for _, member in _members(headers, directory):
        folder, _, name = member.name.rpartition(b"/")
        if name == bagging.BAGIT.encode() and b"/" not in folder:
            if not folder:
                return ""
            base = folder if base is None else base
    return "" if base is None else base.decode(errors="surrogateescape") + "/"


def _found(report: Report, member: Member, base: str, place: int) -> Found | None:
    """The member as a file of the bag, None for a folder and for what is reported."""
    shown = member.name.decode(errors="surrogateescape")
    try:
        path = zip_records.read_path(member)
    except BundleError as error:
        report.bad("path", shown, str(error))
        return None
    refusal = zip_records.refusal(member)
    inner = path.removeprefix(base)
    if refusal is not None:
        report.bad("path", shown, refusal)
    elif not f"{path}{'/' * member.is_folder}".startswith(base):
        report.bad("path", shown, f"it lies outside the bag's own folder, {base}")
    elif inner.count("/") > sources.MAX_DEPTH:
        report.bad("path", shown, sources.TOO_DEEP)
    elif not member.is_folder:
        return Found(inner, member.size, place)
    return None


def _check_local(file: io.FileIO, member: Member) -> int:
    """How many bytes stand before the member's own."""
    file.seek(member.at)
    header = file.read(zip_records.LOCAL.size)
    return zip_records.check_local(member, header, file.read(zip_records.local_length(header)))


def _check_gap(file: io.FileIO, before: Member | None, end: int, at: int) -> None:
    """Between a member's last byte and what comes next stands what belongs to the member and nothing else."""
    gap = at - end
    data = b""
    if 0 < gap <= zip_records.MAX_DESCRIPTOR_BYTES:
        file.seek(end)
        data = file.read(gap)
    allowed = zip_records.descriptors(before) if before else {b""}
    if len(data) != gap or data not in allowed:
        raise BundleError("members of the ZIP overlap, lie in another order than listed, or have bytes between them")


def _check_total(total: int, directory: Directory) -> None:
    if total > MAX_TOTAL_BYTES or total > max(FREE_BYTES, MAX_RATIO * directory.at):
        raise NotReadError("it would unpack to more bytes than a bundle of its size has; unpack it elsewhere with care")
