"""Evidence reference numbers: one form, read back exactly, nothing else accepted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import receipts
from evidence.core import numbers

CODES = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,31}", fullmatch=True)


def test_the_form() -> None:
    assert numbers.ern("RWB-04", 1) == "AMN-RWB-04-0000-0001"
    assert numbers.ern("RWB-04", 53_275) == "AMN-RWB-04-0005-3275"


@given(CODES, st.integers(1, numbers.HIGHEST))
def test_a_number_reads_back_and_fits_a_receipt(code: str, number: int) -> None:
    text = numbers.ern(code, number)
    assert numbers.parse(text) == (code, number)
    assert receipts.ERN.fullmatch(text)


@pytest.mark.parametrize("number", [0, -1, numbers.HIGHEST + 1])
def test_a_number_outside_eight_digits_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="number"):
        numbers.ern("A", number)


@pytest.mark.parametrize(
    "text", ["", "AMN-A-0000-0000", "AMN-A-00000001", "AMN--0000-0001", "amn-A-0000-0001", "AMN-A-0000-0001\n"]
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an evidence"):
        numbers.parse(text)
