"""Personal names across spellings and scripts: how alike two are, and an index that finds the likely ones.

A likeness is a hint for a person who decides; two people of one name are the rule.
"""

from testimony.core.names.index import Hit, NameIndex
from testimony.core.names.likeness import score
from testimony.core.names.parts import Name, read

__all__ = ["Hit", "Name", "NameIndex", "read", "score"]
