"""File names as bytes: any bytes are a name, and showing one must never mislead the reader."""

import hashlib
import unicodedata

_JOINERS = "\u200c\u200d"  # part of ordinary Persian, Arabic and Indic spelling
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
SALT_BYTES = 16


def name_digest(*, salt: bytes, name: bytes, path: bytes) -> str:
    """Return hex SHA-256 of salt, name, a zero byte and path: what receipts and entries hold instead of a name.

    Raises ValueError unless the salt is 16 bytes (a short one could be guessed along with the name).
    """
    if len(salt) != SALT_BYTES:
        raise ValueError("a name's salt is 16 bytes")
    return hashlib.sha256(salt + name + b"\x00" + path).hexdigest()


def display(name: bytes) -> str:
    r"""Return the name as text that shows every character it holds.

    Controls, direction overrides, unassigned and undecodable bytes appear as ``\xNN`` or ``\uNNNN``, a
    backslash as ``\\``, and a space at either end as ``\x20``, so two different names never look alike by trick.
    """
    text = name.decode("utf-8", "surrogateescape")
    last = len(text) - 1
    return "".join(_shown(char, at_edge=index in (0, last)) for index, char in enumerate(text))


def _shown(char: str, *, at_edge: bool) -> str:
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    if char == "\\":
        return "\\\\"
    if char == " " and at_edge:
        return "\\x20"
    if unicodedata.category(char) in _HIDDEN and char not in _JOINERS:
        return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
    return char


def as_given(path: bytes) -> str:
    r"""Return the path for JSON: itself where it is UTF-8, else with each undecodable byte as ``\xNN``."""
    return path.decode("utf-8", "backslashreplace")
