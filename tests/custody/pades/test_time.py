"""A time authority dates the signature, and document time-stamps are renewed."""

from __future__ import annotations

import asyncio
import datetime
import re
import shutil
from pathlib import Path

import asn1crypto.x509
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESPassed
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import PdfSignatureValidationSpec, SignatureValidationSpec
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import REQUIRE_REVINFO, CertRevTrustPolicy
from pyhanko_certvalidator.registry import SimpleTrustManager

from custody import clock, data, installation, keyring
from custody.actors import for_command
from custody.core import authority, withdrawals
from custody.pades import allowances, dating, inspecting, preserving, renewing
from custody.pades.countersigning import add_signature, open_pkcs12
from custody.pades.dating import TimeAuthority
from custody.pades.errors import DocumentError
from custody.pades.levels import Level
from custody.pades.roots import Roots
from custody.pades.validating import DocumentFacts, validate
from custody.registrar import keyfiles
from custody.stamping import client, local
from custody.typesetting import conformity
from tests.custody.pades.documents import PASSPHRASE, own_key, signed, unsigned

pytestmark = [
    pytest.mark.usefixtures("installation"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl"),
]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TimeAuthority:
    """An authority of our own, asked without a network."""
    made = local.open_authority(tmp_path / "authority")
    monkeypatch.setattr(client, "ask", lambda _url, request, **_: made.reply(request))
    pem = made.root_path.read_bytes()
    return TimeAuthority("http://stamps.example.org", authority.load_chain(pem)[0], (), withdrawals.load_lists(pem))


@pytest.fixture
def listed(installation: Path) -> None:
    """A list of withdrawn certificates under the root."""
    keyring.sign_list(actor=for_command())


def checked(path: Path, own: TimeAuthority) -> DocumentFacts:
    with path.open("rb") as file:
        return validate(file, trust=Roots([installation.root_certificate()], [own.pinned]))


def test_without_a_list_of_withdrawn_certificates_it_is_b_t_and_says_why(tmp_path: Path, own: TimeAuthority) -> None:
    path, made = signed(tmp_path, authority=own)
    assert made.level is Level.T
    assert re.match(
        "not B-LT: no current list of certificates withdrawn by CN=Amana root .* is at hand", made.why_not_more
    )
    facts = checked(path, own)
    assert facts.verdict.bottom_line == "sound", facts.as_dict()
    assert (facts.signatures[0].level_claimed, facts.signatures[0].level_found) == ("B-T", "B-T")
    assert facts.signatures[0].proved is not None


@pytest.mark.usefixtures("listed")
def test_with_lists_a_signature_reaches_b_lta_and_keeps_to_the_archive_format(
    tmp_path: Path, own: TimeAuthority
) -> None:
    path, made = signed(tmp_path, authority=own)
    assert made.why_not_more == ""
    assert made.level is Level.LTA
    facts = checked(path, own)
    assert facts.verdict.bottom_line == "sound", facts.as_dict()
    assert [each.kind for each in facts.signatures] == ["signature", "time-stamp"]
    assert (facts.signatures[0].level_claimed, facts.signatures[0].level_found) == ("B-LTA", "B-LTA")
    with path.open("rb") as file:
        assert conformity.check(file).findings == ()


@pytest.mark.usefixtures("listed")
def test_pyhanko_by_itself_finds_the_long_term_level(tmp_path: Path, own: TimeAuthority) -> None:
    """Its procedure for archived signatures (EN 319 102-1, 5.6.3), under our roots alone, as of twenty years on."""
    path, _ = signed(tmp_path, authority=own)
    roots = [
        asn1crypto.x509.Certificate.load(each.public_bytes(Encoding.DER))
        for each in (installation.root_certificate(), own.pinned)
    ]
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(roots), revinfo_policy=CertRevTrustPolicy(REQUIRE_REVINFO)
    )
    with path.open("rb") as file:
        embedded = PdfFileReader(file).embedded_regular_signatures[0]
        status = asyncio.run(ades_lta_validation(embedded, PdfSignatureValidationSpec(SignatureValidationSpec(policy))))
    assert status.ades_subindic is AdESPassed.OK, status


