"""What no time-stamp may get away with: each row is one attack, and the reason that is told."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from custody.core import der, timestamps
from custody.core.timestamps import Answer, elements, signing
from tests.custody.core.timestamps import tokens
from tests.custody.core.timestamps.authorities import (
    LATER,
    LONG,
    MIDDLE,
    NOW,
    ONLY_STAMPS,
    OTHER_ROOT,
    OTHER_TSA,
    ROOT,
    SHORT_TSA,
    TIME_STAMPING,
    TSA,
    Holder,
    Usage,
    curve_key,
    issue,
)
from tests.custody.core.timestamps.tokens import DATA, Recipe, token


def _reason(untrusted: bytes, *, data: bytes = DATA, pin: Holder = ROOT, now: datetime = NOW, nonce: int = 77) -> str:
    found = timestamps.verify(untrusted, data, authorities=[pin.certificate], now=now, nonce=nonce)
    assert found.answer is Answer.BAD, found.reason
    assert not found.proves_time
    assert found.verdict.exit_code == 1
    return found.reason


def _signed_by(holder: Holder, **changes: object) -> bytes:
    return token(replace(Recipe(), signer=holder, enclosed=(holder.der,), **changes))  # type: ignore[arg-type]


def test_other_data() -> None:
    assert "made for other data" in _reason(token(), data=DATA + b"\n")


def test_another_nonce_or_none() -> None:
    assert "nonce is another" in _reason(token(), nonce=78)
    assert "nonce is another" in _reason(token(Recipe(nonce=None)))


def test_the_time_altered() -> None:
    later = token().replace(b"20260301120000.25Z", b"20250301120000.25Z")
    assert "not the one that was signed" in _reason(later)


def test_the_time_altered_and_its_digest_put_right() -> None:
    """The signed attributes then hold the digest of the false content, and are not what was signed."""
    false = Recipe(written=b"20250301120000.25Z")
    contents = tokens.stamp(Recipe()), tokens.stamp(false)
    digests = [hashes.Hash(hashes.SHA256()) for _ in contents]
    for digest, content in zip(digests, contents, strict=True):
        digest.update(content)
    old, new = (digest.finalize() for digest in digests)
    assert "does not match" in _reason(token().replace(contents[0], contents[1]).replace(old, new))


def test_the_signature_of_another_key() -> None:
    forger = Holder(TSA.certificate, OTHER_TSA.key)
    assert "does not match" in _reason(_signed_by(forger))


def test_another_authority_of_the_same_name() -> None:
    for enclosed in ((OTHER_TSA.der,), (OTHER_TSA.der, OTHER_ROOT.der), (OTHER_TSA.der, OTHER_ROOT.der, ROOT.der)):
        forged = token(Recipe(signer=OTHER_TSA, enclosed=enclosed))
        assert "not vouched for by a pinned authority" in _reason(forged)
        assert "not vouched for by a pinned authority" in _reason(forged, pin=TSA)


def test_an_authority_certificate_put_into_a_good_token_changes_nothing() -> None:
    for enclosed in ((OTHER_TSA.der, OTHER_ROOT.der, TSA.der), (TSA.der, OTHER_ROOT.der), (b"\x30\x03abc", TSA.der)):
        found = timestamps.verify(token(Recipe(enclosed=enclosed)), DATA, authorities=[ROOT.certificate], now=NOW)
        assert found.answer is Answer.VALID
        assert found.signer is not None
        assert found.signer.fingerprint == TSA.certificate.fingerprint(hashes.SHA256()).hex()
        # Whoever pins the one put in gets no yes either.
        other = timestamps.verify(token(Recipe(enclosed=enclosed)), DATA, authorities=[OTHER_ROOT.certificate], now=NOW)
        assert other.answer is Answer.BAD


def test_a_second_certificate_for_the_same_key() -> None:
    """Same key, same purpose, same authority, another certificate: not the one that the signature names."""
    twin = issue("Outside authority", TSA.key, ROOT, purposes=ONLY_STAMPS, serial=99, validity=LONG)
    swapped = timestamps.verify(
        token(Recipe(enclosed=(twin.der,))), DATA, authorities=[twin.certificate], now=NOW, nonce=77
    )
    assert swapped.answer is Answer.UNKNOWN
    assert "neither inside" in swapped.reason
    assert "not vouched for" in _reason(token(), pin=twin)


def test_the_signer_named_is_another_than_the_one_signed_for() -> None:
    good = token(Recipe(named=TSA))
    name = signing.name_of(TSA.der)
    identifier = der.sequence(name.issuer, der.integer(name.serial))
    assert good.count(identifier) == 1
    other = der.sequence(name.issuer, der.integer(8))
    assert "not the one whose certificate was signed for" in _reason(good.replace(identifier, other))


def test_two_names_of_certificates_that_do_not_agree() -> None:
    two = Recipe(
        ess=("v1",),
        enclosed=(TSA.der, SHORT_TSA.der),
        attributes=lambda kept: [*kept, tokens.signing_certificate_v2(SHORT_TSA)],
    )
    found = timestamps.verify(token(two), DATA, authorities=[ROOT.certificate], now=NOW)
    assert found.answer is Answer.UNKNOWN


PURPOSES: dict[str, tuple[Usage | None, str]] = {
    "not critical": (([TIME_STAMPING], False), "not critical"),
    "another one beside it": (([TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING], True), "not for time-stamps alone"),
    "another one": (([ExtendedKeyUsageOID.SERVER_AUTH], True), "not for time-stamps alone"),
    "any": (([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE], True), "not for time-stamps alone"),
    "twice": (([TIME_STAMPING, TIME_STAMPING], True), "not for time-stamps alone"),
    "none": (None, "not one for time-stamps"),
}


@pytest.mark.parametrize(("purposes", "reason"), PURPOSES.values(), ids=PURPOSES.keys())
@pytest.mark.parametrize("pinned", [True, False], ids=["pinned itself", "under the pinned root"])
def test_a_certificate_for_other_purposes(purposes: Usage | None, reason: str, pinned: bool) -> None:
    holder = issue("Wrong authority", curve_key(4001), ROOT, purposes=purposes)
    assert reason in _reason(_signed_by(holder), pin=holder if pinned else ROOT)


@pytest.mark.parametrize("usage", ["agree", "issue"])
def test_a_key_that_may_do_more_than_sign(usage: str) -> None:
    holder = issue("Wrong authority", curve_key(4002), ROOT, purposes=ONLY_STAMPS, usage=usage)
    assert "allows more than signatures" in _reason(_signed_by(holder))


def test_a_certificate_not_valid_at_the_time_stamped() -> None:
    late = _signed_by(SHORT_TSA, written=b"20260701000000Z")
    assert "not valid at the time of 2026-07-01" in _reason(late, now=datetime(2026, 7, 2, tzinfo=UTC))
    assert "not valid at the time" in _reason(late, now=LATER)
    early = _signed_by(SHORT_TSA, written=b"20241231235959Z")
    assert "not valid at the time" in _reason(early)
    assert "not valid at the time" in _reason(early, pin=SHORT_TSA)


def test_a_root_or_middle_not_valid_at_the_time_stamped() -> None:
    over = (LONG[0], datetime(2026, 1, 1, tzinfo=UTC))
    old_root = issue("Old root", curve_key(4003), authority=True, validity=over)
    holder = issue("Authority under it", curve_key(4004), old_root, purposes=ONLY_STAMPS)
    assert "not valid at the time" in _reason(_signed_by(holder), pin=old_root)
    old_middle = issue("Old middle", curve_key(4005), ROOT, authority=True, validity=over)
    below = issue("Authority under it", curve_key(4006), old_middle, purposes=ONLY_STAMPS)
    assert "not valid at the time" in _reason(token(Recipe(signer=below, enclosed=(below.der, old_middle.der))))


def _under(middle: Holder) -> bytes:
    below = issue("Authority under it", curve_key(4007), middle, purposes=ONLY_STAMPS)
    return token(Recipe(signer=below, enclosed=(below.der, middle.der, MIDDLE.der)))


MIDDLES: dict[str, Callable[[], Holder]] = {
    "no authority": lambda: issue("Middle", curve_key(4008), ROOT),
    "no authority, though its key may sign certificates": lambda: issue("Middle", curve_key(4017), ROOT, usage="issue"),
    "an authority whose key may not sign certificates": lambda: issue(
        "Middle", curve_key(4009), ROOT, authority=True, usage="sign"
    ),
    "an authority for web servers": lambda: issue(
        "Middle", curve_key(4010), ROOT, authority=True, purposes=([ExtendedKeyUsageOID.SERVER_AUTH], False)
    ),
    "an authority below one that may have none below": lambda: issue("Middle", curve_key(4011), MIDDLE, authority=True),
    "certificate signed with a short digest": lambda: issue(
        "Middle", curve_key(4012), ROOT, authority=True, digest=hashes.SHA224()
    ),
    "names constrained, critically": lambda: issue(
        "Middle",
        curve_key(4013),
        ROOT,
        authority=True,
        more=[(x509.NameConstraints([x509.DNSName("example.org")], None), True)],
    ),
}


@pytest.mark.parametrize("middle", MIDDLES.values(), ids=MIDDLES.keys())
def test_a_certificate_in_between_that_may_not_vouch(middle: Callable[[], Holder]) -> None:
    assert "not vouched for" in _reason(_under(middle()))


def test_a_pinned_certificate_that_is_no_authority_vouches_for_itself_alone() -> None:
    below = issue("Authority under it", curve_key(4014), TSA, purposes=ONLY_STAMPS)
    assert "not vouched for" in _reason(_signed_by(below), pin=TSA)


def test_an_unknown_critical_extension() -> None:
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\x05\x00")
    holder = issue("Authority", curve_key(4015), ROOT, purposes=ONLY_STAMPS, more=[(unknown, True)])
    assert "critical extension that is not known" in _reason(_signed_by(holder))


def test_weak_keys() -> None:
    key = rsa.generate_private_key(65537, 1024)  # noqa: S505  that is the point
    short = issue("Short authority", key, ROOT, purposes=ONLY_STAMPS)
    assert "too short" in _reason(_signed_by(short))
    curve = issue("Other curve", curve_key(4016, ec.SECP256K1()), ROOT, purposes=ONLY_STAMPS)
    assert "curve that is not relied on" in _reason(_signed_by(curve))


def test_an_algorithm_that_is_not_the_one_of_key_and_digest() -> None:
    named = der.sequence(der.object_identifier(signing._ECDSA_WITH["sha256"]))
    other = der.sequence(der.object_identifier(signing._ECDSA_WITH["sha384"]))
    at = token().rindex(named)
    swapped = token()[:at] + other + token()[at + len(named) :]
    assert "algorithm is not that" in _reason(swapped)


def test_pss_with_another_digest_for_its_mask() -> None:
    key = rsa.generate_private_key(65537, 2048)
    holder = issue("RSA authority", key, ROOT, purposes=ONLY_STAMPS)
    good = _signed_by(holder, pss=True)
    other = good.replace(tokens.pss_parameters("sha256"), tokens.pss_parameters("sha256", mask="sha384"))
    assert other != good
    assert "parameters that are not relied on" in _reason(other)


@pytest.mark.parametrize("changed", [b"\x81\x01\x00", b"\x30\x00"])
def test_parts_that_the_standard_does_not_have(changed: bytes) -> None:
    assert _reason(token(Recipe(tail=changed)))


def test_a_critical_extension_of_the_stamp() -> None:
    def extended(*critical: bytes) -> bytes:
        extension = der.sequence(der.object_identifier("1.2.3.4"), *critical, der.octet_string(b""))
        return token(Recipe(tail=der.encode(der.context(1), extension)))

    assert "critical extension" in _reason(extended(der.encode(elements.BOOLEAN, b"\xff")))
    found = timestamps.verify(extended(), DATA, authorities=[ROOT.certificate], now=NOW)
    assert found.answer is Answer.VALID


ATTRIBUTES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "content type missing": (lambda found: found[1:], "that this is a time-stamp"),
    "digest missing": (lambda found: [found[0], *found[2:]], "lack the digest"),
    "certificate not named": (lambda found: found[:2], "which certificate signed"),
    "one twice": (lambda found: [*found, found[0]], "twice"),
    "another content type": (
        lambda found: [
            tokens.attribute("1.2.840.113549.1.9.3", der.object_identifier("1.2.840.113549.1.7.1")),
            *found[1:],
        ],
        "that this is a time-stamp",
    ),
}


@pytest.mark.parametrize(("change", "reason"), ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_signed_attributes_that_say_too_little(change: Callable[[list[bytes]], list[bytes]], reason: str) -> None:
    order = tokens.signed_attributes(Recipe(), tokens.stamp(Recipe()), TSA)
    assert [each[4:15] for each in order] == sorted(each[4:15] for each in order)
    assert reason in _reason(token(Recipe(attributes=change)))


def test_no_signer_or_two_and_other_versions() -> None:
    recipe, content = Recipe(), tokens.stamp(Recipe())
    assert _reason(tokens.wrap(recipe, content))
    signer = _signer(token())
    assert tokens.wrap(recipe, content, signer) == token()
    assert "where none may follow" in _reason(tokens.wrap(recipe, content, signer, signer))
    assert "version of signed data" in _reason(token(Recipe(version=1)))
    for by_key_identifier, version in ((False, 3), (True, 1)):
        other = Recipe(by_key_identifier=by_key_identifier, signer_version=version)
        assert "version of signer" in _reason(token(other))


def _signer(whole: bytes) -> bytes:
    explicit = elements.alone(whole)
    explicit.whole(der.OBJECT_IDENTIFIER)
    signed_data = explicit.enter(der.context(0)).enter(der.SEQUENCE)
    for tag in (der.INTEGER, der.SET, der.SEQUENCE, der.context(0)):
        signed_data.read(tag)
    return signed_data.read(der.SET)


TIMES = [b"20260301120000", b"20260301120000.Z", b"20260301120000+0100", b"20260230120000Z", b"20260301120060Z",
         b"202603011200Z", b"00000301120000Z", b"20260301120000,5Z"]  # fmt: skip


@pytest.mark.parametrize("written", TIMES)
def test_a_time_in_another_form(written: bytes) -> None:
    assert "time that" in _reason(token(Recipe(written=written)))


@pytest.mark.parametrize(
    "accuracy",
    [der.sequence(der.integer(-1)), der.sequence(der.encode(0x80, b"\x03\xe8")), der.sequence(der.encode(0x82, b"\1"))],
)
def test_an_accuracy_out_of_range(accuracy: bytes) -> None:
    assert _reason(token(Recipe(accuracy=accuracy)))


def test_too_many_certificates_and_too_many_bytes() -> None:
    assert "too many certificates" in _reason(token(Recipe(enclosed=(TSA.der, *[b"\x30\x00"] * 32))))
    assert "too large" in _reason(bytes(timestamps.MAX_RESPONSE_BYTES + 1))
