"""Which software this is: the name, version and commit that receipts carry."""

from __future__ import annotations

from pathlib import Path

NAME = "amana"
VERSION = "0.1.0"
UNKNOWN = "unknown"


def commit(checkout: Path) -> str:
    """The commit checked out at `checkout`, 40 hex digits, or "unknown" for a copy without its repository."""
    git = checkout / ".git"
    try:
        head = (git / "HEAD").read_text(encoding="ascii").strip()
        if not head.startswith("ref: "):
            return head
        return _resolve(git, head.removeprefix("ref: "))
    except (OSError, UnicodeDecodeError):
        return UNKNOWN


def _resolve(git: Path, reference: str) -> str:
    loose = git / reference
    if loose.is_file():
        return loose.read_text(encoding="ascii").strip()
    for line in (git / "packed-refs").read_text(encoding="ascii").splitlines():
        if line.endswith(f" {reference}"):
            return line.split(" ", 1)[0]
    return UNKNOWN
