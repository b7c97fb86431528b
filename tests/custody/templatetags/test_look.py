"""Machine values stay Latin and whole; counts and days follow the reader's script."""

from __future__ import annotations

import datetime

import pytest
import time_machine
from django.utils import translation

from custody.templatetags import look

DIGEST = "9759429c3e0d51b747d67a7cfaab750ed900b9dd84445e7d70c5255cebec05d1"
MOMENT = datetime.datetime(2013, 5, 14, 9, 42, 10, tzinfo=datetime.UTC)


def test_a_digest_is_grouped_without_changing_what_is_copied() -> None:
    shown = look.hash_full(DIGEST)
    assert shown.count("<span>") == 8
    plain = shown.replace("<span>", "").replace("</span>", "").replace("<wbr>", "")
    assert plain == f'<code class="hash hash-full">{DIGEST}</code>'
    assert look.hash_short(DIGEST) == f'<code class="hash" title="{DIGEST}">9759429c3e0d…</code>'


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_machine_time_is_the_same_in_both_languages(language: str) -> None:
    with translation.override(language):
        assert ">2013-05-14 09:42:10 UTC</time>" in look.stamp(MOMENT)
        assert look.stamp("2013-05-14T09:42:10.000Z") == look.stamp(MOMENT)


def test_a_day_is_said_as_people_say_it() -> None:
    assert ">14 May 2013</time>" in look.spoken(MOMENT)
    with translation.override("ar"):
        assert ">١٤ أيار ٢٠١٣</time>" in look.spoken(MOMENT.date())


def test_counts_are_grouped_in_the_reader_s_digits() -> None:
    assert look.count(1843204) == "1,843,204"
    with translation.override("ar"):
        assert look.count(1843204) == "١٬٨٤٣٬٢٠٤"
        assert look.digits("481") == "٤٨١"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(3, "3 s ago"), (240, "4 min ago"), (10800, "3 h ago"), (400000, "4 days ago"), (-5, "0 s ago")],
)
def test_ages_are_said_in_the_unit_that_says_it(seconds: int, said: str) -> None:
    with time_machine.travel(MOMENT + datetime.timedelta(seconds=seconds), tick=False):
        assert look.ago(MOMENT) == said


def test_a_state_that_the_sheet_does_not_know_is_an_error() -> None:
    assert 'data-state="late"' in look.badge("late", "waits")
    with pytest.raises(ValueError, match="no such state"):
        look.mark("green")


def test_words_of_others_are_escaped() -> None:
    assert "<script>" not in look.badge("late", "<script>")
    assert "<b>" not in look.hash_short("<b>")


def test_an_evidence_number_is_short_inside_its_collection() -> None:
    assert look.short_ern("AMN-DISK-3-0004-1187") == "0004-1187"
