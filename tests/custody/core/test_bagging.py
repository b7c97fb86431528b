"""Manifest lines and tag files have one form, which other BagIt software reads."""

import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import bagging
from custody.core.errors import BundleError

DIGEST = bytes(range(32))
ODD = ["data/a%b", "data/a\nb", "data/a\rb", "data/%0A", "data/%250A\n%", "data/صورة ١.jpg", "data/a  b", "data/-rf"]


@pytest.mark.parametrize("path", ODD)
def test_an_odd_name_stays_on_one_line_and_comes_back(path: str) -> None:
    line = bagging.manifest_line(DIGEST, path)
    assert line.count(b"\n") == 1
    assert bagging.read_manifest_line(line) == (DIGEST, path)


def test_the_line_is_the_one_sha256sum_reads() -> None:
    assert bagging.manifest_line(DIGEST, "data/x") == DIGEST.hex().encode() + b"  data/x\n"


@given(st.text(min_size=1, max_size=60))
def test_any_path_is_refused_or_comes_back(path: str) -> None:
    try:
        line = bagging.manifest_line(DIGEST, path)
    except BundleError:
        return
    assert bagging.read_manifest_line(line) == (DIGEST, path)


HOSTILE = {
    "absolute": "/etc/passwd",
    "parent": "data/../../x",
    "only parent": "..",
    "current": "data/./x",
    "nothing between slashes": "data//x",
    "slash at the end": "data/",
    "empty": "",
    "home": "~/x",
    "backslash": "data\\..\\x",
    "drive": "C:/x",
    "null": "data/\x00",
    "escape sequence": "data/\x1b[2J",
    "dot at the end": "data/x.",
    "space at the end": "data/x /y",
    "half a character": "data/\udcff",
    "too long": "data/" + "x" * bagging.MAX_PATH_BYTES,
}


@pytest.mark.parametrize("path", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_path_that_could_leave_the_bag_is_refused(path: str) -> None:
    with pytest.raises(BundleError):
        bagging.check_path(path)
    with pytest.raises(BundleError):
        bagging.read_manifest_line(f"{DIGEST.hex()}  {path}\n".encode(errors="surrogateescape"))


LINES = {
    "no line feed": DIGEST.hex() + "  data/x",
    "carriage return": DIGEST.hex() + "  data/x\r\r",
    "one space": DIGEST.hex() + " data/x\n",
    "binary mark": DIGEST.hex() + " *data/x\n",
    "upper case": DIGEST.hex().upper() + "  data/x\n",
    "md5": "00" * 16 + "  data/x\n",
    "lower-case escape": DIGEST.hex() + "  data/%0a\n",
    "another escape": DIGEST.hex() + "  data/%2e%2e\n",
    "an escaped parent": DIGEST.hex() + "  data/..%0A/../x\n",
    "a bare per cent": DIGEST.hex() + "  data/100%\n",
    "an escaped line of sha256sum": "\\" + DIGEST.hex() + "  data/a\\nb\n",
}


@pytest.mark.parametrize("line", LINES.values(), ids=LINES.keys())
def test_a_line_in_another_form_is_refused(line: str) -> None:
    with pytest.raises(BundleError):
        bagging.read_manifest_line(line.encode())


@given(st.binary(max_size=120))
def test_no_line_raises_anything_else(untrusted: bytes) -> None:
    with pytest.raises(BundleError):
        bagging.read_manifest_line(untrusted)


def test_bag_info_is_a_line_for_each_field() -> None:
    info = bagging.bag_info([("External-Identifier", "قضية 12"), bagging.payload_oxum(300, 2)])
    assert info.decode() == "External-Identifier: قضية 12\nPayload-Oxum: 300.2\n"


@pytest.mark.parametrize("field", [("A b", "x"), ("A", "x\ny"), ("A", " x"), ("A", ""), ("", "x"), ("A:", "x")])
def test_a_field_that_needs_more_than_its_line_is_refused(field: tuple[str, str]) -> None:
    with pytest.raises(BundleError):
        bagging.bag_info([field])


@given(st.binary(max_size=5000), st.integers(1, 700))
def test_digests_do_not_depend_on_the_buffer(content: bytes, size: int) -> None:
    measured = bagging.digests(io.BytesIO(content), memoryview(bytearray(size)))
    assert measured == (len(content), hashlib.sha256(content).digest(), hashlib.sha512(content).digest())
