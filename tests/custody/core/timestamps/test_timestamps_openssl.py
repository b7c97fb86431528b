"""OpenSSL's own command agrees with ours on good and bad time-stamps, and ours on those that it makes."""

import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from custody.core import timestamps
from custody.core.timestamps import Answer
from tests.custody.core.timestamps.authorities import (
    MIDDLE,
    MIDDLE_TSA,
    NOW,
    ONLY_STAMPS,
    OTHER_ROOT,
    OTHER_TSA,
    ROOT,
    SHORT_TSA,
    STAMPED,
    TIME_STAMPING,
    TSA,
    Holder,
    curve_key,
    issue,
)
from tests.custody.core.timestamps.tokens import DATA, Recipe, response, token

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="NOT CHECKED AGAINST OPENSSL: there is no openssl command here")


def _openssl(folder: Path, command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command.split(), cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def _openssl_accepts(folder: Path, untrusted: bytes, data: bytes, root: Holder, at: datetime) -> bool:
    for name, content in (("response", untrusted), ("data", data), ("ca.pem", root.pem)):
        (folder / name).write_bytes(content)
    command = f"openssl ts -verify -data data -in response -CAfile ca.pem -attime {int(at.timestamp())}"
    done = _openssl(folder, command)
    assert ("Verification: OK" in done.stdout) is (done.returncode == 0)
    return done.returncode == 0


@cache
def _rsa_authority() -> Holder:
    return issue("RSA authority", rsa.generate_private_key(65537, 2048), ROOT, purposes=ONLY_STAMPS)


def _wrong(secret: int, purposes: tuple[list[object], bool]) -> Recipe:
    holder = issue("Wrong authority", curve_key(secret), ROOT, purposes=purposes)  # type: ignore[arg-type]
    return Recipe(signer=holder, enclosed=(holder.der,))


# Of the same issuer's name and number as the true one it would make OpenSSL refuse a good time-stamp; us it does not.
STRANGER = issue("Outside authority", curve_key(5100), OTHER_ROOT, purposes=ONLY_STAMPS, serial=70)
GOOD = {
    "plain": Recipe(),
    "certificates one way round": Recipe(enclosed=(ROOT.der, TSA.der)),
    "certificates the other way round": Recipe(enclosed=(TSA.der, ROOT.der)),
    "attributes not sorted": Recipe(attributes=lambda found: found[::-1]),
    "certificate named as of old": Recipe(ess=("v1",)),
    "certificate named both ways": Recipe(ess=("v1", "v2")),
    "another's certificates put in": Recipe(enclosed=(STRANGER.der, OTHER_ROOT.der, TSA.der)),
    "longer digests": Recipe(digest="sha512", imprint="sha384"),
    "an authority in between": Recipe(signer=MIDDLE_TSA, enclosed=(MIDDLE_TSA.der, MIDDLE.der)),
    "expired since": Recipe(signer=SHORT_TSA, enclosed=(SHORT_TSA.der,)),
}
BAD = {
    "another authority of the same name": Recipe(signer=OTHER_TSA, enclosed=(OTHER_TSA.der, OTHER_ROOT.der)),
    "another's key": Recipe(signer=Holder(TSA.certificate, OTHER_TSA.key), enclosed=(TSA.der,)),
    "purpose not critical": _wrong(5001, ([TIME_STAMPING], False)),
    "two purposes": _wrong(5002, ([TIME_STAMPING, ExtendedKeyUsageOID.CODE_SIGNING], True)),
    "another purpose": _wrong(5003, ([ExtendedKeyUsageOID.SERVER_AUTH], True)),
    "named another certificate": Recipe(named=SHORT_TSA, enclosed=(TSA.der,)),
    "certificate not named": Recipe(ess=()),
    "other data": Recipe(data=b"other"),
}


@pytest.mark.parametrize("recipe", GOOD.values(), ids=GOOD.keys())
def test_both_accept(tmp_path: Path, recipe: Recipe) -> None:
    untrusted = response(token(recipe))
    assert _openssl_accepts(tmp_path, untrusted, DATA, ROOT, STAMPED)
    for now in (NOW, datetime(2026, 6, 2, tzinfo=UTC)):
        assert timestamps.verify(untrusted, DATA, authorities=[ROOT.certificate], now=now).proves_time


@pytest.mark.parametrize("recipe", BAD.values(), ids=BAD.keys())
def test_both_refuse(tmp_path: Path, recipe: Recipe) -> None:
    untrusted = response(token(recipe))
    assert not _openssl_accepts(tmp_path, untrusted, DATA, ROOT, STAMPED)
    assert not timestamps.verify(untrusted, DATA, authorities=[ROOT.certificate], now=NOW).proves_time


@pytest.mark.parametrize("written", [b"20260701000000Z", b"20241231235959Z"])
def test_both_refuse_a_time_outside_the_certificate(tmp_path: Path, written: bytes) -> None:
    untrusted = response(token(Recipe(signer=SHORT_TSA, enclosed=(SHORT_TSA.der,), written=written)))
    stamped = timestamps.read_token(untrusted).stamp.time
    assert not _openssl_accepts(tmp_path, untrusted, DATA, ROOT, stamped)
    assert not timestamps.verify(untrusted, DATA, authorities=[ROOT.certificate], now=stamped).proves_time


def test_both_refuse_what_was_altered(tmp_path: Path) -> None:
    good = response(token())
    assert good.count(b"20260301120000") == 1
    altered = [good.replace(b"20260301120000", b"20250301120000"), good[:-1] + bytes((good[-1] ^ 1,))]
    for untrusted in altered:
        assert not _openssl_accepts(tmp_path, untrusted, DATA, ROOT, STAMPED)
        assert not timestamps.verify(untrusted, DATA, authorities=[ROOT.certificate], now=NOW).proves_time


def test_rsa_pleases_both(tmp_path: Path) -> None:
    holder = _rsa_authority()
    for generic in (True, False):
        recipe = Recipe(signer=holder, enclosed=(holder.der,), generic_rsa=generic)
        untrusted = response(token(recipe))
        assert _openssl_accepts(tmp_path, untrusted, DATA, ROOT, STAMPED)
        assert timestamps.verify(untrusted, DATA, authorities=[ROOT.certificate], now=NOW).answer is Answer.VALID


LASTING = (datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC))
LASTING_ROOT = issue("Lasting root", curve_key(5101), authority=True, validity=LASTING, serial=1)
CONFIGURATION = """
[tsa]
default_tsa = own
[own]
serial = serial
signer_digest = {digest}
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
clock_precision_digits = 6
ordering = yes
tsa_name = yes
ess_cert_id_chain = yes
ess_cert_id_alg = {named}
"""


