"""Whose signature counts: the certificate that a record names, entered in the ledger, not retired before."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from custody import clock, installation, keyring, ledger, signers
from custody.actions import Action
from custody.actors import for_command
from custody.core import cades
from custody.core.cades import SignerFacts
from custody.registrar import keyfiles
from custody.signers import Signers, WrongSigner, check_signer

ONE, OTHER = "1" * 64, "2" * 64
KNOWN = Signers(created={ONE: 3, OTHER: 20}, retired={ONE: 21})


def facts(fingerprint: str) -> SignerFacts:
    now = clock.now()
    return SignerFacts(fingerprint, "Amana registrar", 1, now, now, now)


def signed_by(name: str) -> SignerFacts:
    """What is found out about a signature made with a key file, past the desk."""
    key = keyfiles.load_signer(name)
    made = cades.sign(b"{}", assembler=cades.Assembler(key.certificate), private_key=key.private_key)
    return cades.verify(made, b"{}", anchor=installation.root_certificate(), at=clock.now())


@pytest.mark.parametrize(
    ("signer", "named", "seq"), [(ONE, ONE, 20), (ONE, None, 4), (OTHER, OTHER, 22), (OTHER, None, None)]
)
def test_a_signer_on_record_counts_until_its_retirement(signer: str, named: str | None, seq: int | None) -> None:
    KNOWN.check(facts(signer), named=named, seq=seq)


@pytest.mark.parametrize(
    ("signer", "named", "seq", "words"),
    [
        (ONE, OTHER, 4, "the record names 2222222222222222"),
        (OTHER, ONE, 30, "the record names 1111111111111111"),
        ("3" * 64, "3" * 64, 4, "no entry of the ledger names certificate 3333333333333333"),
        ("3" * 64, None, 4, "no entry of the ledger names"),
        (ONE, ONE, 22, "was retired before, by entry 21"),
        (ONE, None, None, "was retired before"),
    ],
)
def test_any_other_counts_for_nothing(signer: str, named: str | None, seq: int | None, words: str) -> None:
    with pytest.raises(WrongSigner, match=words):
        KNOWN.check(facts(signer), named=named, seq=seq)


@pytest.mark.usefixtures("installation")
def test_a_certificate_under_the_root_that_no_entry_names_is_a_stranger() -> None:
    check_signer(signed_by("registrar"), named=None, seq=ledger.size())
    installation.make_signer("hidden")
    with pytest.raises(WrongSigner, match="no entry of the ledger names"):
        check_signer(signed_by("hidden"), named=None, seq=ledger.size())


@pytest.mark.usefixtures("installation")
def test_an_entry_about_a_key_of_another_kind_makes_nobody_a_signer() -> None:
    installation.make_signer("hidden")
    found = signed_by("hidden")
    subject = {"kind": "ledger", "fingerprint": found.fingerprint}
    ledger.append_alone(
        ledger.Draft(action=Action.KEY_CREATED, actor=for_command(), streams=("ledger",), subject=subject)
    )
    with pytest.raises(WrongSigner):
        check_signer(found, named=None, seq=ledger.size())


@pytest.mark.usefixtures("one_alone")
def test_the_old_key_counts_up_to_its_retirement_and_the_new_one_goes_on(lasting_installation: Path) -> None:
    old = signed_by("registrar")
    before = ledger.size()
    done = keyring.rotate_registrar(actor=for_command())
    known = signers.signers()
    assert known.created.keys() == {done.old, done.new}
    (ended,) = ledger.entries_with(Action.KEY_RETIRED)
    assert known.retired == {done.old: ended.seq}
    known.check(old, named=done.old, seq=before)
    known.check(signed_by("registrar"), named=done.new, seq=ledger.size())
    for seq in (ledger.size(), None):
        with pytest.raises(WrongSigner, match="was retired before"):
            known.check(old, named=done.old, seq=seq)


@pytest.mark.usefixtures("installation")
def test_the_first_retirement_counts_whatever_is_entered_after_it() -> None:
    found = signed_by("registrar")
    subject = {"kind": "registrar", "fingerprint": found.fingerprint}
    draft = ledger.Draft(action=Action.KEY_RETIRED, actor=for_command(), streams=("ledger",), subject=subject)
    first = ledger.append_alone(draft).seq
    again = ledger.append_alone(dataclasses.replace(draft, id="again")).seq
    with pytest.raises(WrongSigner, match=f"by entry {first}"):
        check_signer(found, named=None, seq=again)
