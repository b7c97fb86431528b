"""Records of sealed statements that a crash left unsigned: counted, signed by the worker, and in nobody's way."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody import keyring
from custody.actors import for_command
from custody.core.errors import CustodyError
from custody.registrar import waiting
from evidence import tasks
from testimony import statements
from testimony.core.statement import Paragraph
from testimony.models import Statement, StatementReceipt, WitnessRole
from testimony.statements import receipts
from testimony.witnesses import create_witness
from tests.cast import Cast, browser_of, make_cast
from tests.custody.conftest import one_alone
from tests.testimony import files

__all__ = ["one_alone"]


def _sealed(cast: Cast) -> Statement:
    witness = create_witness(case=cast.case, role=WitnessRole.RELATIVE, actor=files.ACTOR)
    taken = statements.Taken(language="ar", taken_on=files.DAY)
    return statements.create_statement(
        witness=witness, taken=taken, paragraphs=[Paragraph("I saw him.")], actor=files.ACTOR
    )


def _unsign(*sealed: Statement) -> None:
    StatementReceipt.objects.filter(statement__in=sealed).update(signature=None)


@pytest.mark.usefixtures("one_alone")  # a second person is asked elsewhere
def test_a_record_that_waits_for_the_old_key_holds_its_rotation_up(lasting_installation: Path) -> None:
    sealed = _sealed(make_cast())
    assert receipts.count_waiting() == waiting.count() == 0
    _unsign(sealed)
    with pytest.raises(keyring.KeyringError, match=r"1 records .* wait for this key's signature"):
        keyring.rotate_registrar(actor=for_command())
    assert waiting.sign_all() == 1
    assert keyring.rotate_registrar(actor=for_command()).old


def test_the_worker_signs_what_waits(cast: Cast) -> None:
    _unsign(_sealed(cast), _sealed(cast))
    assert waiting.count() == 2
    tasks.examine_waiting()
    assert waiting.count() == 0
    assert not StatementReceipt.objects.filter(signature=None).exists()


def test_one_that_no_entry_allows_holds_up_no_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    altered, sealed = _sealed(cast), _sealed(cast)
    _unsign(altered, sealed)
    StatementReceipt.objects.filter(statement=altered).update(record_sha256="0" * 64)
    assert receipts.sign_waiting() == 2
    assert list(StatementReceipt.objects.filter(signature=None).values_list("statement", flat=True)) == [altered.pk]

    def gone(_statement: Statement) -> None:
        raise CustodyError("the registrar does not answer")

    monkeypatch.setattr(receipts, "sign_receipt", gone)
    with pytest.raises(CustodyError):
        receipts.sign_waiting()


def test_the_words_of_declarations_are_linked_from_the_witnesses(cast: Cast) -> None:
    for account in cast.members:
        assert "/cases/RWB-04/declarations/" in browser_of(account).get("/cases/RWB-04/witnesses/").content.decode()
