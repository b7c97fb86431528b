"""ZIP files of bundles, made with the standard library as anybody would make them, and by hand as nobody should."""

import stat
import struct
import zipfile
import zlib
from pathlib import Path

from custody.core.zip_records import CENTRAL, END, LOCAL


def zip_folder(root: Path, to: Path, *, base: str = "bundle/", method: int = zipfile.ZIP_DEFLATED) -> Path:
    """The folder as a ZIP file; links stay links."""
    with zipfile.ZipFile(to, "w", method) as archive:
        for path in sorted(root.rglob("*")):
            name = base + path.relative_to(root).as_posix()
            if path.is_symlink():
                link = zipfile.ZipInfo(name)
                link.create_system = 3
                link.external_attr = (stat.S_IFLNK | 0o777) << 16
                archive.writestr(link, str(path.readlink()))
            elif path.is_file():
                archive.write(path, name)
            else:
                archive.mkdir(name)
    return to


def member(
    name: bytes,
    content: bytes,
    at: int,
    /,
    *,
    method: int = 8,
    flags: int = 0,
    attributes: int = 0,
    **central: int | bytes,
) -> tuple[bytes, bytes]:
    """A local part and a directory header; what `central` names differs in the directory alone."""
    deflate = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = deflate.compress(content) + deflate.flush() if method == 8 else content
    told = {"crc": zlib.crc32(content), "packed": len(packed), "size": len(content), "name": name, "at": at} | central
    crc = zlib.crc32(content)
    local = LOCAL.pack(b"PK\x03\x04", 20, flags, method, 0, 33, crc, len(packed), len(content), len(name), 0)
    listed = told["name"]
    assert isinstance(listed, bytes)
    header = CENTRAL.pack(
        *(b"PK\x01\x02", 20 | 3 << 8, 20, flags, method, 0, 33, told["crc"], told["packed"], told["size"]),
        *(len(listed), 0, 0, 0, 0, attributes, told["at"]),
    )
    return local + name + packed, header + listed


def archive(*members: tuple[bytes, bytes], before: bytes = b"", between: bytes = b"") -> bytes:
    """Members with their directory and end record; offsets are the callers' affair."""
    body = before + b"".join(local for local, _ in members) + between
    directory = b"".join(header for _, header in members)
    count = len(members)
    return body + directory + END.pack(b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)


def rewrite_end(data: bytes, **changes: int) -> bytes:
    """The archive with other values in its end record."""
    names = ("mark", "disk", "first_disk", "here", "count", "size", "at", "comment")
    values = dict(zip(names, END.unpack(data[-END.size :]), strict=True)) | changes
    return data[: -END.size] + END.pack(*values.values())


def widened(data: bytes) -> bytes:
    """The same archive with a ZIP64 end record, as if its directory lay beyond four gigabytes."""
    _, _, _, _, count, size, at, _ = END.unpack(data[-END.size :])
    return data[: -END.size] + wide_end(count, size, at)


def wide_end(count: int, size: int, at: int) -> bytes:
    """What follows a directory of `count` members in `size` bytes that begins at `at`."""
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, at)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, at + size, 1)
    return wide + locator + END.pack(b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
