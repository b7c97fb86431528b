"""A verifier key is accepted in one spelling only, and never when it is weak."""

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.errors import NoteError
from custody.core.notes import VerifierKey
from tests.custody.core import probes
from tests.custody.core.samples import KEY, PRIVATE_KEY

TEXT = KEY.encode()

# Edwards curve arithmetic, only to find the eight weak points without trusting a copied list (RFC 8032 section 5.1).
P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int]


def _add(a: Point, b: Point) -> Point:
    (x1, y1), (x2, y2) = a, b
    product = D * x1 * x2 * y1 * y2
    x = (x1 * y2 + x2 * y1) * pow(1 + product, -1, P)
    y = (y1 * y2 + x1 * x2) * pow(1 - product, -1, P)
    return x % P, y % P


def _times(factor: int, point: Point) -> Point:
    result = (0, 1)
    while factor:
        if factor & 1:
            result = _add(result, point)
        point, factor = _add(point, point), factor >> 1
    return result


def _point(y: int) -> Point | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    return (x, y) if x * x % P == square else None


def _weak_points() -> set[Point]:
    """Multiply points by the prime order of the main subgroup until what is left generates all eight."""
    order = 2**252 + 27742317777372353535851937790883648493
    for y in range(2, 50):
        start = _point(y)
        if start is not None:
            weak = {_times(factor, _times(order, start)) for factor in range(8)}
            if len(weak) == 8:
                return weak
    raise AssertionError("no generator found")


def _encode(y: int, sign: int) -> bytes:
    return (y | sign << 255).to_bytes(32, "little")


def _vkey(public: bytes, *, name: str = "weak.example") -> str:
    key_id = hashlib.sha256(name.encode() + b"\n\x01" + public).hexdigest()[:8]
    return f"{name}+{key_id}+{base64.b64encode(bytes([1]) + public).decode()}"


WEAK = sorted({_encode(y, sign) for _, y in _weak_points() for sign in (0, 1)})
# Every y from the field's prime upwards has a smaller spelling.
NOT_CANONICAL = [_encode(y, sign) for y in range(P, 2**255) for sign in (0, 1)]


def test_there_are_five_weak_y_with_two_signs_each() -> None:
    assert len(WEAK) == 10


@pytest.mark.parametrize("public", WEAK + NOT_CANONICAL, ids=bytes.hex)
def test_a_weak_or_not_canonical_key_is_refused(public: bytes) -> None:
    with pytest.raises(NoteError, match="weak"):
        VerifierKey.parse(_vkey(public))


def test_the_same_spelling_with_a_good_key_is_accepted() -> None:
    assert VerifierKey.parse(_vkey(KEY.public)).public == KEY.public


def test_every_part_of_a_key_is_refused() -> None:
    # As in the tests of golang.org/x/mod/sumdb/note.
    for start in range(len(TEXT)):
        for end in range(start + 1, len(TEXT) + 1):
            if (start, end) != (0, len(TEXT)):
                with pytest.raises(NoteError):
                    VerifierKey.parse(TEXT[start:end])


def test_every_changed_character_is_refused() -> None:
    for name, changed in probes.flipped(TEXT.encode()):
        with pytest.raises(NoteError):
            pytest.fail(f"{name}: {VerifierKey.parse(changed.decode('latin-1'))}")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "++",
        f"{TEXT}\n",
        f" {TEXT}",
        TEXT.replace("+", "-"),
        TEXT.upper(),
        _vkey(KEY.public[:31]),
        _vkey(KEY.public + b"\x00"),
        _vkey(b""),
        _vkey(KEY.public, name=""),
        _vkey(KEY.public, name="two words"),
        _vkey(KEY.public, name="no\u00a0break"),
        _vkey(KEY.public, name="bell\x07"),
        # An algorithm other than Ed25519, with the id that fits it.
        "TEST+7997405c+AgcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6",
        "name+0000000g+AQ==",
        "name+00000000+é",
    ],
)
def test_a_malformed_key_is_refused(text: str) -> None:
    with pytest.raises(NoteError):
        VerifierKey.parse(text)


def test_an_id_of_another_key_is_refused() -> None:
    with pytest.raises(NoteError, match="id"):
        VerifierKey(KEY.name, b"\x00\x00\x00\x00", KEY.public)


@given(st.text(max_size=80))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        key = VerifierKey.parse(text)
    except NoteError:
        return
    assert key.encode() == text


def test_a_key_follows_from_its_private_half() -> None:
    assert VerifierKey.of(KEY.name, PRIVATE_KEY.public_key()) == VerifierKey.parse(TEXT)
