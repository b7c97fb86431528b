"""The audit page: who sees which entries, filters, paging, and that looking is an entry."""

from __future__ import annotations

import re

import pytest
from django.db import connection, transaction
from django.urls import reverse

from custody import fences, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.cases import end_membership, members_of
from custody.models import Account, Entry
from tests.cast import Cast, browser_of

PAGE = reverse("custody:ledger")


def _shown(account: Account, **wanted: str) -> list[int]:
    html = browser_of(account).get(PAGE, wanted).content.decode()
    return [int(number) for number in re.findall(r'href="/ledger/(\d+)/"', html)]


def _in_stream(stream: str) -> set[int]:
    return {entry.seq for entry in ledger.stream_entries(stream)}


def test_a_member_sees_the_entries_of_their_cases_their_own_and_the_ledger_s(cast: Cast) -> None:
    shown = set(_shown(cast.auditor))
    own = _in_stream(f"user/{cast.auditor.pk}")
    assert shown <= _in_stream(f"case/{cast.case.pk}") | own | _in_stream("ledger")
    assert _in_stream(f"case/{cast.case.pk}") <= shown
    assert not shown & (_in_stream(f"case/{cast.other_case.pk}") - own)


def test_an_administrator_sees_them_all(cast: Cast) -> None:
    shown = _shown(cast.administrator)
    assert shown == list(range(Entry.objects.count() - 1, -1, -1))


def test_looking_is_recorded(cast: Cast) -> None:
    browser_of(cast.auditor).get(PAGE)
    row = Entry.objects.order_by("-seq")[0]
    assert (row.action, row.actor) == (Action.LEDGER_VIEWED, str(cast.auditor.pk))


def test_filters_narrow_and_an_unknown_value_is_said(cast: Cast) -> None:
    assert {Entry.objects.get(seq=seq).action for seq in _shown(cast.administrator, action="case.created")} == {
        "case.created"
    }
    browser_of(cast.outsider).get(reverse("custody:purpose", args=["RWB-04"]))
    refused = _shown(cast.lead, refusals="on")
    assert [Entry.objects.get(seq=seq).outcome for seq in refused] == ["denied"]
    odd = browser_of(cast.lead).get(PAGE, {"action": "no.such"}).content.decode()
    assert "not understood" in odd


def test_a_case_of_others_is_not_a_filter(cast: Cast) -> None:
    html = browser_of(cast.lead).get(PAGE).content.decode()
    assert '<option value="RWB-04"' in html
    assert "SHD-01" not in html


def test_older_entries_are_a_page_away(cast: Cast) -> None:
    with transaction.atomic():
        drafts = [
            ledger.Draft(action=Action.VERIFY_RUN, actor=for_command(), streams=("ledger",), subject={})
            for _ in range(70)
        ]
        ledger.append_many(drafts)
    first = _shown(cast.administrator)
    assert len(first) == 50
    following = _shown(cast.administrator, before=str(first[-1]))
    assert following[0] == first[-1] - 1


@pytest.mark.parametrize("before", ["-1", "x", "9" * 30])
def test_a_number_that_is_none_pages_from_the_newest(cast: Cast, before: str) -> None:
    assert _shown(cast.administrator, before=before)[0] == Entry.objects.count() - 1


def test_one_entry_shows_its_exact_bytes(cast: Cast) -> None:
    seq = max(_in_stream(f"case/{cast.case.pk}"))
    body = ledger.body_of(seq)
    assert body is not None
    html = browser_of(cast.auditor).get(reverse("custody:entry", args=[seq])).content.decode()
    assert body.decode().replace('"', "&quot;") in html


def test_an_entry_of_another_case_is_not_there(cast: Cast) -> None:
    seq = max(_in_stream(f"case/{cast.other_case.pk}") - _in_stream(f"user/{cast.lead.pk}"))
    assert browser_of(cast.lead).get(reverse("custody:entry", args=[seq])).status_code == 404


def test_a_row_whose_bytes_were_changed_stands_out(cast: Cast) -> None:
    seq = max(_in_stream(f"case/{cast.case.pk}"))
    fences.remove()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE custody_entry SET leaf = %s WHERE seq = %s", [b"\x00" * 32, seq])
    assert 'data-state="unsound"' in browser_of(cast.lead).get(PAGE).content.decode()


def _without_its_own_numbers(account: Account, seq: int) -> str:
    """The page of an entry without what differs between any two entries: number, time, leaf hash, age."""
    html = browser_of(account).get(reverse("custody:entry", args=[seq])).content.decode()
    main = html[html.index("<main") : html.index("</main>")]
    return re.sub(r"[0-9a-f]{4,}|\d+", "#", main)


def test_one_s_own_refusals_read_the_same_whether_the_case_exists_or_not(cast: Cast) -> None:
    client = browser_of(cast.outsider)
    seqs = []
    for code in ("RWB-04", "NONE-1"):
        client.get(reverse("evidence:case", args=[code]))
        seqs.append(Entry.objects.filter(action=Action.CASE_ACCESS_REFUSED).order_by("-seq")[0].seq)
    pages = [_without_its_own_numbers(cast.outsider, seq) for seq in seqs]
    assert pages[0] == pages[1]
    for seq in seqs:
        html = client.get(reverse("custody:entry", args=[seq])).content.decode()
        assert str(cast.case.pk) not in html
        assert "case/" not in html
        assert "no such case" not in html
    html = client.get(PAGE).content.decode()
    rows = [
        re.search(rf'<tr[^>]*>\s*<td class="num"><a href="/ledger/{seq}/".*?</tr>', html, re.DOTALL) for seq in seqs
    ]
    texts = [re.sub(r"[0-9a-f]{4,}|\d+", "#", row[0]) for row in rows if row]
    assert len(texts) == 2
    assert texts[0] == texts[1]
    assert str(cast.case.pk)[:8] not in html


def test_the_entries_of_a_case_close_when_the_membership_ends(cast: Cast) -> None:
    seq = max(_in_stream(f"case/{cast.case.pk}") & _in_stream(f"user/{cast.auditor.pk}"))
    address = reverse("custody:entry", args=[seq])
    assert str(cast.case.pk) in browser_of(cast.auditor).get(address).content.decode()
    end_membership(membership=members_of(cast.case).get(account=cast.auditor), actor=for_command())
    html = browser_of(cast.auditor).get(address).content.decode()
    assert str(cast.case.pk) not in html
    assert "not shown" in html
