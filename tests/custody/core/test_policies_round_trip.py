"""A cosigning policy is read as c2sp.org/tlog-policy means it, and written back."""

from hypothesis import given
from hypothesis import strategies as st

from custody.core import policies
from custody.core.cosignatures import CosignerKey
from custody.core.policies import MAX_OF_A_KIND, Group, Log, Policy, Witness, parse
from tests.custody.core.growing import cosigner_key
from tests.custody.core.samples import KEY

X1, X2, X3, Y1, Y2, Y3 = (CosignerKey.of(f"w.example/{n}", cosigner_key(n).public_key()) for n in range(6))

# The example of the specification, with keys.
EXAMPLE = f"""\
log {KEY.encode()}

witness X1 {X1.encode()}
witness X2 {X2.encode()}
witness X3 {X3.encode()}
group X-witnesses 2 X1 X2 X3

witness Y1 {Y1.encode()}
witness Y2 {Y2.encode()}
witness Y3 {Y3.encode()}
group Y-witnesses any Y1 Y2 Y3

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""
POLICY = Policy(
    logs=(Log(KEY),),
    witnesses=tuple(
        Witness(name, key)
        for name, key in zip(("X1", "X2", "X3", "Y1", "Y2", "Y3"), (X1, X2, X3, Y1, Y2, Y3), strict=True)
    ),
    groups=(
        Group("X-witnesses", 2, ("X1", "X2", "X3")),
        Group("Y-witnesses", 1, ("Y1", "Y2", "Y3")),
        Group("X-and-Y", 2, ("X-witnesses", "Y-witnesses")),
    ),
    quorum="X-and-Y",
)


def test_the_example_of_the_specification_is_read() -> None:
    assert parse(EXAMPLE.encode()) == POLICY


def test_the_written_form_stays_what_it_is() -> None:
    # Changing this makes policies that were handed out differ from those on record.
    assert POLICY.encode().decode() == (
        f"log {KEY.encode()}\n"
        f"witness X1 {X1.encode()}\nwitness X2 {X2.encode()}\nwitness X3 {X3.encode()}\n"
        f"witness Y1 {Y1.encode()}\nwitness Y2 {Y2.encode()}\nwitness Y3 {Y3.encode()}\n"
        "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\ngroup X-and-Y all X-witnesses Y-witnesses\n"
        "quorum X-and-Y\n"
    )


def test_comments_tabs_and_spaces_change_nothing() -> None:
    spaced = (
        EXAMPLE.replace(" ", " \t ").replace("\n", "\t\n").replace("quorum", "  # a comment, مع تعليق\n\n\t quorum")
    )
    assert parse(spaced.encode()) == POLICY


def test_addresses_are_kept() -> None:
    policy = Policy((Log(KEY, "https://amana.example"),), (Witness("شاهد", X1, "https://w.example/x"),), (), "شاهد")
    assert parse(policy.encode()) == policy
    assert b"https://w.example/x\n" in policy.encode()


def test_the_smallest_policy_asks_for_nobody() -> None:
    assert parse(b"quorum none\n") == Policy((), (), (), None)
    assert Policy((), (), (), None).encode() == b"quorum none\n"


def test_one_witness_can_be_the_quorum() -> None:
    assert parse(f"witness w {X1.encode()}\nquorum w\n".encode()).quorum == "w"


def test_as_many_of_a_kind_as_are_allowed_are_read() -> None:
    witnesses = [
        f"witness w{n} {CosignerKey.of('w', cosigner_key(n).public_key()).encode()}\n" for n in range(MAX_OF_A_KIND)
    ]
    groups = [f"group g{n} 1 w{n}\n" for n in range(MAX_OF_A_KIND)]
    policy = parse("".join([*witnesses, *groups, "quorum g0\n"]).encode())
    assert len(policy.witnesses) == len(policy.groups) == MAX_OF_A_KIND >= 32
    assert parse(policy.encode()) == policy


@st.composite
def any_policy(draw: st.DrawFn) -> Policy:
    names = draw(st.lists(st.from_regex(r"[A-Za-z0-9_./-]{1,8}", fullmatch=True), min_size=1, max_size=10, unique=True))
    names = [name for name in names if name != policies.NO_QUORUM]
    count = draw(st.integers(0, len(names)))
    url = st.none() | st.just("https://w.example/prefix")
    keys = [CosignerKey.of(f"w.example/{n}", cosigner_key(n).public_key()) for n in range(count)]
    witnesses = tuple(Witness(name, key, draw(url)) for name, key in zip(names, keys, strict=False))
    free = list(names[:count])
    groups: list[Group] = []
    for name in names[count:]:
        if not free:
            break
        members = draw(st.lists(st.sampled_from(free), min_size=1, unique=True))
        free = [each for each in free if each not in members] + [name]
        groups.append(Group(name, draw(st.integers(1, len(members))), tuple(members)))
    defined = [witness.name for witness in witnesses] + [group.name for group in groups]
    logs = draw(st.sampled_from([(), (Log(KEY),), (Log(KEY, "https://log.example"),)]))
    return Policy(logs, witnesses, tuple(groups), draw(st.none() | st.sampled_from(defined)) if defined else None)


@given(any_policy())
def test_what_was_written_is_read_back(policy: Policy) -> None:
    assert parse(policy.encode()) == policy
