"""A checkpoint is three lines in one spelling, and counts only when its own log signed it."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import checkpoints, notes
from custody.core.checkpoints import Checkpoint, open_checkpoint, parse
from custody.core.errors import CheckpointError, CustodyError, NoteError
from custody.core.merkle import EMPTY_ROOT, MAX_SIZE
from custody.core.notes import VerifierKey
from tests.custody.core import probes, strategies
from tests.custody.core.samples import KEY, ORIGIN, OTHER_PRIVATE_KEY, PRIVATE_KEY

# The example of c2sp.org/tlog-checkpoint.
SPECIFICATION_BODY = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"

CHECKPOINT = Checkpoint(ORIGIN, 1234, bytes(range(32)))
BODY = CHECKPOINT.body()
ROOT = BODY.split("\n")[2]
SIGNED = checkpoints.sign(CHECKPOINT, private_key=PRIVATE_KEY)
WITNESS = VerifierKey.of("witness.example", OTHER_PRIVATE_KEY.public_key())


def test_the_example_of_the_specification_is_read_and_written_back() -> None:
    checkpoint = parse(SPECIFICATION_BODY)
    assert checkpoint.origin == "example.com/behind-the-sofa"
    assert checkpoint.size == 20852163
    assert checkpoint.root.hex() == "0ac5186a91863e8e1d90c808014aa89bf5da8e3ee1d9f07630f0378f68f1ab62"
    assert checkpoint.body() == SPECIFICATION_BODY


def test_the_written_form_stays_what_it_is() -> None:
    # Changing this makes every checkpoint that was ever signed unreadable.
    assert BODY == "amana.example/ledger\n1234\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"
    assert (
        f"{BODY}\n— amana.example/ledger "
        + base64.b64encode(KEY.key_id + PRIVATE_KEY.sign(BODY.encode())).decode()
        + "\n"
    ) == SIGNED


@given(st.builds(Checkpoint, st.just(ORIGIN), st.integers(1, MAX_SIZE), strategies.hashes))
def test_what_was_written_is_read_back(checkpoint: Checkpoint) -> None:
    assert parse(checkpoint.body()) == checkpoint


@pytest.mark.parametrize(
    "body",
    [
        "",
        "\n\n\n",
        BODY[:-1],
        f"{BODY}\n",
        f"{BODY}extension\n",
        BODY.replace("\n", "\r\n"),
        f"\n1234\n{ROOT}\n",
        f"bell\x07\n1234\n{ROOT}\n",
        f"{'x' * 256}\n1234\n{ROOT}\n",
        f"{ORIGIN}\n\n{ROOT}\n",
        f"{ORIGIN}\n01234\n{ROOT}\n",
        f"{ORIGIN}\n+1234\n{ROOT}\n",
        f"{ORIGIN}\n-1\n{ROOT}\n",
        f"{ORIGIN}\n 1234\n{ROOT}\n",
        f"{ORIGIN}\n1_234\n{ROOT}\n",
        f"{ORIGIN}\n1234.0\n{ROOT}\n",
        f"{ORIGIN}\n١٢٣٤\n{ROOT}\n",
        f"{ORIGIN}\n{2**63}\n{ROOT}\n",
        f"{ORIGIN}\n{'9' * 5000}\n{ROOT}\n",
        f"{ORIGIN}\n0\n{ROOT}\n",
        f"{ORIGIN}\n1234\n\n",
        f"{ORIGIN}\n1234\n{ROOT[:-1]}\n",
        f"{ORIGIN}\n1234\n{ROOT} \n",
        f"{ORIGIN}\n1234\n{ROOT[:-2]}9=\n",
        f"{ORIGIN}\n1234\n{ROOT[:-1].replace('A', '-')}=\n",
        f"{ORIGIN}\n1234\n{base64.b64encode(bytes(31)).decode()}\n",
        f"{ORIGIN}\n1234\n{base64.b64encode(bytes(33)).decode()}\n",
        f"{ORIGIN}\n1234\né\n",
    ],
)
def test_a_malformed_checkpoint_is_refused(body: str) -> None:
    with pytest.raises(CheckpointError):
        parse(body)


def test_an_empty_log_has_the_root_of_the_empty_tree() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert parse(empty.body()) == empty


@given(st.text(max_size=100) | st.from_regex(r"[a-z./]{0,9}\n[0-9]{0,22}\n[A-Za-z0-9+/=]{0,46}\n?", fullmatch=True))
def test_no_text_raises_anything_else(text: str) -> None:
    try:
        checkpoint = parse(text)
    except CheckpointError:
        return
    assert checkpoint.body() == text


def test_a_signed_checkpoint_opens() -> None:
    assert open_checkpoint(SIGNED.encode(), origin=ORIGIN, keys=[KEY]) == CHECKPOINT


def test_no_changed_checkpoint_opens() -> None:
    opened = []
    for name, changed in probes.every(SIGNED.encode()):
        try:
            open_checkpoint(changed, origin=ORIGIN, keys=[KEY])
        except CustodyError:
            continue
        opened.append(name)
    assert opened == []


@pytest.mark.parametrize(
    "body",
    [
        BODY.replace("1234", "1235"),
        BODY.replace("1234", "1233"),
        BODY.replace("1234", "12345"),
        f"{ORIGIN}\n1234\n{base64.b64encode(bytes(32)).decode()}\n",
        BODY.replace("amana", "imana"),
        BODY + "extension\n",
    ],
)
def test_another_statement_under_the_same_signature_is_refused(body: str) -> None:
    with pytest.raises(NoteError):
        open_checkpoint(SIGNED.replace(BODY, body).encode(), origin=ORIGIN, keys=[KEY])


def test_a_checkpoint_of_another_log_is_refused_although_its_key_is_trusted() -> None:
    other = notes.sign(Checkpoint("other.example/ledger", 1, bytes(32)).body(), name=ORIGIN, private_key=PRIVATE_KEY)
    with pytest.raises(CheckpointError, match="another log"):
        open_checkpoint(other.encode(), origin=ORIGIN, keys=[KEY])


def test_a_cosigner_alone_does_not_make_a_checkpoint() -> None:
    cosigned = notes.sign(BODY, name=WITNESS.name, private_key=OTHER_PRIVATE_KEY)
    with pytest.raises(CheckpointError, match="own key"):
        open_checkpoint(cosigned.encode(), origin=ORIGIN, keys=[KEY, WITNESS])


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    note = notes.sign("hello\n", name=ORIGIN, private_key=PRIVATE_KEY)
    with pytest.raises(CheckpointError, match="three lines"):
        open_checkpoint(note.encode(), origin=ORIGIN, keys=[KEY])


@pytest.mark.parametrize(
    ("origin", "size", "root"),
    [
        ("", 1, bytes(32)),
        ("two\nlines", 1, bytes(32)),
        ("half \ud800", 1, bytes(32)),
        (ORIGIN, -1, bytes(32)),
        (ORIGIN, 2**63, bytes(32)),
        (ORIGIN, 1, bytes(31)),
        (ORIGIN, 0, bytes(32)),
    ],
)
def test_an_impossible_checkpoint_cannot_be_made(origin: str, size: int, root: bytes) -> None:
    with pytest.raises(CheckpointError):
        Checkpoint(origin, size, root)
