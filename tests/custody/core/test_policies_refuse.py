"""A policy that could be read in two ways, or counts a key twice, is refused, and the line is named."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core import policies
from custody.core.cosignatures import CosignerKey
from custody.core.errors import PolicyError
from custody.core.notes import VerifierKey
from custody.core.policies import MAX_BYTES, MAX_OF_A_KIND, Group, Log, Policy, Witness, parse
from tests.custody.core.growing import cosigner_key
from tests.custody.core.samples import KEY, ORIGIN, OTHER_PRIVATE_KEY, PRIVATE_KEY

A, B, C = (CosignerKey.of(f"{name}.example", cosigner_key(n).public_key()) for n, name in enumerate("abc"))
LOG = f"log {KEY.encode()}\n"
WITNESSES = f"witness a {A.encode()}\nwitness b {B.encode()}\nwitness c {C.encode()}\n"
BEFORE = LOG + WITNESSES

# One key under another name is the same key.
RENAMED_A = CosignerKey(name="z.example", public=A.public)
LOG_AS_COSIGNER = CosignerKey(name=ORIGIN, public=KEY.public)
WEAK = base64.b64encode(b"\x04" + bytes(32)).decode()

BAD_LINES = [
    ("frobnicate a\n", "not a line of a policy"),
    ("Quorum a\n", "not a line of a policy"),
    ("quorum\n", "too few"),
    ("quorum a b\n", "too many"),
    ("log\n", "too few"),
    (f"log {VerifierKey.of('l.example', OTHER_PRIVATE_KEY.public_key()).encode()} u v\n", "too many"),
    ("log nonsense\n", "verifier key"),
    (f"log {A.encode()}\n", "not an Ed25519 key"),
    (f"log {KEY.encode()[:-1]}\n", "base64"),
    (LOG, "same key"),
    (f"log {VerifierKey.of('other.example', PRIVATE_KEY.public_key()).encode()}\n", "same key"),
    (f"witness d {KEY.encode()}\n", "not a key for Ed25519 cosignatures"),
    (f"witness d weak.example+00000000+{WEAK}\n", "weak"),
    ("witness d\n", "too few"),
    (f"witness d {RENAMED_A.encode()}\n", "same key"),
    (f"witness d {LOG_AS_COSIGNER.encode()}\n", "same key"),
    (f"witness a {CosignerKey.of('d', cosigner_key(9).public_key()).encode()}\n", "already taken"),
    (f"witness none {CosignerKey.of('d', cosigner_key(9).public_key()).encode()}\n", "already taken"),
    ("group g 1\n", "more than it has"),
    ("group g all\n", "no member"),
    ("group g 0 a\n", "plain number"),
    ("group g 2 a\n", "more than it has"),
    ("group g 01 a\n", "plain number"),
    ("group g +1 a\n", "plain number"),
    ("group g -1 a\n", "plain number"),
    ("group g ١ a\n", "plain number"),
    ("group g most a b\n", "plain number"),
    ("group g 99999 a\n", "plain number"),
    ("group g 1 a a\n", "already a member"),
    ("group g 1 a x\n", "no witness or group x"),
    ("group g 1 g\n", "no witness or group g"),
    ("group g 1 none\n", "no witness or group none"),
    ("group a 1 b\n", "already taken"),
    ("group none 1 b\n", "already taken"),
    ("group g 1 a\vb\n", "control"),
    ("group g\r 1 a\n", "control"),
    ("group g\x7f 1 a\n", "control"),
    ("# a\0comment\n", "control"),
    ("quorum x\n", "no witness or group x"),
]


@pytest.mark.parametrize(("line", "why"), BAD_LINES)
def test_a_bad_line_is_refused_and_named(line: str, why: str) -> None:
    with pytest.raises(PolicyError, match=rf"^line 5: .*{why}"):
        parse((BEFORE + line + "quorum none\n").encode())


def test_the_same_lines_without_it_are_a_policy() -> None:
    assert len(parse((BEFORE + "quorum none\n").encode()).witnesses) == 3


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "line feed"),
        ("\n", "no quorum"),
        (BEFORE, "no quorum"),
        (f"{BEFORE}quorum a", "line feed"),
        (f"{BEFORE}quorum a\nquorum a\n", "line 6: a second quorum"),
        (f"{BEFORE}quorum none\nquorum none\n", "line 6: a second quorum"),
        (f"{LOG}quorum a\n{WITNESSES}", "line 2: no witness"),
        (f"group g any a b\n{WITNESSES}quorum g\n", "line 1: no witness"),
        (f"{BEFORE}group g any h\ngroup h any g\nquorum g\n", "line 5: no witness or group h"),
        (f"{BEFORE}group g any a b\ngroup h all a c\nquorum h\n", "line 6: a is already a member"),
        (f"{BEFORE}group g any a b\ngroup h all g\ngroup i all g c\nquorum h\n", "line 7: g is already a member"),
        (f"{BEFORE}quorum a\r\n", "control"),
    ],
)
def test_a_policy_that_is_not_whole_is_refused(text: str, why: str) -> None:
    with pytest.raises(PolicyError, match=why):
        parse(text.encode())


def test_a_policy_larger_than_the_cap_is_refused() -> None:
    end = b"quorum none\n"
    assert parse(b"#" * (MAX_BYTES - len(end) - 1) + b"\n" + end).quorum is None
    with pytest.raises(PolicyError, match="larger"):
        parse(b"#" * (MAX_BYTES - len(end)) + b"\n" + end)


def test_a_policy_that_is_not_text_is_refused() -> None:
    with pytest.raises(PolicyError, match="UTF-8"):
        parse(b"# \xff\nquorum none\n")


def test_one_too_many_of_a_kind_is_refused() -> None:
    lines = [
        f"witness w{n} {CosignerKey.of('w', cosigner_key(n).public_key()).encode()}\n" for n in range(MAX_OF_A_KIND + 1)
    ]
    with pytest.raises(PolicyError, match=rf"^line {MAX_OF_A_KIND + 1}: more than {MAX_OF_A_KIND} witnesses"):
        parse("".join(lines).encode())


@pytest.mark.parametrize("name", ["", "a b", "a\tb", "a\nb", "a\x7f", "\ud800", "x" * 2049])
def test_a_policy_that_could_not_be_read_back_cannot_be_made(name: str) -> None:
    with pytest.raises(PolicyError, match="name or an address"):
        Policy((), (Witness(name, A),), (), None)
    with pytest.raises(PolicyError, match="name or an address"):
        Policy((), (Witness("a", A, name),), (), None)
    with pytest.raises(PolicyError, match="name or an address"):
        Policy((Log(KEY, name),), (), (), None)


def test_a_policy_too_large_to_be_read_back_cannot_be_made() -> None:
    keys = [CosignerKey.of("w", cosigner_key(n).public_key()) for n in range(40)]
    with pytest.raises(PolicyError, match="larger"):
        Policy((), tuple(Witness(f"w{n}", key, "https://" + "x" * 2000) for n, key in enumerate(keys)), (), None)


@pytest.mark.parametrize(
    "group", [Group("g", 0, ("a",)), Group("g", 2, ("a",)), Group("g", 1, ()), Group("g", 1, ("g",))]
)
def test_an_impossible_group_cannot_be_made(group: Group) -> None:
    with pytest.raises(PolicyError):
        Policy((), (Witness("a", A),), (group,), None)


LINES = st.sampled_from(
    [LOG, *WITNESSES.splitlines(keepends=True), *(line for line, _ in BAD_LINES), "quorum a\n", "\n"]
)


@given(st.binary(max_size=300) | st.lists(LINES, max_size=12).map(lambda lines: "".join(lines).encode()))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        policy = parse(data)
    except PolicyError:
        return
    assert parse(policy.encode()) == policy


def test_none_is_the_only_word_for_nobody() -> None:
    assert policies.NO_QUORUM == "none"
    assert parse((BEFORE + "quorum none\n").encode()).quorum is None
