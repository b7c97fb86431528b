"""Describing an item: kept with every version, closed to auditors, and read before the picture is shown."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from custody.actions import Action
from custody.models import Entry
from custody.purposes import Purpose
from evidence.models import EvidenceItem, ItemDescription
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.exhibits import examine, picture, receive

WORDS = {"title_en": "Front view", "title_ar": "منظر أمامي", "caption": "A man, clothed.", "category": "detainee"}


@pytest.fixture
def item(cast: Cast) -> EvidenceItem:
    found = receive(cast.case, {"one.jpg": picture(10)})[0]
    examine(found)
    return found


def _at(name: str, item: EvidenceItem) -> str:
    return reverse(f"evidence:{name}", args=["RWB-04", item.ern])


def test_the_words_stand_on_the_page_in_both_scripts_and_on_record(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.investigator, purpose=Purpose.IDENTIFICATION, case=cast.case)
    assert client.post(_at("describe", item), WORDS).status_code == 302
    assert Entry.objects.order_by("-seq")[0].action == Action.ITEM_DESCRIBED
    page = client.get(_at("item", item)).content.decode()
    for words in ("Front view", "منظر أمامي", "A man, clothed."):
        assert words in page
    assert '"' + WORDS["caption"] not in bytes(Entry.objects.order_by("-seq")[0].body).decode()


def test_each_version_is_kept(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.lawyer)
    client.post(_at("describe", item), WORDS)
    client.post(_at("describe", item), WORDS | {"caption": "A man, clothed, eyes closed."})
    assert ItemDescription.history.filter(item=item.pk).count() == 2


def test_the_form_begins_with_what_stands(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.lead)
    client.post(_at("describe", item), WORDS)
    assert "A man, clothed." in client.get(_at("describe", item)).content.decode()


def test_an_unknown_category_changes_nothing(cast: Cast, item: EvidenceItem) -> None:
    before = ledger_size()
    assert browser_of(cast.lead).post(_at("describe", item), WORDS | {"category": "x"}).status_code == 422
    assert [row.action for row in entries_since(before)] == ["case.viewed"]  # the form came back, with the words


def test_auditors_and_strangers_do_not_describe(cast: Cast, item: EvidenceItem) -> None:
    for account in (cast.auditor, *cast.strangers):
        assert browser_of(account).post(_at("describe", item), WORDS).status_code == 404
    assert not ItemDescription.objects.exists()


def _opened(client: Client, item: EvidenceItem) -> dict[str, str]:
    """What the page carries along of what it shows."""
    page = client.get(_at("describe", item))
    form = page.context["form"]
    assert all(f'name="initial-{name}"' in page.content.decode() for name in form.fields)
    return {f"initial-{name}": str(form[name].value() or "") for name in form.fields}


def test_a_page_that_was_opened_before_takes_no_mark_of_privilege_away(cast: Cast, item: EvidenceItem) -> None:
    investigator, lawyer = browser_of(cast.investigator), browser_of(cast.lawyer)
    shown = _opened(investigator, item)
    lawyer.post(_at("describe", item), _opened(lawyer, item) | {"category": "unsorted", "privileged": "on"})
    investigator.post(_at("describe", item), shown | WORDS)
    described = ItemDescription.objects.get()
    assert (described.privileged, described.caption) == (True, WORDS["caption"])


def test_whoever_sees_the_mark_can_take_it_away(cast: Cast, item: EvidenceItem) -> None:
    client = browser_of(cast.lawyer)
    client.post(_at("describe", item), _opened(client, item) | WORDS | {"privileged": "on"})
    client.post(_at("describe", item), _opened(client, item) | WORDS)
    assert not ItemDescription.objects.get().privileged