@pytest.mark.usefixtures("listed")
def test_when_the_authority_falls_silent_after_the_signature_the_level_is_b_lt(
    tmp_path: Path, own: TimeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    answer, asked = client.ask, []

    def once(url: str, request: bytes, **rest: float) -> bytes:
        asked.append(url)
        if len(asked) > 1:
            raise client.AuthorityUnavailable("stamps.example.org did not answer")
        return answer(url, request, **rest)

    monkeypatch.setattr(client, "ask", once)
    path, made = signed(tmp_path, authority=own)
    assert (made.level, made.why_not_more) == (Level.LT, "not B-LTA: stamps.example.org did not answer")
    facts = checked(path, own)
    assert (facts.verdict.bottom_line, facts.signatures[0].level_found) == ("sound", "B-LT"), facts.as_dict()


def test_a_signature_outlives_the_certificate_that_it_was_made_with(
    tmp_path: Path, own: TimeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, _ = signed(tmp_path)
    key, root = own_key(tmp_path)
    hers, kept = tmp_path / "hers.pdf", tmp_path / "kept.pdf"
    add_signature(ours, hers, signer=open_pkcs12(key, PASSPHRASE), field="Lawyer")
    trust = Roots([installation.root_certificate(), root], [own.pinned])
    assert renewing.renew(hers, kept, time_authority=own, trust=trust).missing
    later = clock.now() + datetime.timedelta(days=400)
    monkeypatch.setattr(clock, "now", lambda: later)
    for path, counts in ((hers, False), (kept, True)):
        with path.open("rb") as file:
            facts = validate(file, trust=trust)
        assert facts.signatures[1].trusted is counts, facts.as_dict()
        assert facts.verdict.bottom_line == ("sound" if counts else "unknown")


def withdrawing(since: datetime.datetime, made: datetime.datetime, key: ec.EllipticCurvePrivateKey) -> bytes:
    """A list under the house's root that names the signer's certificate, signed with this key."""
    serial = keyfiles.load_signer().certificate.serial_number
    listed = withdrawals.build_list(
        root=installation.root_certificate(),
        root_key=key,
        number=9,
        withdrawn=[withdrawals.Withdrawn(serial, since)],
        validity=(made, made + datetime.timedelta(days=9)),
    )
    return listed.public_bytes(Encoding.DER)


def with_list(path: Path, listed: bytes) -> None:
    with path.open("r+b") as file:
        preserving.add(file, preserving.Proofs((), (withdrawals.load_list(listed),), ()))


@pytest.mark.usefixtures("listed")
def test_a_signature_by_a_withdrawn_key_is_not_trusted_whatever_older_list_stands_beside(
    tmp_path: Path, own: TimeAuthority
) -> None:
    """Somebody kept the old key and signs after its end; the newer list in the file says so."""
    path, _ = signed(tmp_path, authority=own)
    (_, key), now = keyfiles.load_root(), clock.now().replace(microsecond=0)
    hour = datetime.timedelta(hours=1)
    with_list(path, withdrawing(now - 48 * hour, now + hour, key))
    facts = checked(path, own)
    assert (facts.signatures[0].trusted, facts.signatures[0].level_found) == (False, "B-T")
    # A newer list that the root did not sign hides nothing.
    with_list(path, withdrawing(now + 48 * hour, now + 2 * hour, ec.generate_private_key(ec.SECP256R1())))
    assert not checked(path, own).signatures[0].trusted


@pytest.mark.usefixtures("listed")
def test_what_was_signed_before_a_key_was_withdrawn_keeps_its_worth(tmp_path: Path, own: TimeAuthority) -> None:
    path, _ = signed(tmp_path, authority=own)
    (_, key), now = keyfiles.load_root(), clock.now().replace(microsecond=0)
    hour = datetime.timedelta(hours=1)
    with_list(path, withdrawing(now + hour, now + hour, key))
    facts = checked(path, own)
    assert (facts.signatures[0].trusted, facts.signatures[0].level_found) == (True, "B-LTA"), facts.as_dict()


def test_under_an_unknown_authority_no_time_is_proved(tmp_path: Path, own: TimeAuthority) -> None:
    path, _ = signed(tmp_path, authority=own)
    with path.open("rb") as file:
        (only,) = validate(file, trust=Roots([installation.root_certificate()])).signatures
    assert (only.level_claimed, only.level_found, only.proved) == ("B-T", "B-B", None)


def test_an_answer_of_another_authority_is_not_put_in(tmp_path: Path, own: TimeAuthority) -> None:
    other = TimeAuthority(own.url, installation.root_certificate())
    _, made = signed(tmp_path, authority=other)
    assert (made.level, made.why_not_more) == (Level.B, "not B-T: the authority's answer proves no time")


def test_a_document_time_stamp_is_added_and_renewed(tmp_path: Path, own: TimeAuthority) -> None:
    path, _ = signed(tmp_path, authority=own)
    first, second = tmp_path / "first.pdf", tmp_path / "second.pdf"
    trust = Roots([installation.root_certificate()], [own.pinned])
    due = renewing.renew(path, first, time_authority=own, trust=trust).due
    assert renewing.renew(first, second, time_authority=own, trust=trust).due == due
    assert second.read_bytes().startswith(path.read_bytes())
    with second.open("rb") as file:
        facts = validate(file, trust=Roots([installation.root_certificate()], [own.pinned]))
    assert [each.kind for each in facts.signatures] == ["signature", "time-stamp", "time-stamp"]
    with second.open("rb") as file:
        assert inspecting.inspect(file.fileno(), trust=trust).as_dict() == facts.as_dict()
    with second.open("rb") as file:
        assert conformity.check(file).findings == ()
    assert facts.verdict.bottom_line == "sound", facts.as_dict()


def test_what_nobody_signed_is_not_dated(tmp_path: Path, own: TimeAuthority) -> None:
    with pytest.raises(DocumentError, match="no signature"):
        renewing.renew(unsigned(tmp_path), tmp_path / "dated.pdf", time_authority=own, trust=Roots())
    assert not (tmp_path / "dated.pdf").exists()


def test_a_root_of_signers_vouches_for_no_time_and_the_other_way_round(tmp_path: Path, own: TimeAuthority) -> None:
    path, _ = signed(tmp_path, authority=own)
    with path.open("rb") as file:
        (only,) = validate(file, trust=Roots([own.pinned], [installation.root_certificate()])).signatures
    assert (only.trusted, only.proved) == (False, None)


@pytest.mark.usefixtures("listed")
def test_another_authority_goes_on_where_one_ended(tmp_path: Path, own: TimeAuthority) -> None:
    path, _ = signed(tmp_path, authority=own)
    made = local.open_authority(tmp_path / "next")
    pem = made.root_path.read_bytes()
    following = TimeAuthority(own.url, authority.load_chain(pem)[0], (), withdrawals.load_lists(pem))
    trust = Roots([installation.root_certificate()], [own.pinned, following.pinned])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(client, "ask", lambda _url, request, **_: made.reply(request))
        done = renewing.renew(path, tmp_path / "on.pdf", time_authority=following, trust=trust)
    assert done.level == "B-LTA"


@pytest.mark.usefixtures("listed")
def test_a_renewal_that_would_make_a_document_worth_less_is_refused(tmp_path: Path, own: TimeAuthority) -> None:
    """Signed without a time, and its key was withdrawn since: a stamp of today only shows that it was."""
    path, _ = signed(tmp_path)
    (_, key), now = keyfiles.load_root(), clock.now().replace(microsecond=0)
    listed = withdrawals.load_list(withdrawing(now - datetime.timedelta(hours=1), now, key))
    trust = Roots([installation.root_certificate()], [own.pinned])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(keyring, "list_in_force", lambda: listed)
        with pytest.raises(DocumentError, match="worth less"):
            renewing.renew(path, tmp_path / "renewed.pdf", time_authority=own, trust=trust)
    assert not (tmp_path / "renewed.pdf").exists()


def test_nothing_of_a_file_is_read_here_before_the_confined_child_has_judged_it(
    tmp_path: Path, own: TimeAuthority, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, _ = signed(tmp_path, authority=own)
    monkeypatch.setattr(renewing, "AT_LEISURE", allowances.AT_LEISURE._replace(seconds=0.0))
    monkeypatch.setattr(preserving, "gather", lambda *_: pytest.fail("read in this process"))
    with pytest.raises(inspecting.NotChecked, match="took too long"):
        renewing.renew(path, tmp_path / "renewed.pdf", time_authority=own, trust=Roots([], [own.pinned]))
    assert not (tmp_path / "renewed.pdf").exists()


@pytest.mark.usefixtures("listed")
def test_what_the_house_withdrew_counts_where_the_file_holds_no_list(tmp_path: Path, own: TimeAuthority) -> None:
    path, _ = signed(tmp_path)
    gone = {authority.fingerprint(keyfiles.load_signer().certificate): clock.now() - datetime.timedelta(hours=1)}
    with path.open("rb") as file:
        facts = validate(file, trust=Roots([installation.root_certificate()], [own.pinned], gone))
    assert (facts.signatures[0].trusted, facts.verdict.bottom_line) == (False, "unknown")


def test_lists_that_no_later_stamp_covers_make_no_b_lta(tmp_path: Path, own: TimeAuthority) -> None:
    path, made = signed(tmp_path, authority=own)
    assert made.level is Level.T
    keyring.sign_list(actor=for_command())
    with path.open("r+b") as file:
        dating.stamp_document(file, own)
        preserving.add(file, preserving.gather(file, own))
    assert checked(path, own).signatures[0].level_found == "B-LT"


@pytest.mark.usefixtures("listed")
def test_a_list_of_narrower_scope_hides_no_withdrawal(tmp_path: Path, own: TimeAuthority) -> None:
    path, _ = signed(tmp_path)
    (root, key), now = keyfiles.load_root(), clock.now().replace(microsecond=0)
    hour = datetime.timedelta(hours=1)
    with_list(path, withdrawing(now - hour, now - hour, key))
    narrow = x509.CertificateRevocationListBuilder(root.subject, now, now + hour)
    narrow = narrow.add_extension(x509.IssuingDistributionPoint(None, None, False, True, None, False, False), True)
    with_list(path, narrow.sign(key, hashes.SHA256()).public_bytes(Encoding.DER))
    assert not checked(path, own).signatures[0].trusted


def test_an_older_list_put_back_counts_for_nothing() -> None:
    keyring.sign_list(actor=for_command())
    path = data.keys() / "withdrawn.crl"
    older = path.read_bytes()
    keyring.sign_list(actor=for_command())
    assert keyring.list_in_force() is not None
    path.write_bytes(older)
    with pytest.raises(keyfiles.KeyFileError, match="not the newest"):
        keyring.list_in_force()
