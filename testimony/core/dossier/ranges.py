"""Where pieces of a dossier stand once its pages are set: learned by drawing, and no part of the content."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Range:
    """The pages of one exhibit or statement, by its mark. Numbers run on through all volumes, from 1."""

    mark: str
    volume: int
    first: int
    last: int

    @property
    def pages(self) -> int:
        """How many there are."""
        return self.last - self.first + 1


def bates(dossier: str, page: int) -> str:
    """The number in the foot of a page."""
    return f"{dossier}-{page:06d}"
