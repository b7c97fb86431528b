"""The page of stored bytes: for administrators, leads and auditors; coverage as a plot and a table; reports."""

from __future__ import annotations

import json
import re

import pytest
import time_machine
from django.urls import reverse

from custody.core.entries import Actor
from custody.models import Account
from custody.purposes import Purpose
from evidence import fixity
from evidence.fixity.coverage import Bucket, Coverage
from evidence.fixity.plot import plot
from evidence.models import EvidenceItem, FixitySweep
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.evidence.fixity.conftest import SIZE, flip, hours

ALL = 10**9
PAGE = reverse("evidence:fixity")
PARTS = ("record.json", "record.json.p7s", "manifest.txt", "report.pdf")


@pytest.fixture
def sweep(items: list[EvidenceItem], worker: Actor) -> FixitySweep:
    swept = fixity.sweep_now(actor=worker, at_most=2 * SIZE).sweep
    assert swept is not None
    return swept


def _readers(cast: Cast) -> tuple[Account, ...]:
    return (cast.administrator, cast.lead, cast.auditor, cast.outsider)


def test_it_is_for_administrators_leads_and_auditors(sweep: FixitySweep, cast: Cast) -> None:
    """Omar leads another case: the report names none, so he may read it."""
    for account in _readers(cast):
        before = ledger_size()
        assert browser_of(account).get(PAGE).status_code == 200
        assert [(row.action, row.actor) for row in entries_since(before)] == [("ledger.viewed", str(account.pk))]
        for part in PARTS:
            assert browser_of(account).get(reverse("evidence:sweep-file", args=[sweep.pk, part])).status_code == 200
    for account in (cast.investigator, cast.lawyer):
        before = ledger_size()
        assert browser_of(account).get(PAGE).status_code == 404
        for part in PARTS:
            assert browser_of(account).get(reverse("evidence:sweep-file", args=[sweep.pk, part])).status_code == 404
        assert browser_of(account).post(reverse("evidence:acknowledge", args=[sweep.pk])).status_code == 404
        assert ledger_size() == before


def test_the_tab_is_there_for_those_alone(sweep: FixitySweep, cast: Cast) -> None:
    assert PAGE in browser_of(cast.auditor).get(reverse("custody:cases")).content.decode()
    assert PAGE not in browser_of(cast.lawyer).get(reverse("custody:cases")).content.decode()


def test_the_files_are_those_on_record(sweep: FixitySweep, cast: Cast) -> None:
    client = browser_of(cast.auditor)
    bodies = {part: client.get(reverse("evidence:sweep-file", args=[sweep.pk, part])) for part in PARTS}
    assert bodies["record.json"].content == bytes(sweep.record or b"")
    assert bodies["record.json.p7s"].content == bytes(sweep.signature or b"")
    assert bodies["manifest.txt"].content == bytes(sweep.manifest or b"")
    assert bodies["report.pdf"].content.startswith(b"%PDF-1.7")
    assert bodies["record.json"]["Content-Disposition"] == f'attachment; filename="fixity-{sweep.pk}.record.json"'


@pytest.mark.parametrize("part", ["credit", "manifest", "record.json.bak", "..%2Frecord.json"])
def test_no_other_part_is_served(sweep: FixitySweep, cast: Cast, part: str) -> None:
    address = reverse("evidence:sweep-file", args=[sweep.pk, "x"]).removesuffix("x") + part
    assert browser_of(cast.auditor).get(address).status_code == 404


def test_a_report_names_no_case_item_or_person(sweep: FixitySweep, cast: Cast, items: list[EvidenceItem]) -> None:
    content = bytes(sweep.record or b"").decode()
    forbidden = [cast.case.code, str(cast.case.pk), *(item.ern for item in items), *(str(item.pk) for item in items)]
    assert not [word for word in forbidden if word in content]
    assert set(json.loads(content)) >= {"type", "run", "read", "sound", "manifest", "findings"}


def test_numbers_stand_beside_an_alarm_for_members_alone(items: list[EvidenceItem], cast: Cast, worker: Actor) -> None:
    flip(items[1])
    fixity.sweep_now(actor=worker, at_most=ALL)
    for account in (cast.lead, cast.auditor):
        assert items[1].ern in browser_of(account).get(PAGE).content.decode()
    for account in (cast.outsider, cast.administrator):
        page = browser_of(account).get(PAGE).content.decode()
        assert items[1].ern not in page
        assert items[1].sha256[:8] in page


