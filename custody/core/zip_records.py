"""The records of a ZIP file (PKWARE APPNOTE 6.3.10), read so strictly that no two programs see two archives in one.

A ZIP file says everything twice, before each member and in the directory at its end, and lets bytes lie between. Here
the two must agree, and whatever is optional and could hide something (comments, second names, encryption, parts on
other disks) is refused.
"""

import struct
from typing import Final, NamedTuple

from custody.core import bagging
from custody.core.errors import BundleError

STORED: Final = 0
DEFLATED: Final = 8

LOCAL: Final = struct.Struct("<4s5H3L2H")
CENTRAL: Final = struct.Struct("<4s6H3L5H2L")
END: Final = struct.Struct("<4s4H2LH")
END64: Final = struct.Struct("<4sQ2H2L4Q")
LOCATOR: Final = struct.Struct("<4sLQL")
LOCAL_MARK: Final = b"PK\x03\x04"
CENTRAL_MARK: Final = b"PK\x01\x02"
END_MARK: Final = b"PK\x05\x06"
MAX_END_BYTES: Final = END64.size + LOCATOR.size + END.size
MAX_DESCRIPTOR_BYTES: Final = 24
"""Signature, CRC, and two sizes of eight bytes each."""

DESCRIPTOR: Final = 1 << 3
UTF8: Final = 1 << 11
_ENCRYPTED: Final = 1 << 0 | 1 << 6 | 1 << 13
# Bits 1 and 2 say how hard the deflating program tried.
_KNOWN: Final = 1 << 1 | 1 << 2 | DESCRIPTOR | UTF8
_DOS_FOLDER, _DOS_LABEL, _DOS_REPARSE = 0x10, 0x08, 0x400
_UNIX_KIND, _UNIX_FILE, _UNIX_FOLDER, _UNIX_LINK = 0o170000, 0o100000, 0o040000, 0o120000
_ZIP64, _SECOND_NAME = 0x0001, 0x7075
A_LINK: Final = "a link; a bundle holds files only"
NEITHER: Final = "neither a file nor a folder"
_FULL_16, _FULL_32 = 0xFFFF, 0xFFFFFFFF


class Directory(NamedTuple):
    """Where the directory begins, how many bytes it has, how many members it lists."""

    at: int
    size: int
    members: int


class Member(NamedTuple):
    """One member as the directory describes it; sizes in bytes, `at` is where its local header begins."""

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    at: int
    attributes: int

    @property
    def is_folder(self) -> bool:
        """Whether it only says that a folder is there."""
        return self.name.endswith(b"/")


def read_end(untrusted_tail: bytes, total: int) -> Directory:
    """Find the directory from the last bytes (up to `MAX_END_BYTES`) of a file of `total` bytes; raises BundleError.

    The end record must be the very end: behind it, or inside its comment, another one could stand.
    """
    if len(untrusted_tail) < END.size:
        raise BundleError("the ZIP is cut short")
    mark, disk, first_disk, here, count, size, at, comment = END.unpack(untrusted_tail[-END.size :])
    if mark != END_MARK or comment:
        raise BundleError(
            "the ZIP does not end with its own end record: it is cut short, or has a comment or more bytes"
        )
    directory, end = Directory(at, size, count), total - END.size
    if untrusted_tail[-END.size - LOCATOR.size :].startswith(b"PK\x06\x07"):
        directory, end = _read_end64(untrusted_tail, total, directory)
    if disk not in {0, _FULL_16} or first_disk not in {0, _FULL_16} or here != count:
        raise BundleError("the ZIP is one part of several")
    if directory.at + directory.size != end:
        raise BundleError("the ZIP's directory does not reach from where it begins to the ZIP's end record")
    return directory


def _read_end64(untrusted_tail: bytes, total: int, short: Directory) -> tuple[Directory, int]:
    if len(untrusted_tail) < MAX_END_BYTES:
        raise BundleError("the ZIP64 end record is cut short")
    end = total - MAX_END_BYTES
    _, disk, at, disks = LOCATOR.unpack(untrusted_tail[-END.size - LOCATOR.size : -END.size])
    fields = END64.unpack(untrusted_tail[-MAX_END_BYTES : -END.size - LOCATOR.size])
    mark, length, _, _, here_disk, first_disk, here, count, size, start = fields
    if mark != b"PK\x06\x06" or length != END64.size - 12 or at != end or here != count:
        raise BundleError("the ZIP64 end record is malformed")
    if disk or here_disk or first_disk or disks not in {0, 1}:
        raise BundleError("the ZIP is one part of several")
    whole = Directory(start, size, count)
    limits = (_FULL_32, _FULL_32, _FULL_16)
    if any(told not in {full, true} for told, true, full in zip(short, whole, limits, strict=True)):
        raise BundleError("the ZIP64 end record and the plain one contradict each other")
    return whole, end


def central_lengths(untrusted_header: bytes) -> tuple[int, int]:
    """How many bytes of name and of extra fields follow a directory header; raises BundleError."""
    if len(untrusted_header) != CENTRAL.size or not untrusted_header.startswith(CENTRAL_MARK):
        raise BundleError("the ZIP's directory is cut short or holds something else")
    *_, name, extra, comment, _, _, _, _ = CENTRAL.unpack(untrusted_header)
    if comment:
        raise BundleError("a member of the ZIP has a comment")
    return name, extra


