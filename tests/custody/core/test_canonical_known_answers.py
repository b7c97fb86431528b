"""Known answers of RFC 8785, as far as the restricted form allows."""

import pytest

from custody.core.canonical import MAX_INT, JsonValue, dumps, loads

KNOWN: dict[str, tuple[JsonValue, str]] = {
    # Section 3.2.2: the sample's string and literals, without its floats; order and escapes as in section 3.2.3.
    "the sample of section 3.2": (
        {"string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"/", "literals": [None, True, False]},
        '{"literals":[null,true,false],"string":"\u20ac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    ),
    # Section 3.2.2.2: the two-character escapes, lower-case \\u escapes, everything else as it is.
    "two-character escapes": ('\b\t\n\f\r"\\', r'"\b\t\n\f\r\"\\"'),
    "other control characters": ("\x00\x01\x0b\x1f", r'"\u0000\u0001\u000b\u001f"'),
    "delete and slash are not escaped": ("\x7f/", '"\x7f/"'),
    "separators are not escaped": ("\u2028\u2029", '"\u2028\u2029"'),
    "beyond the basic plane": ("\U0001f602", '"\U0001f602"'),
    "no normalisation": ("A\u030a", '"A\u030a"'),
    "Arabic": ("أمانة", '"أمانة"'),
    # Section 3.2.3: sorting is by code, so upper case comes before lower, digits before letters, at every level.
    "sorting": (
        {"b": 0, "a": {"10": 1, "1": 2, "": 3}, "B": 4, "aa": 5},
        '{"B":4,"a":{"":3,"1":2,"10":1},"aa":5,"b":0}',
    ),
    # Appendix B: integers.
    "zero": (0, "0"),
    "the largest integer": (MAX_INT, "9007199254740991"),
    "the smallest integer": (-MAX_INT, "-9007199254740991"),
    "empty containers": ([{}, []], "[{},[]]"),
    "order of lists is kept": ([3, 1, 2], "[3,1,2]"),
}


@pytest.mark.parametrize("name", KNOWN)
def test_is_written_as_the_standard_says(name: str) -> None:
    value, expected = KNOWN[name]
    assert dumps(value) == expected.encode()


@pytest.mark.parametrize("name", KNOWN)
def test_is_read_back(name: str) -> None:
    value, expected = KNOWN[name]
    assert loads(expected.encode()) == value
