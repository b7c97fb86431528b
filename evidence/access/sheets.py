"""What a contact sheet gets: one act, many pictures, each with its own short permission."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True)
class Picture:
    """One place on a sheet: a permission to fetch it, or the reason why there is none."""

    item: UUID
    grant: str = ""
    reason: str = ""
    width: int = 0
    height: int = 0


@dataclass(frozen=True)
class Sheet:
    """Pictures by item id, and the act under which they were granted."""

    act: str
    pictures: dict[UUID, Picture] = field(default_factory=dict)
