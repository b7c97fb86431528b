"""Evidence reference numbers: ``AMN-<COLLECTION CODE>-0000-0001``, allotted once, never reused."""

import re

HIGHEST = 99_999_999
_ERN = re.compile(r"AMN-([A-Z0-9][A-Z0-9-]{0,31})-([0-9]{4})-([0-9]{4})\Z")


def ern(code: str, number: int) -> str:
    """Return the reference number of a collection's n-th item, from 1; raises ValueError beyond eight digits."""
    if not 1 <= number <= HIGHEST:
        raise ValueError(f"no evidence reference number has {number} in it")
    digits = f"{number:08d}"
    return f"AMN-{code}-{digits[:4]}-{digits[4:]}"


def parse(text: str) -> tuple[str, int]:
    """Return the collection's code and the number; raises ValueError for anything else."""
    found = _ERN.match(text)
    if found is None or int(found[2] + found[3]) == 0:
        raise ValueError("not an evidence reference number")
    return found[1], int(found[2] + found[3])
