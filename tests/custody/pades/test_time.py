"""A time authority dates the signature, and document time-stamps are renewed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from custody import installation
from custody.core import authority
from custody.pades import renewing
from custody.pades.errors import DocumentError
from custody.pades.roots import Roots
from custody.pades.signing import Level, TimeAuthority
from custody.pades.validating import validate
from custody.stamping import client, local
from tests.custody.pades.documents import signed, unsigned

pytestmark = [
    pytest.mark.usefixtures("installation"),
    pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl"),
]


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TimeAuthority:
    """An authority of our own, asked without a network."""
    made = local.open_authority(tmp_path / "authority")
    monkeypatch.setattr(client, "ask", lambda _url, request, **_: made.reply(request))
    return TimeAuthority("http://stamps.example.org", authority.load_chain(made.root_path.read_bytes())[0])


def test_a_dated_signature_reaches_b_t_and_says_why_not_more(tmp_path: Path, own: TimeAuthority) -> None:
    path, made = signed(tmp_path, authority=own)
    assert made.level is Level.T
    assert made.why_not_more.startswith("not B-LT: ")
    with path.open("rb") as file:
        facts = validate(file, trust=Roots([installation.root_certificate()], [own.pinned]))
    assert facts.verdict.bottom_line == "sound", facts.as_dict()
    assert (facts.signatures[0].level_claimed, facts.signatures[0].level_found) == ("B-T", "B-T")
    assert facts.signatures[0].proved is not None


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
    due = renewing.renew(path, first, time_authority=own)
    assert renewing.renew(first, second, time_authority=own) == due
    assert second.read_bytes().startswith(path.read_bytes())
    with second.open("rb") as file:
        facts = validate(file, trust=Roots([installation.root_certificate()], [own.pinned]))
    assert [each.kind for each in facts.signatures] == ["signature", "time-stamp", "time-stamp"]
    assert facts.verdict.bottom_line == "sound", facts.as_dict()


def test_what_nobody_signed_is_not_dated(tmp_path: Path, own: TimeAuthority) -> None:
    with pytest.raises(DocumentError, match="no signature"):
        renewing.renew(unsigned(tmp_path), tmp_path / "dated.pdf", time_authority=own)
    assert not (tmp_path / "dated.pdf").exists()


def test_a_root_of_signers_vouches_for_no_time_and_the_other_way_round(tmp_path: Path, own: TimeAuthority) -> None:
    path, _ = signed(tmp_path, authority=own)
    with path.open("rb") as file:
        (only,) = validate(file, trust=Roots([own.pinned], [installation.root_certificate()])).signatures
    assert (only.trusted, only.proved) == (False, None)
