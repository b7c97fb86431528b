"""A name is any bytes; what people see of it hides nothing and misleads nobody."""

from __future__ import annotations

import hashlib
import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.core import names

ODD = {
    "صورة ٠٤.jpg".encode(): "صورة ٠٤.jpg",
    "photo\u202egpj.exe".encode(): "photo\\u202egpj.exe",
    b"two\nlines.jpg": "two\\x0alines.jpg",
    b"bad\xff\xfe.jpg": "bad\\xff\\xfe.jpg",
    b"back\\slash": "back\\\\slash",
    b" edges ": "\\x20edges\\x20",
    "می\u200cخواهم".encode(): "می\u200cخواهم",
    b"<script>alert(1)</script>.jpg": "<script>alert(1)</script>.jpg",
    b"\x00": "\\x00",
    "\u2066isolate\u2069".encode(): "\\u2066isolate\\u2069",
    b"x" * 255: "x" * 255,
}


@pytest.mark.parametrize("name", ODD, ids=range(len(ODD)))
def test_odd_names(name: bytes) -> None:
    assert names.display(name) == ODD[name]


@given(st.binary(max_size=40))
def test_nothing_hidden_is_left(name: bytes) -> None:
    shown = names.display(name)
    hidden = {"Cc", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert not [char for char in shown if unicodedata.category(char) in hidden]
    assert not [char for char in shown if unicodedata.category(char) == "Cf" and char not in "\u200c\u200d"]


@given(st.text(max_size=20).map(lambda text: text.encode("utf-8", "replace")) | st.binary(max_size=20), st.data())
def test_two_names_never_look_the_same(name: bytes, data: st.DataObject) -> None:
    other = data.draw(st.binary(max_size=20) | st.just(names.display(name).encode()))
    assert (names.display(name) == names.display(other)) == (name == other)


@given(st.binary(max_size=60))
def test_a_path_fits_into_json(path: bytes) -> None:
    given_back = json.loads(json.dumps(names.as_given(path)))
    assert given_back.encode("utf-8").decode("utf-8") == given_back
    if path.decode("utf-8", "ignore").encode() == path:
        assert given_back.encode() == path


def test_the_digest_of_a_name_is_that_of_salt_name_zero_and_path() -> None:
    salt = bytes(range(16))
    expected = hashlib.sha256(salt + b"a.jpg" + b"\x00" + b"/box/a.jpg").hexdigest()
    assert names.name_digest(salt=salt, name=b"a.jpg", path=b"/box/a.jpg") == expected


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        names.name_digest(salt=b"short", name=b"a", path=b"a")
