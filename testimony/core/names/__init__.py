"""Personal names across spellings and scripts: how alike two are, and an index that finds the likely ones.

A likeness is a hint for a person who decides; two people of one name are the rule.
"""

from testimony.core.names.index import Hit, NameIndex
from testimony.core.names.likeness import forget_likenesses, score
from testimony.core.names.parts import Name, forget_read, read

__all__ = ["Hit", "Name", "NameIndex", "forget_compared", "read", "score"]


def forget_compared() -> None:
    """Drop every name and sound that is remembered to be quick, of everybody: what was read is read anew."""
    forget_read()
    forget_likenesses()
