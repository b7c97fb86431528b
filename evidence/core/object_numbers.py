"""Numbers of physical objects: ``AMN-<COLLECTION CODE>-P0001``, allotted once, never reused.

The last group has a letter, so that no number of an object is ever one of an evidence item.
"""

import re

HIGHEST = 9_999
_NUMBER = re.compile(r"AMN-([A-Z0-9][A-Z0-9-]{0,31})-P([0-9]{4})\Z")


def object_number(code: str, ordinal: int) -> str:
    """Return the number of a collection's n-th physical object, from 1; raises ValueError beyond four digits."""
    if not 1 <= ordinal <= HIGHEST:
        raise ValueError(f"no number of an object has {ordinal} in it")
    return f"AMN-{code}-P{ordinal:04d}"


def parse(text: str) -> tuple[str, int]:
    """Return the collection's code and the ordinal; raises ValueError for anything else."""
    found = _NUMBER.match(text)
    if found is None or int(found[2]) == 0:
        raise ValueError("not the number of a physical object")
    return found[1], int(found[2])