def _stamp(folder: Path, holder: Holder, *, digest: str, named: str, request: bytes) -> bytes:
    """A response by `openssl ts -reply`, at the time of this machine's clock."""
    secret = holder.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for name, content in (
        ("openssl.cnf", CONFIGURATION.format(digest=digest, named=named).encode()),
        ("serial", b"0F"),
        ("key.pem", secret),
        ("tsa.pem", holder.pem),
        ("chain.pem", LASTING_ROOT.pem),
        ("request", request),
    ):
        (folder / name).write_bytes(content)
    files = "-config openssl.cnf -queryfile request -out made"
    done = _openssl(folder, f"openssl ts -reply {files} -signer tsa.pem -inkey key.pem -chain chain.pem")
    assert done.returncode == 0, done.stderr
    return (folder / "made").read_bytes()


@cache
def _lasting(kind: str) -> Holder:
    key = (
        rsa.generate_private_key(65537, 2048)
        if kind == "rsa"
        else curve_key(5102, ec.SECP384R1() if kind == "P-384" else ec.SECP256R1())
    )
    return issue("Lasting authority", key, LASTING_ROOT, purposes=ONLY_STAMPS, validity=LASTING)


@pytest.mark.parametrize("kind", ["rsa", "P-256", "P-384"])
@pytest.mark.parametrize(("digest", "named"), [("sha256", "sha1"), ("sha384", "sha256"), ("sha512", "sha512")])
def test_what_openssl_makes_is_valid(tmp_path: Path, kind: str, digest: str, named: str) -> None:
    holder = _lasting(kind)
    request = timestamps.request(DATA, nonce=2**63 + 9)
    made = _stamp(tmp_path, holder, digest=digest, named=named, request=request)
    stamp = timestamps.read_token(made).stamp
    for now, answer in (
        (stamp.time + timedelta(seconds=1), Answer.VALID),
        (LASTING[1] + timedelta(1), Answer.VALID_WHEN_STAMPED),
    ):
        for pin in (holder, LASTING_ROOT):
            found = timestamps.verify(made, DATA, authorities=[pin.certificate], now=now, nonce=2**63 + 9)
            assert found.answer is answer, found.reason
    assert (stamp.serial, stamp.ordering) == (0x10, True)
    assert stamp.accuracy == timedelta(seconds=1, milliseconds=500, microseconds=100)
    assert _openssl_accepts(tmp_path, made, DATA, LASTING_ROOT, stamp.time)
    assert timestamps.read_token(timestamps.read_response(made)).stamp == stamp


def test_what_openssl_makes_without_certificates(tmp_path: Path) -> None:
    holder = _lasting("P-256")
    request = timestamps.request(DATA, nonce=None, certificates=False)
    made = _stamp(tmp_path, holder, digest="sha256", named="sha256", request=request)
    token_made = timestamps.read_token(made)
    assert token_made.certificates == ()
    now = token_made.stamp.time
    unknown = timestamps.verify(made, DATA, authorities=[LASTING_ROOT.certificate], now=now)
    assert unknown.answer is Answer.UNKNOWN
    given = timestamps.verify(made, DATA, authorities=[LASTING_ROOT.certificate], chain=[holder.certificate], now=now)
    assert given.answer is Answer.VALID


def test_openssl_refuses_a_broken_request_and_we_say_why(tmp_path: Path) -> None:
    made = _stamp(tmp_path, _lasting("P-256"), digest="sha256", named="sha256", request=b"\x30\x03abc")
    with pytest.raises(timestamps.TimestampRefused, match="rejected the request: the data sent has the wrong format"):
        timestamps.read_response(made)


def test_the_recipe_of_these_tests_is_the_form_that_openssl_makes(tmp_path: Path) -> None:
    """What the other tests build by hand has the same parts as a real one, so that they prove something about those."""
    holder = _lasting("P-256")
    made = timestamps.read_token(
        _stamp(tmp_path, holder, digest="sha256", named="sha256", request=timestamps.request(DATA, nonce=77))
    )
    ours = timestamps.read_token(token(replace(Recipe(), signer=holder, enclosed=(holder.der, LASTING_ROOT.der))))
    assert set(made.certificates) == set(ours.certificates)
    assert (made.signer, made.digest, made.algorithm) == (ours.signer, ours.digest, ours.algorithm)
    # OpenSSL leaves out the issuer there.
    assert made.named == (replace(ours.named[0], name=None),)
    assert (made.stamp.imprint, made.stamp.policy) == (ours.stamp.imprint, ours.stamp.policy)
