"""A note opens only if nothing about it was changed and a trusted key signed it."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from custody.core import notes
from custody.core.errors import NoteError
from custody.core.notes import VerifierKey, open_note
from tests.custody.core import probes
from tests.custody.core.samples import KEY, ORIGIN, OTHER_PRIVATE_KEY, PRIVATE_KEY

TEXT = "a text\n\nwith an empty line\n"
NOTE = notes.sign(TEXT, name=ORIGIN, private_key=PRIVATE_KEY)
LINE = NOTE.removeprefix(f"{TEXT}\n")
OTHER = VerifierKey.of("witness.example", OTHER_PRIVATE_KEY.public_key())
OTHER_LINE = notes.sign(TEXT, name=OTHER.name, private_key=OTHER_PRIVATE_KEY).removeprefix(f"{TEXT}\n")


def _line(name: str, data: bytes) -> str:
    return f"— {name} {base64.b64encode(data).decode()}\n"


def test_what_was_signed_opens() -> None:
    assert open_note(NOTE.encode(), [KEY]) == notes.OpenedNote(TEXT, (ORIGIN,), 0)


def test_no_changed_note_opens() -> None:
    opened = []
    for name, changed in probes.every(NOTE.encode()):
        try:
            open_note(changed, [KEY])
        except NoteError:
            continue
        opened.append(name)
    assert opened == []


def test_signatures_of_unknown_keys_are_counted_and_ignored() -> None:
    assert open_note((NOTE + OTHER_LINE).encode(), [KEY]) == notes.OpenedNote(TEXT, (ORIGIN,), 1)
    assert open_note((NOTE + OTHER_LINE).encode(), [OTHER]) == notes.OpenedNote(TEXT, (OTHER.name,), 1)


def test_several_trusted_signatures_are_named_in_their_order() -> None:
    note = f"{TEXT}\n{OTHER_LINE}{LINE}{OTHER_LINE}".encode()
    assert open_note(note, [KEY, OTHER]).verified == (OTHER.name, ORIGIN)


def test_a_wrong_signature_of_a_trusted_key_spoils_the_note() -> None:
    bad = _line(OTHER.name, OTHER.key_id + bytes(64))
    with pytest.raises(NoteError, match="wrong"):
        open_note((NOTE + bad).encode(), [KEY, OTHER])
    assert open_note((NOTE + bad).encode(), [KEY]).unknown == 1


def test_a_known_name_under_another_id_is_unknown() -> None:
    line = _line(ORIGIN, b"\x00\x01\x02\x03" + bytes(64))
    assert open_note((NOTE + line).encode(), [KEY]).unknown == 1
    with pytest.raises(NoteError, match="no trusted key"):
        open_note(f"{TEXT}\n{line}".encode(), [KEY])


def test_a_known_id_under_another_name_is_unknown() -> None:
    with pytest.raises(NoteError, match="no trusted key"):
        open_note(f"{TEXT}\n{_line('other.example', KEY.key_id + bytes(64))}".encode(), [KEY])


def test_a_signature_of_another_text_is_refused() -> None:
    with pytest.raises(NoteError, match="wrong"):
        open_note(f"another text\n\n{LINE}".encode(), [KEY])


def test_without_trusted_keys_nothing_opens() -> None:
    with pytest.raises(NoteError, match="no trusted key"):
        open_note(NOTE.encode(), [])


def test_two_keys_under_one_name_and_id_are_refused() -> None:
    twin = VerifierKey.of(ORIGIN, OTHER_PRIVATE_KEY.public_key())
    object.__setattr__(twin, "key_id", KEY.key_id)
    with pytest.raises(NoteError, match="share"):
        open_note(NOTE.encode(), [KEY, twin])
    assert open_note(NOTE.encode(), [KEY, KEY]).verified == (ORIGIN,)


def test_a_key_that_is_no_point_of_the_curve_verifies_nothing() -> None:
    key = VerifierKey.parse(_off_curve_key())
    with pytest.raises(NoteError, match="wrong"):
        open_note(f"{TEXT}\n{_line(key.name, key.key_id + bytes(64))}".encode(), [key])


def _off_curve_key() -> str:
    public = (2).to_bytes(32, "little")
    key_id = notes._key_id("off.example", public).hex()
    return f"off.example+{key_id}+{base64.b64encode(bytes([1]) + public).decode()}"


@pytest.mark.parametrize(
    "block",
    [
        "",
        "\n",
        LINE[:-1],
        LINE + "\n",
        LINE.replace("—", "-"),
        LINE.replace("— ", "—"),
        LINE.replace("— ", "—  "),
        LINE.replace("— ", "—\t"),
        LINE.replace("\n", "\r\n"),
        LINE.replace("=\n", "\n"),
        LINE.replace("\n", " \n"),
        LINE + "garbage\n",
        LINE + "name AAAAAAA=\n",
        LINE + "— name\n",
        LINE + "— name \n",
        LINE + "— name AAAAAA==\n",
        LINE + "—  AAAAAAA=\n",
        LINE + "— a+b AAAAAAA=\n",
        LINE + "— a\u2003b AAAAAAA=\n",
        LINE + "— name AAAAAAB=\n",
        LINE + "— name AAAA AAA=\n",
        LINE + "— name é\n",
    ],
)
def test_a_malformed_signature_block_is_refused(block: str) -> None:
    with pytest.raises(NoteError):
        open_note(f"{TEXT}\n{block}".encode(), [KEY])


def test_a_hundred_signatures_are_read_and_not_one_more() -> None:
    unknown = _line("other.example", bytes(68))
    assert open_note((NOTE + unknown * 99).encode(), [KEY]).unknown == 99
    with pytest.raises(NoteError, match="more than 100"):
        open_note((NOTE + unknown * 100).encode(), [KEY])


def test_a_note_of_a_mebibyte_opens_and_not_one_byte_more() -> None:
    overhead = len(NOTE.encode()) - len(TEXT.encode())
    text = "x" * (2**20 - overhead - 1) + "\n"
    note = notes.sign(text, name=ORIGIN, private_key=PRIVATE_KEY).encode()
    assert len(note) == 2**20
    assert open_note(note, [KEY]).text == text
    with pytest.raises(NoteError, match="larger"):
        open_note(b"x" + note, [KEY])


@pytest.mark.parametrize("text", ["\n", "bell\x07\n", "return\r\n"])
def test_a_malformed_text_does_not_open_even_if_a_trusted_key_signed_it(text: str) -> None:
    line = _line(ORIGIN, KEY.key_id + PRIVATE_KEY.sign(text.encode()))
    with pytest.raises(NoteError, match="text"):
        open_note(f"{text}\n{line}".encode(), [KEY])


@pytest.mark.parametrize("text", ["", "\n", "no newline", "bell\x07\n", "nul\x00\n", "return\r\n", "half \ud800\n"])
def test_a_malformed_text_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError):
        notes.sign(text, name=ORIGIN, private_key=PRIVATE_KEY)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\x00", "\udfff"])
def test_a_malformed_name_does_not_sign(name: str) -> None:
    with pytest.raises(NoteError):
        notes.sign(TEXT, name=name, private_key=PRIVATE_KEY)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    with pytest.raises(NoteError):
        open_note(data, [KEY])


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1).map(lambda text: f"{text}\n"),
    st.binary(min_size=32, max_size=32),
)
def test_whatever_text_is_signed_opens_again(text: str, seed: bytes) -> None:
    private_key = Ed25519PrivateKey.from_private_bytes(seed)
    note = notes.sign(text, name=ORIGIN, private_key=private_key)
    opened = open_note(note.encode(), [VerifierKey.of(ORIGIN, private_key.public_key())])
    assert opened == notes.OpenedNote(text, (ORIGIN,), 0)
