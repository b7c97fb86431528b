"""The manifest of a set of items: what stands for them in an entry when they are many.

One line for each item, `<SHA-256>  <evidence reference number>`, in the order of the numbers: the form that
``sha256sum`` writes, so that whoever has the originals under their numbers checks them all with ``sha256sum -c``.
"""

import hashlib
from collections.abc import Iterable


def manifest_bytes(items: Iterable[tuple[str, str]]) -> bytes:
    """The manifest of items given as (evidence reference number, SHA-256 of the original)."""
    return "".join(f"{sha256}  {ern}\n" for ern, sha256 in sorted(items)).encode("ascii")


def manifest_digest(content: bytes) -> str:
    """The digest (hex) that names the set."""
    return hashlib.sha256(content).hexdigest()