def test_an_alarm_is_put_away_on_the_page(items: list[EvidenceItem], cast: Cast, worker: Actor) -> None:
    flip(items[1])
    fixity.sweep_now(actor=worker, at_most=ALL)
    address = reverse("evidence:acknowledge", args=[fixity.standing().get().pk])
    assert address not in browser_of(cast.auditor).get(PAGE).content.decode()
    client = browser_of(cast.lead)
    assert address in client.get(PAGE).content.decode()
    assert "at most 2,000 characters" in client.post(address, {"reason": " "}, follow=True).content.decode()
    assert fixity.standing().count() == 1
    assert "Acknowledged and on record" in client.post(address, {"reason": "seen"}, follow=True).content.decode()
    assert fixity.standing().count() == 0


def test_switched_off_it_says_so(items: list[EvidenceItem], cast: Cast, settings: object) -> None:
    settings.AMANA_FIXITY_BYTES_PER_HOUR = 0  # type: ignore[attr-defined]
    assert "Reading back is switched off" in browser_of(cast.auditor).get(PAGE).content.decode()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_the_plot_needs_no_style_and_its_table_says_the_same(sweep: FixitySweep, cast: Cast, language: str) -> None:
    client = browser_of(cast.auditor)
    client.cookies["amana-language"] = language
    page = client.get(PAGE).content.decode()
    drawing = page[page.index('<svg class="plot"') : page.index("</svg>", page.index('<svg class="plot"'))]
    assert "style" not in drawing
    bars = re.findall(
        r'<rect class="(held|overdue)" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="([\d.]+)">', drawing
    )
    assert len(bars) == drawing.count("<rect") == 2
    two = "2" if language == "en" else "٢"
    assert page.count(f'<td class="num">{two}</td>') >= 2


def test_coverage_counts_by_age(items: list[EvidenceItem], worker: Actor, settings: object) -> None:
    settings.AMANA_FIXITY_DAYS = 90  # type: ignore[attr-defined]
    with time_machine.travel("2026-01-01T12:00:00Z", tick=False):
        fixity.sweep_now(actor=worker, at_most=SIZE)
    with time_machine.travel("2026-03-31T12:00:00Z", tick=False):
        fixity.sweep_now(actor=worker, at_most=SIZE)
    with time_machine.travel("2026-04-10T12:00:00Z", tick=False) as clock:
        whole = fixity.coverage()
        assert (whole.objects, whole.never, whole.within, whole.overdue, whole.share) == (4, 2, 1, 3, 250)
        held = {(bucket.since, bucket.count) for bucket in whole.buckets if bucket.count}
        assert held == {(9, 1), (99, 1)}
        assert whole.state == "late"
        clock.shift(hours(1))
        fixity.sweep_now(actor=worker, at_most=ALL)
        whole = fixity.coverage()
        assert (whole.never, whole.within, whole.share, whole.state) == (0, 4, 1000, "sound")


def test_before_the_first_round_is_over_nothing_is_late(sweep: FixitySweep) -> None:
    assert fixity.coverage().state == "unknown"


def test_bars_end_on_the_ground_and_the_policy_line_stands_between_held_and_overdue() -> None:
    buckets = tuple(Bucket(day, day + 3 if day < 132 else None, day % 7) for day in range(0, 135, 3))
    whole = Coverage(100, 1, 3, 90, 0, None, 90, 1, buckets)
    drawn = plot(whole)
    for bar in drawn.bars:
        assert abs(float(bar.y) + float(bar.height) - 190) < 0.11
    held = [float(bar.x) + float(bar.width) for bar in drawn.bars if bar.kind == "held"]
    overdue = [float(bar.x) for bar in drawn.bars if bar.kind == "overdue"]
    assert max(held) <= float(drawn.policy) <= min(overdue)


def test_the_item_says_when_it_was_read_back_and_whether_it_was_the_same(
    items: list[EvidenceItem], cast: Cast, worker: Actor
) -> None:
    client = browser_of(cast.auditor, purpose=Purpose.AUDIT, case=cast.case)
    address = reverse("evidence:item", args=[cast.case.code, items[1].ern])
    assert "not by a sweep yet" in client.get(address).content.decode()
    fixity.sweep_now(actor=worker, at_most=ALL)
    page = client.get(address).content.decode()
    assert "Same bytes as received" in page
    assert "same bytes" in page
    flip(items[1])
    fixity.sweep_now(actor=worker, at_most=ALL)
    page = client.get(address).content.decode()
    assert "Bytes differ from the receipt" in page
    assert "nobody has acknowledged this alarm" in page
