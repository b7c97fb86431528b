"""The four answers about a time-stamp, and what is told with them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from custody.core import authority, der, timestamps
from custody.core.timestamps import Answer, Verification
from tests.custody.core.timestamps.authorities import (
    LATER,
    MIDDLE,
    MIDDLE_TSA,
    NOW,
    ONLY_STAMPS,
    ROOT,
    SHORT_TSA,
    STAMPED,
    TSA,
    Holder,
    curve_key,
    issue,
)
from tests.custody.core.timestamps.tokens import DATA, Recipe, response, token


def _verify(untrusted: bytes, *pinned: Holder, now: datetime = NOW, chain: tuple[Holder, ...] = ()) -> Verification:
    pins = [each.certificate for each in pinned]
    between = [each.certificate for each in chain]
    return timestamps.verify(untrusted, DATA, authorities=pins, chain=between, now=now, nonce=77)


@cache
def _rsa_authority(bits: int = 2048) -> Holder:
    key = rsa.generate_private_key(65537, bits)
    return issue("RSA authority", key, ROOT, purposes=ONLY_STAMPS)


@pytest.mark.parametrize("pin", [ROOT, TSA], ids=["the root pinned", "the authority itself pinned"])
def test_valid_now(pin: Holder) -> None:
    found = _verify(token(), pin)
    assert found.answer is Answer.VALID, found.reason
    assert found.proves_time
    assert found.pinned == authority.fingerprint(pin.certificate)
    assert found.verdict.bottom_line == "sound"
    assert "2026-03-01T12:00:00.250" in found.reason


def test_valid_when_stamped_and_expired_since() -> None:
    recipe = Recipe(signer=SHORT_TSA, enclosed=(SHORT_TSA.der,))
    found = _verify(token(recipe), ROOT, now=datetime(2026, 6, 2, tzinfo=UTC))
    assert found.answer is Answer.VALID_WHEN_STAMPED
    assert found.proves_time
    assert found.verdict.bottom_line == "sound"
    assert found.reason == (
        "valid when stamped, 2026-03-01T12:00:00.250000Z; the authority's certificate has since expired, "
        "2026-06-01T00:00:00Z"
    )
    assert found.expires == datetime(2026, 6, 1, tzinfo=UTC)


def test_the_last_moment_of_a_certificate_belongs_to_it() -> None:
    recipe = Recipe(signer=SHORT_TSA, enclosed=(SHORT_TSA.der,), written=b"20260601000000Z")
    last = datetime(2026, 6, 1, tzinfo=UTC)
    assert _verify(token(recipe), ROOT, now=last).answer is Answer.VALID
    assert _verify(token(recipe), ROOT, now=last + timedelta(seconds=1)).answer is Answer.VALID_WHEN_STAMPED
    too_late = replace(recipe, written=b"20260601000000.000001Z")
    assert _verify(token(too_late), ROOT, now=last).answer is Answer.BAD


def test_an_expired_root_is_told_too() -> None:
    assert _verify(token(), ROOT, now=LATER).answer is Answer.VALID_WHEN_STAMPED


def test_without_a_pin_nothing_can_be_told_but_what_is_wrong_is() -> None:
    found = _verify(token())
    assert found.answer is Answer.UNKNOWN
    assert not found.proves_time
    assert "no authority is pinned" in found.reason
    assert found.verdict.exit_code == 2
    other = timestamps.verify(token(), b"other data", authorities=[], now=NOW)
    assert other.answer is Answer.BAD


def test_the_signers_certificate_may_be_missing_or_come_from_elsewhere() -> None:
    bare = token(Recipe(enclosed=()))
    missing = _verify(bare, ROOT)
    assert missing.answer is Answer.UNKNOWN
    assert "neither inside" in missing.reason
    assert _verify(bare, TSA).answer is Answer.VALID
    assert _verify(bare, ROOT, chain=(TSA,)).answer is Answer.VALID


def test_a_certificate_in_between_is_found_inside_or_beside_the_token() -> None:
    without = token(Recipe(signer=MIDDLE_TSA, enclosed=(MIDDLE_TSA.der,)))
    assert "in between is missing" in _verify(without, ROOT).reason
    assert _verify(without, ROOT, chain=(MIDDLE,)).answer is Answer.VALID
    assert _verify(without, MIDDLE).answer is Answer.VALID
    enclosed = token(Recipe(signer=MIDDLE_TSA, enclosed=(MIDDLE.der, MIDDLE_TSA.der)))
    assert _verify(enclosed, ROOT).answer is Answer.VALID


def test_what_the_stamp_says() -> None:
    stamp = _verify(token(), ROOT).stamp
    assert stamp is not None
    assert (stamp.time, stamp.written) == (STAMPED, "20260301120000.25Z")
    assert stamp.accuracy == timedelta(seconds=1, milliseconds=5, microseconds=6)
    assert (stamp.serial, stamp.policy, stamp.nonce) == (2**159 + 5, "1.2.3.4.1", 77)
    assert (stamp.algorithm, stamp.ordering) == ("sha256", False)


FRACTIONS = {b"20260301120000Z": 0, b"20260301120000.1234567Z": 123_456, b"20260301120000.500Z": 500_000}


@pytest.mark.parametrize("written", FRACTIONS)
def test_fractions_of_a_second(written: bytes) -> None:
    stamp = _verify(token(Recipe(written=written)), ROOT).stamp
    assert stamp is not None
    assert stamp.time.microsecond == FRACTIONS[written]
    assert stamp.written == written.decode()


@pytest.mark.parametrize("accuracy", [b"", der.sequence(), der.sequence(der.encode(0x80, b"\x05"))])
def test_accuracy_may_be_left_out_or_partial(accuracy: bytes) -> None:
    found = _verify(token(Recipe(accuracy=accuracy)), ROOT)
    assert found.answer is Answer.VALID
    assert found.stamp is not None
    assert (found.stamp.accuracy is None) is (accuracy == b"")


def test_a_response_is_as_good_as_its_token() -> None:
    assert _verify(response(token()), ROOT).answer is Answer.VALID


def test_findings_carry_the_name_of_what_was_stamped() -> None:
    found = _verify(token(), ROOT)
    assert {finding.subject for finding in found.about("checkpoint 17")} == {"checkpoint 17"}
    facts = [finding.fact for finding in found.findings]
    assert facts == ["stamp-form", "stamp-nonce", "stamp-data", "stamp-signature", "stamp-purpose", "stamp-authority",
                     "stamp-time"]  # fmt: skip
    assert timestamps.REVOCATION in found.verdict.not_checked


def test_a_time_to_come_can_not_be_told() -> None:
    early = STAMPED - timedelta(minutes=11)
    assert _verify(token(), ROOT, now=early).answer is Answer.UNKNOWN
    assert "one of two clocks is wrong" in _verify(token(), ROOT, now=early).reason
    assert _verify(token(), ROOT, now=STAMPED - timedelta(minutes=9)).answer is Answer.VALID


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("curve", [ec.SECP256R1(), ec.SECP384R1()], ids=lambda curve: curve.name)
def test_elliptic_curves(digest: str, curve: ec.EllipticCurve) -> None:
    holder = issue("Curve authority", curve_key(3001, curve), ROOT, purposes=ONLY_STAMPS)
    recipe = Recipe(signer=holder, enclosed=(holder.der,), digest=digest, imprint=digest)
    assert _verify(token(recipe), ROOT).answer is Answer.VALID


@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512"])
@pytest.mark.parametrize("padding", ["named with its digest", "named without", "PSS"])
def test_rsa(digest: str, padding: str) -> None:
    holder = _rsa_authority()
    recipe = Recipe(signer=holder, enclosed=(holder.der,), digest=digest)
    recipe = replace(recipe, pss=padding == "PSS", generic_rsa=padding == "named without")
    found = _verify(token(recipe), ROOT)
    assert found.answer is Answer.VALID, found.reason


@pytest.mark.parametrize("ess", [("v1",), ("v2",), ("v1", "v2")], ids="+".join)
def test_either_way_of_naming_the_certificate(ess: tuple[str, ...]) -> None:
    assert _verify(token(Recipe(ess=ess)), ROOT).answer is Answer.VALID


def test_the_signer_named_by_its_key_identifier() -> None:
    assert _verify(token(Recipe(by_key_identifier=True)), ROOT).answer is Answer.VALID
    two = _verify(token(Recipe(by_key_identifier=True, named=SHORT_TSA, enclosed=(SHORT_TSA.der, TSA.der))), ROOT)
    assert two.answer is Answer.BAD


def test_certificates_in_any_order_and_of_any_kind() -> None:
    attribute_certificate = der.encode(der.context(2), der.integer(1))
    for enclosed in ((TSA.der, ROOT.der), (ROOT.der, TSA.der), (attribute_certificate, ROOT.der, b"\x30\x00", TSA.der)):
        found = _verify(token(Recipe(enclosed=enclosed)), ROOT)
        assert found.answer is Answer.VALID, found.reason
    orders = [(TSA.der, ROOT.der), (ROOT.der, TSA.der)]
    assert any(list(order) != sorted(order) for order in orders)


def test_attributes_that_are_not_sorted_are_checked_as_they_stand() -> None:
    found = _verify(token(Recipe(attributes=lambda attributes: attributes[::-1])), ROOT)
    assert found.answer is Answer.VALID, found.reason


def test_unsigned_attributes_are_let_pass() -> None:
    unsigned = der.encode(der.context(1), der.sequence(der.object_identifier("1.2.3"), der.set_of(der.integer(1))))
    assert _verify(token(Recipe(unsigned=unsigned)), ROOT).answer is Answer.VALID
