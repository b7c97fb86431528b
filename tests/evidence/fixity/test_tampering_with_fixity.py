"""The tamper table of sweeps, reports, readings, alarms and added digests: `verify` finds each."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from custody.core import fixity as records
from custody.core.entries import Actor
from custody.core.fixity import Algorithm
from custody.verification import Inspection, inspect
from evidence import fixity
from evidence.models import EvidenceItem, FixityAlarm, FixityCheck, FixitySweep, ItemDigest
from tests.cast import Cast
from tests.evidence.fixity.conftest import flip
from tests.prepared import prepared

Act = Callable[[], object]
ALL = 10**9


@pytest.fixture
def house(items: list[EvidenceItem], worker: Actor, cast: Cast) -> list[EvidenceItem]:
    """Two sweeps, the first of half of the objects; a digest added; an alarm that was put away, its bytes restored."""

    def make() -> list[EvidenceItem]:
        fixity.rehash(items[2], Algorithm.SHA3_512, actor=worker)
        fixity.sweep_now(actor=worker, at_most=2 * items[0].size)
        flip(items[3])
        fixity.sweep_now(actor=worker, at_most=ALL)
        flip(items[3])
        alarm = fixity.standing().get()
        fixity.acknowledge(
            alarm=alarm.pk, reason="the disk was replaced", account=cast.administrator, actor=_person(cast)
        )
        return items

    made: list[EvidenceItem] = prepared(f"{__name__}:house", make)
    return made


def _person(cast: Cast) -> Actor:
    return Actor(id=str(cast.administrator.pk), role="administrator", auth="password", session="")


def _newest() -> FixitySweep:
    return FixitySweep.objects.order_by("-opened")[0]


def _set(**values: object) -> Act:
    return lambda: FixitySweep.objects.filter(pk=_newest().pk).update(**values)


def _check(**values: object) -> Act:
    return lambda: FixityCheck.objects.filter(pk=_failed().pk).update(**values)


def _failed() -> FixityCheck:
    return FixityCheck.objects.get(condition="damaged")


def _rewrite_the_report() -> None:
    sweep = _newest()
    record = bytes(sweep.record or b"").replace(b'"condition":"damaged"', b'"condition":"missing"')
    assert record != bytes(sweep.record or b"")
    FixitySweep.objects.filter(pk=sweep.pk).update(record=record)


def _rewrite_manifest_and_rows() -> None:
    sweep = _newest()
    manifest = bytes(sweep.manifest or b"").replace(b" damaged ", b" sound ")
    assert list(records.manifest_lines(manifest))
    FixitySweep.objects.filter(pk=sweep.pk).update(manifest=manifest)
    FixityCheck.objects.filter(condition="damaged").update(condition="sound")


def _alter_the_signature() -> None:
    signature = bytearray(bytes(_newest().signature or b""))
    signature[-1] ^= 1
    FixitySweep.objects.filter(pk=_newest().pk).update(signature=bytes(signature))


def _swap_signatures() -> None:
    one, other = FixitySweep.objects.order_by("opened")
    FixitySweep.objects.filter(pk=one.pk).update(signature=other.signature)


def _remove_the_newest_sweep() -> None:
    FixityCheck.objects.filter(sweep=_newest()).delete()
    _newest().delete()


def _move_a_reading_to_an_older_sweep() -> None:
    older = FixitySweep.objects.order_by("opened")[0]
    FixityCheck.objects.filter(pk=_failed().pk).update(sweep=older)


def _forge_a_digest() -> None:
    row = ItemDigest.objects.get()
    record = bytes(row.record).replace(row.digest.encode(), b"0" * 128)
    digest = hashlib.sha256(record).hexdigest()
    ItemDigest.objects.filter(pk=row.pk).update(record=record, digest="0" * 128, record_sha256=digest)


TABLE: list[tuple[str, Act, str]] = [
    ("rewrite a report", _rewrite_the_report, "fixity"),
    ("alter a report's signature", _alter_the_signature, "signature"),
    ("put another report's signature", _swap_signatures, "signature"),
    ("rewrite a manifest and its rows", _rewrite_manifest_and_rows, "fixity"),
    ("empty a manifest", _set(manifest=b""), "fixity"),
    ("raise a sweep's budget", _set(per_hour=7), "fixity"),
    ("say that another one opened it", _set(actor="somebody"), "fixity"),
    ("remove a sweep with its readings", _remove_the_newest_sweep, "fixity"),
    ("call a failed reading sound", _check(condition="sound"), "fixity"),
    ("change the bytes that were read", _check(bytes=1), "fixity"),
    ("date a reading later", lambda: FixityCheck.objects.update(last_read="2030-01-01T00:00:00Z"), "fixity"),
    ("remove a reading", lambda: _failed().delete(), "fixity"),
    ("move a reading to an older sweep", _move_a_reading_to_an_older_sweep, "fixity"),
    ("remove an alarm", lambda: FixityAlarm.objects.all().delete(), "alarm"),
    ("let an alarm stand again", lambda: FixityAlarm.objects.update(acknowledged=None), "alarm"),
    ("give an alarm another reason", lambda: FixityAlarm.objects.update(reason="all is well"), "alarm"),
    ("let another person have put it away", lambda: FixityAlarm.objects.update(acknowledged_by="x"), "alarm"),
    ("change an added digest", lambda: ItemDigest.objects.update(digest="0" * 128), "fixity"),
    ("forge an added digest with its record", _forge_a_digest, "fixity"),
    ("remove an added digest", lambda: ItemDigest.objects.all().delete(), "fixity"),
]


def test_untouched_it_verifies_clean(house: list[EvidenceItem]) -> None:
    verdict = inspect(Inspection())
    assert verdict.findings == ()
    assert (verdict.counts["sweeps"], verdict.counts["readings"], verdict.counts["added_digests"]) == (2, 4, 1)


@pytest.mark.parametrize(("act", "fact"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_tampering_is_found(house: list[EvidenceItem], act: Act, fact: str) -> None:
    act()
    verdict = inspect(Inspection())
    assert verdict.bottom_line == "unsound"
    assert fact in {finding.fact for finding in verdict.findings}, verdict.findings


def test_an_alarm_put_away_in_the_database_alone_is_found(items: list[EvidenceItem], worker: Actor) -> None:
    flip(items[3])
    fixity.sweep_now(actor=worker, at_most=ALL)
    flip(items[3])
    FixityAlarm.objects.update(acknowledged="2026-01-01T00:00:00Z", acknowledged_by="operator", reason="nothing")
    verdict = inspect(Inspection())
    assert {finding.fact for finding in verdict.findings} == {"alarm"}
    assert verdict.exit_code == 1


def test_a_standing_alarm_makes_the_whole_unsound_even_when_the_bytes_came_back(
    items: list[EvidenceItem], worker: Actor
) -> None:
    flip(items[3])
    fixity.sweep_now(actor=worker, at_most=ALL)
    flip(items[3])
    verdict = inspect(Inspection())
    assert [(finding.fact, finding.subject) for finding in verdict.findings] == [("alarm", f"object {items[3].sha256}")]
    assert verdict.exit_code == 1


def test_a_sweep_under_way_is_said_to_be_one(items: list[EvidenceItem], worker: Actor, settings: object) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = items[0].size  # type: ignore[attr-defined]
    fixity.take_turn(actor=worker)
    verdict = inspect(Inspection())
    assert verdict.bottom_line == "sound"
    assert any("under way (1)" in words for words in verdict.not_checked)


def test_a_report_that_waits_for_its_signature_can_not_be_told(items: list[EvidenceItem], worker: Actor) -> None:
    fixity.sweep_now(actor=worker, at_most=ALL)
    FixitySweep.objects.update(signature=None)
    assert inspect(Inspection()).bottom_line == "unknown"
