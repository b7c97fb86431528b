"""Whether enough cosigners signed, worked out from who did."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from custody.core.cosignatures import Cosignature, CosignerKey
from custody.core.policies import Policy, parse, satisfied
from tests.custody.core.growing import TIME, cosigner_key
from tests.custody.core.test_policies_round_trip import EXAMPLE, POLICY, any_policy

KEYS = {witness.name: witness.key for witness in POLICY.witnesses}


def _signed(*names: str) -> list[Cosignature]:
    return [Cosignature(KEYS[name], TIME) for name in names]


@pytest.mark.parametrize(
    ("names", "met"),
    [
        ((), False),
        (("X1",), False),
        (("X1", "Y1"), False),
        (("X1", "X2"), False),
        (("X1", "X2", "X3"), False),
        (("Y1", "Y2", "Y3"), False),
        (("X1", "X2", "Y1"), True),
        (("X3", "X2", "Y3"), True),
        (("X1", "X2", "X3", "Y1", "Y2", "Y3"), True),
    ],
)
def test_the_example_of_the_specification(names: tuple[str, ...], *, met: bool) -> None:
    standing = satisfied(parse(EXAMPLE.encode()), _signed(*names))
    assert standing.met is met
    assert set(standing.signed) == set(names)
    assert set(standing.signed) | set(standing.missing) == set(KEYS)
    assert not set(standing.signed) & set(standing.missing)


def test_it_is_said_in_words() -> None:
    assert satisfied(POLICY, _signed("Y1", "X2")).words == (
        "2 of 6 cosigners signed: X2, Y1. The quorum X-and-Y is not met."
    )
    assert satisfied(POLICY, _signed("Y1", "X2", "X3")).words == (
        "3 of 6 cosigners signed: X2, X3, Y1. The quorum X-and-Y is met."
    )
    assert satisfied(POLICY, []).words == "0 of 6 cosigners signed. The quorum X-and-Y is not met."


def test_where_nobody_is_asked_for_it_is_said_what_that_means() -> None:
    standing = satisfied(parse(b"quorum none\n"), [])
    assert standing.met
    assert standing.words == ("0 of 0 cosigners signed. The policy asks for none: the operator could rewrite history.")


def test_one_cosigner_counts_once_however_often_it_signed() -> None:
    twice = [*_signed("X1", "Y1"), Cosignature(KEYS["X1"], TIME + 1), Cosignature(KEYS["X1"], TIME + 2)]
    assert not satisfied(POLICY, twice).met
    assert satisfied(POLICY, twice).signed == ("X1", "Y1")


def test_strangers_do_not_count() -> None:
    strangers = [Cosignature(CosignerKey.of("x", cosigner_key(n).public_key()), TIME) for n in range(100, 110)]
    assert satisfied(POLICY, strangers).signed == ()
    # Nor does a key of the policy under a name that is not in it: the name is part of the key.
    renamed = Cosignature(CosignerKey(name="other.example", public=KEYS["X1"].public), TIME)
    assert satisfied(POLICY, [renamed]).signed == ()


def _counted(policy: Policy, name: str, signed: Mapping[str, bool]) -> bool:
    """The definition, from the top down."""
    groups = {group.name: group for group in policy.groups}
    if name not in groups:
        return signed[name]
    return sum(_counted(policy, each, signed) for each in groups[name].members) >= groups[name].threshold


@given(any_policy(), st.data())
def test_the_quorum_is_met_as_the_definition_says(policy: Policy, data: st.DataObject) -> None:
    signed = {witness.name: data.draw(st.booleans()) for witness in policy.witnesses}
    given_ = [Cosignature(witness.key, TIME) for witness in policy.witnesses if signed[witness.name]]
    expected = policy.quorum is None or _counted(policy, policy.quorum, signed)
    assert satisfied(policy, given_).met is expected


@given(any_policy(), st.data())
def test_one_more_cosignature_never_takes_a_quorum_away(policy: Policy, data: st.DataObject) -> None:
    every = [Cosignature(witness.key, TIME) for witness in policy.witnesses]
    some = data.draw(st.lists(st.sampled_from(every))) if every else []
    assert satisfied(policy, every).met >= satisfied(policy, some).met
    assert satisfied(policy, every).met
