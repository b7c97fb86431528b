"""Keys, notes and a private key published by others, read, verified and signed again byte for byte."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from custody.core import notes
from custody.core.errors import NoteError
from custody.core.notes import VerifierKey

# The example of c2sp.org/signed-note.
SPECIFICATION_KEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
SPECIFICATION_NOTE = (
    "This is an example message.\n\n"
    "— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n"
)
# The tests of golang.org/x/mod/sumdb/note; the private key's base64 part is 0x01 and the seed.
GO_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
GO_PRIVATE_KEY = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
GO_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
GO_NOTE = (
    f"{GO_TEXT}\n— PeterNeumann "
    "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# A second key of the same tests, and one of transparency-dev/formats whose base64 part holds a plus.
ENOCH_KEY = "EnochRoot+af0cfe78+ATtqJ7zOtqQtYqOo0CpvDXNlMhV3HeJDpjrASKGLWdop"
PLUS_KEY = "TEST+7997405c+AQcC+FTVKf0jlTdHDY3rbevmnKxxPjigCXlVtGe6RIr6"


@pytest.mark.parametrize("text", [SPECIFICATION_KEY, GO_KEY, ENOCH_KEY, PLUS_KEY])
def test_published_keys_are_read_and_written_back(text: str) -> None:
    assert VerifierKey.parse(text).encode() == text


def test_the_parts_of_a_key_are_what_the_specification_says() -> None:
    key = VerifierKey.parse(SPECIFICATION_KEY)
    assert key.name == "example.com/foo"
    assert key.key_id.hex() == "530d903a"
    assert key.public.hex() == "e932791ae6e7a840a46164c904786426d5e7821dd8b29a00d61cae72afdd4da4"


@pytest.mark.parametrize(("note", "key"), [(SPECIFICATION_NOTE, SPECIFICATION_KEY), (GO_NOTE, GO_KEY)])
def test_published_notes_open(note: str, key: str) -> None:
    opened = notes.open_note(note.encode(), [VerifierKey.parse(key)])
    assert f"{opened.text}\n" == note[: note.index("—")]
    assert opened.verified == (key.split("+", maxsplit=1)[0],)
    assert opened.unknown == 0


def test_signing_gives_the_published_note() -> None:
    private_key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(GO_PRIVATE_KEY)[1:])
    assert notes.sign(GO_TEXT, name="PeterNeumann", private_key=private_key) == GO_NOTE
    assert VerifierKey.of("PeterNeumann", private_key.public_key()).encode() == GO_KEY


def test_a_published_note_does_not_open_with_another_key() -> None:
    with pytest.raises(NoteError, match="no trusted key"):
        notes.open_note(GO_NOTE.encode(), [VerifierKey.parse(ENOCH_KEY)])