def read_central(untrusted_header: bytes, name: bytes, extra: bytes) -> Member:
    """One member from its directory header and what follows it; raises BundleError."""
    fields = CENTRAL.unpack(untrusted_header)
    _, _, _, flags, method, _, _, crc, packed, size, _, _, _, disk, _, attributes, at = fields
    wide = _extra_fields(extra).get(_ZIP64, b"")
    missing = (size, packed, at).count(_FULL_32)
    # Exactly those values that did not fit into four bytes, in this order.
    if len(wide) != 8 * missing or disk:
        raise BundleError("a member of the ZIP has sizes that cannot be read, or lies in another part")
    values = iter(struct.unpack(f"<{missing}Q", wide))
    size, packed, at = (next(values) if value == _FULL_32 else value for value in (size, packed, at))
    return Member(name, flags, method, crc, packed, size, at, attributes)


def _extra_fields(extra: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    at = 0
    while at < len(extra):
        if at + 4 > len(extra):
            raise BundleError("a member of the ZIP has extra fields that are cut short")
        kind, length = struct.unpack_from("<2H", extra, at)
        data = extra[at + 4 : at + 4 + length]
        if len(data) != length or kind in fields or kind == _SECOND_NAME:
            raise BundleError("a member of the ZIP has extra fields that are cut short, doubled, or name it again")
        fields[kind] = data
        at += 4 + length
    return fields


def read_path(member: Member) -> str:
    """The member's path, without a folder's last slash, if it is one that a bag may have; raises BundleError."""
    try:
        path = member.name.decode("utf-8" if member.flags & UTF8 else "ascii")
    except UnicodeDecodeError as error:
        raise BundleError("its name in the ZIP is not of the alphabet that it declares") from error
    path = path.removesuffix("/")
    bagging.check_path(path)
    return path


def refusal(member: Member) -> str | None:
    """Why this member is no plain file or folder that can be read, None when it is one."""
    kind, dos = member.attributes >> 16 & _UNIX_KIND, member.attributes & 0xFFFF
    if kind == _UNIX_LINK or dos & _DOS_REPARSE:
        return A_LINK
    if kind not in {0, _UNIX_FOLDER if member.is_folder else _UNIX_FILE} or dos & _DOS_LABEL:
        return NEITHER
    if dos & _DOS_FOLDER and not member.is_folder:
        return "a file that says it is a folder"
    return _unreadable(member)


def _unreadable(member: Member) -> str | None:
    if member.is_folder and member.size:
        return "a folder that holds bytes"
    if member.flags & _ENCRYPTED:
        return "it is encrypted"
    if member.flags & ~_KNOWN or member.method not in {STORED, DEFLATED}:
        return "it is packed in a way that is not read here; only stored and deflated files are"
    if member.method == STORED and member.packed != member.size:
        return "it is stored as it is, in another size than its own"
    return None


def local_length(untrusted_header: bytes) -> int:
    """How many bytes of name and extra fields follow a local header; raises BundleError when it is none."""
    if len(untrusted_header) != LOCAL.size or not untrusted_header.startswith(LOCAL_MARK):
        raise BundleError("the ZIP's directory points to where no member begins")
    name, extra = struct.unpack_from("<2H", untrusted_header, LOCAL.size - 4)
    return int(name + extra)


def check_local(member: Member, header: bytes, untrusted_rest: bytes) -> int:
    """Check a local header, and the name and extra fields behind it, against the directory; returns their length.

    Raises BundleError where they tell of two different members.
    """
    _, _, flags, method, _, _, crc, packed, size, name, extra = LOCAL.unpack(header)
    if len(untrusted_rest) != name + extra or untrusted_rest[:name] != member.name:
        raise BundleError("a member of the ZIP has another name than the directory says")
    wide = _extra_fields(untrusted_rest[name:]).get(_ZIP64, b"")
    if _FULL_32 in {packed, size} and len(wide) == 16:
        wide_size, wide_packed = struct.unpack("<2Q", wide)
        size = wide_size if size == _FULL_32 else size
        packed = wide_packed if packed == _FULL_32 else packed
    # What was not known when the header was written is nought there, and told in a descriptor behind the bytes.
    late = {0} if member.flags & DESCRIPTOR else set()
    pairs = ((crc, member.crc), (packed, member.packed), (size, member.size))
    if (flags, method) != (member.flags, member.method) or any(told not in {true, *late} for told, true in pairs):
        raise BundleError("a member of the ZIP has another size or kind than the directory says")
    return LOCAL.size + len(untrusted_rest)


def descriptors(member: Member) -> frozenset[bytes]:
    """What may stand between a member's bytes and what comes next: nothing, or its sizes told again in four ways."""
    if not member.flags & DESCRIPTOR:
        return frozenset({b""})
    sizes = [
        struct.pack(f"<L2{size}", member.crc, member.packed, member.size)
        for size in ("L", "Q")
        if size == "Q" or max(member.packed, member.size) <= _FULL_32
    ]
    return frozenset(mark + values for mark in (b"", b"PK\x07\x08") for values in sizes)
