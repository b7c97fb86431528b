"""The queue of examinations: every item once, signed and recorded, whatever dies in between."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography import x509
from django.core.management import call_command

from custody import clock, ledger, registrar
from custody.actions import Action
from custody.actors import for_command, for_process
from custody.core import cades, receipts
from custody.core.receipts import ExaminationRecord
from custody.models import Case
from evidence import examining, intake, tasks
from evidence.intake import TakenIn
from evidence.models import Derivative, EvidenceItem, Examination, ExaminationJob, JobState
from tests.evidence.conftest import jpeg

Ingest = Callable[..., TakenIn]


@pytest.fixture
def photos(folder: Path, ingest: Ingest) -> Path:
    (folder / "a.jpg").write_bytes(jpeg(colour="teal"))
    (folder / "b.jpg").write_bytes(jpeg(colour="olive"))
    (folder / "c.txt").write_bytes(b"no picture\n")
    ingest(folder)
    return folder


def examine() -> int:
    return examining.examine_waiting(actor=for_process("worker"))


@pytest.mark.usefixtures("photos")
def test_every_item_is_examined_once() -> None:
    assert examining.waiting() == 3
    assert examine() == 3
    assert (examining.waiting(), examine()) == (0, 0)
    found = dict(Examination.objects.values_list("item__name__name", "media_type"))
    assert {bytes(name): kind for name, kind in found.items()} == {
        b"a.jpg": "image/jpeg",
        b"b.jpg": "image/jpeg",
        b"c.txt": "text/plain",
    }


@pytest.mark.usefixtures("photos")
def test_the_record_is_signed_and_names_what_was_made() -> None:
    examine()
    anchor = x509.load_pem_x509_certificate(registrar.connect().ca_pem())
    for examination in Examination.objects.select_related("item"):
        content = bytes(examination.record)
        cades.verify(bytes(examination.signature), content, anchor=anchor, at=clock.now())
        record = receipts.decode(content)
        assert isinstance(record, ExaminationRecord)
        assert record.original == examination.item.sha256
        made = {(each.kind, each.sha256, each.bytes) for each in record.derived}
        assert made == set(examination.derivatives.values_list("kind", "sha256", "size"))
        assert dict(record.claims) == examination.claims


@pytest.mark.usefixtures("photos")
def test_derived_pictures_stand_in_the_vault_under_their_own_digests() -> None:
    examine()
    assert Derivative.objects.count() == 6
    for derivative in Derivative.objects.all():
        assert intake.store().check(derivative.sha256).size == derivative.size
        assert derivative.recipe.startswith(f"{derivative.kind}/1:")
    spoken_of = set(EvidenceItem.objects.values_list("sha256", flat=True))
    spoken_of |= set(Derivative.objects.values_list("sha256", flat=True))
    assert set(intake.store().objects()) == spoken_of


def test_each_examination_has_its_entry_in_the_histories_of_item_and_case(photos: Path, case: Case) -> None:
    examine()
    examination = Examination.objects.select_related("item").first()
    assert examination is not None
    entry = [ledger.entry_of(e) for e in ledger.stream_entries(f"item/{examination.item_id}")][-1]
    assert entry.action == Action.ITEM_EXAMINED
    assert entry.subject["record"] == examination.record_sha256
    assert {link.id for link in entry.streams} >= {f"item/{examination.item_id}", f"case/{case.pk}"}
    run = [e.action for e in ledger.stream_entries(f"batch/{entry.subject['run']}")]
    assert (run[0], run[-1]) == (Action.EXAMINATION_OPENED, Action.EXAMINATION_CLOSED)


@pytest.mark.usefixtures("photos")
def test_nothing_is_recorded_when_nothing_waits() -> None:
    examine()
    before = ledger.size()
    examine()
    assert ledger.size() == before


@pytest.mark.usefixtures("photos")
def test_a_job_that_another_worker_holds_is_left_to_it_until_it_is_stale() -> None:
    job = ExaminationJob.objects.first()
    assert job is not None
    ExaminationJob.objects.filter(pk=job.pk).update(state=JobState.RUNNING, claimed_at=clock.now())
    with examining.at_work():
        assert examine() == 2
        ExaminationJob.objects.filter(pk=job.pk).update(claimed_at=clock.now() - datetime.timedelta(hours=1))
        assert examine() == 1


@pytest.mark.usefixtures("photos")
def test_jobs_of_a_dead_run_are_taken_up_at_once_and_said() -> None:
    ExaminationJob.objects.update(state=JobState.RUNNING, claimed_at=clock.now(), attempts=1)
    out = io.StringIO()
    call_command("examine", stdout=out)
    assert "3 were in the hands of a run that broke off" in out.getvalue()
    assert "3 examined, 0 waiting" in out.getvalue()


@pytest.mark.usefixtures("photos")
def test_a_job_that_broke_every_run_that_took_it_has_failed_and_is_said() -> None:
    broken = ExaminationJob.objects.first()
    assert broken is not None
    held = {"state": JobState.RUNNING, "claimed_at": clock.now(), "attempts": examining.MOST_ATTEMPTS}
    ExaminationJob.objects.filter(pk=broken.pk).update(**held)
    out = io.StringIO()
    call_command("examine", stdout=out)
    assert "1 could not be examined" in out.getvalue()
    assert "2 examined, 0 waiting" in out.getvalue()


@pytest.mark.usefixtures("photos")
def test_a_worker_that_dies_between_vault_and_rows_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    class Died(Exception):
        pass

    def die(*_: object) -> None:
        raise Died

    with monkeypatch.context() as dying:
        dying.setattr(examining, "_commit", die)
        with pytest.raises(Died):
            examine()
    assert Examination.objects.count() == 0
    ExaminationJob.objects.update(claimed_at=clock.now() - datetime.timedelta(hours=1))
    assert examine() == 3
    assert Derivative.objects.count() == 6


@pytest.mark.usefixtures("photos")
def test_an_original_that_is_missing_fails_its_job_and_no_other() -> None:
    lost = EvidenceItem.objects.order_by("ern").first()
    assert lost is not None
    intake.store().path(lost.sha256).unlink()
    examine()
    assert Examination.objects.count() == 2
    assert ExaminationJob.objects.get(item=lost).state == JobState.FAILED


@pytest.mark.usefixtures("photos")
def test_a_limit_leaves_the_rest_waiting() -> None:
    assert examining.examine_waiting(actor=for_command(), limit=2) == 2
    assert examining.waiting() == 1


@pytest.mark.usefixtures("photos")
def test_the_command_examines_what_waits() -> None:
    out = io.StringIO()
    call_command("examine", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert (found["examined"], found["waiting"]) == (3, 0)
    assert found["checkpoint"] == ledger.size()


@pytest.mark.usefixtures("photos")
def test_the_task_examines_what_waits_unless_another_does() -> None:
    with examining.alone_here() as alone:
        assert alone
        tasks.examine_waiting()
        assert examining.waiting() == 3
    tasks.examine_waiting()
    assert examining.waiting() == 0
