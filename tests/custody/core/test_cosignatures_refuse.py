"""A cosignature counts only as it was given: this text, this time, this key."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from custody.core import cosignatures, notes
from custody.core.cosignatures import MAX_TIME, CosignerKey, sign_cosignature, verify
from custody.core.errors import CheckpointError, CustodyError, NoteError
from tests.custody.core import probes
from tests.custody.core.growing import COSIGNER, COSIGNER_KEY, COSIGNER_PRIVATE_KEY, TIME, checkpoint, signed
from tests.custody.core.samples import OTHER_PRIVATE_KEY

BODY = checkpoint(5).body()
LINE = sign_cosignature(BODY, name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY, time=TIME)
BLOB = base64.b64decode(LINE.split(" ")[2])

# Encodings of the points whose order divides 8: under them one signature fits many texts.
LOW_ORDER = [
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    # Not canonical: p and p+1, the same points written another way.
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


def _line(blob: bytes, name: str = COSIGNER) -> str:
    return f"\N{EM DASH} {name} {base64.b64encode(blob).decode()}"


def test_no_changed_line_verifies() -> None:
    verified = []
    for what, changed in probes.every(LINE.encode()):
        try:
            verify(changed.decode(), text=BODY, key=COSIGNER_KEY)
        except (NoteError, UnicodeDecodeError):
            continue
        verified.append(what)
    assert verified == []


@pytest.mark.parametrize("time", [0, TIME - 1, TIME + 1, TIME + 2**32, MAX_TIME])
def test_a_changed_time_is_refused(time: int) -> None:
    changed = _line(BLOB[:4] + time.to_bytes(8, "big") + BLOB[12:])
    with pytest.raises(NoteError, match="wrong"):
        verify(changed, text=BODY, key=COSIGNER_KEY)


@pytest.mark.parametrize("time", [2**63, 2**64 - 1])
def test_a_time_out_of_range_is_refused_even_if_it_was_signed(time: int) -> None:
    signature = COSIGNER_PRIVATE_KEY.sign(f"cosignature/v1\ntime {time}\n{BODY}".encode())
    with pytest.raises(NoteError, match="range"):
        verify(_line(BLOB[:4] + time.to_bytes(8, "big") + signature), text=BODY, key=COSIGNER_KEY)


@pytest.mark.parametrize("time", [-1, 2**63])
def test_an_impossible_time_is_not_signed(time: int) -> None:
    with pytest.raises(NoteError, match="range"):
        sign_cosignature(BODY, name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY, time=time)


@pytest.mark.parametrize("text", [checkpoint(6).body(), checkpoint(5, forked_at=2).body()])
def test_another_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(NoteError, match="wrong"):
        verify(LINE, text=text, key=COSIGNER_KEY)


@pytest.mark.parametrize("text", ["", "hello\n", f"{BODY}extension\n", BODY[:-1]])
def test_what_is_no_checkpoint_is_neither_cosigned_nor_verified(text: str) -> None:
    with pytest.raises(CheckpointError):
        sign_cosignature(text, name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY, time=TIME)
    with pytest.raises(CheckpointError):
        verify(LINE, text=text, key=COSIGNER_KEY)


def test_another_cosigner_or_another_name_is_refused() -> None:
    other = CosignerKey.of(COSIGNER, OTHER_PRIVATE_KEY.public_key())
    renamed = CosignerKey.of("other.example/w1", COSIGNER_PRIVATE_KEY.public_key())
    for key in (other, renamed):
        with pytest.raises(NoteError, match="another key"):
            verify(LINE, text=BODY, key=key)
    # With the id forged as well, the signature itself fails.
    with pytest.raises(NoteError, match="wrong"):
        verify(_line(other.key_id + BLOB[4:]), text=BODY, key=other)


@pytest.mark.parametrize("blob", [BLOB[:-1], BLOB + b"\0", BLOB[:12], BLOB[:4] + BLOB[12:], BLOB[:5]])
def test_a_cosignature_of_another_length_is_refused(blob: bytes) -> None:
    with pytest.raises(NoteError, match="not a time and an Ed25519 signature"):
        verify(_line(blob), text=BODY, key=COSIGNER_KEY)


def test_a_plain_signature_of_the_same_key_does_not_pass_for_a_cosignature() -> None:
    plain = notes.sign(BODY, name=COSIGNER, private_key=COSIGNER_PRIVATE_KEY).removeprefix(f"{BODY}\n")[:-1]
    with pytest.raises(NoteError, match="another key"):
        verify(plain, text=BODY, key=COSIGNER_KEY)
    signature = base64.b64decode(plain.split(" ")[2])[4:]
    with pytest.raises(NoteError, match="wrong"):
        verify(_line(BLOB[:12] + signature), text=BODY, key=COSIGNER_KEY)


def test_a_cosignature_does_not_pass_for_the_logs_own_signature() -> None:
    key = notes.VerifierKey.of(COSIGNER, COSIGNER_PRIVATE_KEY.public_key())
    with pytest.raises(NoteError, match="no trusted key"):
        notes.open_note(f"{BODY}\n{LINE}\n".encode(), [key])
    with pytest.raises(NoteError, match="wrong"):
        notes.open_note(f"{BODY}\n{_line(key.key_id + BLOB[12:])}\n".encode(), [key])


@pytest.mark.parametrize("public", LOW_ORDER)
def test_a_weak_key_is_refused(public: str) -> None:
    key = bytes.fromhex(public)
    with pytest.raises(NoteError, match="weak"):
        CosignerKey("weak.example", key)
    written = base64.b64encode(b"\x04" + key).decode()
    key_id = sha256(b"weak.example\n\x04" + key).hexdigest()[:8]
    with pytest.raises(NoteError, match="weak"):
        CosignerKey.parse(f"weak.example+{key_id}+{written}")


def test_a_weak_key_would_have_passed_any_text() -> None:
    """What the refusal is for: the identity as key and as nonce point, and zero, sign everything."""
    identity = (1).to_bytes(32, "little")
    forged = identity + bytes(32)
    Ed25519PublicKey.from_public_bytes(identity).verify(forged, b"anything")


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "a\u3000b", "a\x00", "\udfff"])
def test_a_malformed_name_is_refused(name: str) -> None:
    with pytest.raises(NoteError):
        CosignerKey.of(name, COSIGNER_PRIVATE_KEY.public_key())
    with pytest.raises(NoteError):
        sign_cosignature(BODY, name=name, private_key=COSIGNER_PRIVATE_KEY, time=TIME)


def test_no_changed_key_is_read_as_the_same_cosigner() -> None:
    read = []
    for what, changed in probes.every(COSIGNER_KEY.encode().encode()):
        try:
            key = CosignerKey.parse(changed.decode())
        except (NoteError, UnicodeDecodeError):
            continue
        read.append((what, key))
    assert read == []


@pytest.mark.parametrize("kind", [0, 1, 2, 5, 6, 255])
def test_a_key_of_another_kind_is_refused(kind: int) -> None:
    public = bytes([kind]) + COSIGNER_KEY.public
    key_id = sha256(COSIGNER.encode() + b"\n" + public).hexdigest()[:8]
    with pytest.raises(NoteError, match="not a key for Ed25519 cosignatures"):
        CosignerKey.parse(f"{COSIGNER}+{key_id}+{base64.b64encode(public).decode()}")


@pytest.mark.parametrize("length", [0, 31, 33, 1312])
def test_a_key_of_another_length_is_refused(length: int) -> None:
    with pytest.raises(NoteError, match="32 bytes"):
        CosignerKey(COSIGNER, bytes(length))


def test_a_wrong_cosignature_of_a_known_cosigner_spoils_the_note() -> None:
    bad = _line(BLOB[:12] + bytes(64))
    note = signed(5) + f"{LINE}\n{bad}\n".encode()
    with pytest.raises(NoteError, match="wrong"):
        cosignatures.verify_all(note, checkpoint=checkpoint(5), keys=[COSIGNER_KEY])
    assert cosignatures.verify_all(note, checkpoint=checkpoint(5), keys=[]) == ()


@pytest.mark.parametrize(
    "note", [b"", signed(6), signed(5)[:-1], signed(5) + b"\n", signed(5) + b"junk\n", b"\xff", checkpoint(5).body()]
)
def test_cosignatures_are_read_under_their_own_checkpoint_only(note: bytes | str) -> None:
    data = note if isinstance(note, bytes) else note.encode()
    with pytest.raises(NoteError):
        cosignatures.verify_all(data, checkpoint=checkpoint(5), keys=[COSIGNER_KEY])


def test_a_note_with_too_many_lines_is_refused() -> None:
    note = signed(5) + f"{LINE}\n".encode() * notes.MAX_SIGNATURES
    with pytest.raises(NoteError, match="more than 100"):
        cosignatures.verify_all(note, checkpoint=checkpoint(5), keys=[COSIGNER_KEY])


@given(st.text(max_size=200) | st.binary(max_size=90).map(_line))
def test_no_line_raises_anything_else(line: str) -> None:
    with pytest.raises(CustodyError):
        verify(line, text=BODY, key=COSIGNER_KEY)


@given(st.text(max_size=200))
def test_no_key_text_raises_anything_else(text: str) -> None:
    with pytest.raises(NoteError):
        CosignerKey.parse(text)
