"""The page for tables: tried first, the same file again to keep it, and for whom."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from custody.models import Account
from testimony.models import Victim, Witness
from tests.cast import Cast, browser_of
from tests.custody.test_closing import close
from tests.testimony import files
from tests.testimony.importing.tables import VICTIMS, WITNESSES, csv_of, xlsx_of

PAGE = "/cases/RWB-04/people/import/"


def send(client: Client, data: bytes, kind: str = "witness", **more: Any) -> HttpResponse:
    table = io.BytesIO(data)
    table.name = "table"
    return client.post(PAGE, {"kind": kind, "table": table, "step": "try", **more})  # type: ignore[return-value]


def shown(response: Any) -> dict[str, Any]:
    """The hidden fields and columns of the page, as a browser sends them again."""
    tried = response.context["tried"]
    return {"tried": tried.token, "told": tried.told} | {
        f"column_{key}": str(place) for key, place in tried.mapping.items()
    }


def test_a_table_is_tried_and_then_kept(cast: Cast) -> None:
    client, data = browser_of(cast.investigator), xlsx_of(WITNESSES)
    tried = send(client, data)
    page = tried.content.decode()
    assert (tried.status_code, Witness.objects.count()) == (200, 0)
    assert "Not known. One of: relative" in page
    assert files.CANARY_NAME not in page
    kept = send(client, data, **shown(tried) | {"step": "keep"})
    assert (kept.status_code, kept["Location"]) == (302, "/cases/RWB-04/witnesses/")
    assert Witness.objects.count() == 2
    again = send(client, data, **shown(tried) | {"step": "keep"})
    assert (again.status_code, Witness.objects.count()) == (200, 2)


def test_another_file_or_other_columns_than_were_tried_are_not_kept(cast: Cast) -> None:
    client, data = browser_of(cast.lead), csv_of(VICTIMS)
    told = shown(send(client, data, "victim"))
    again = "look at the result again"
    other: tuple[tuple[dict[str, str], bytes, str], ...] = (
        ({"column_name_ar": "2", "column_name_latin": ""}, data, again),
        ({"column_notes": "2"}, data, "cannot hold two things"),
        ({"tried": ""}, data, again),
        ({}, csv_of(VICTIMS[:2]), again),
    )
    for changes, sent, words in other:
        answer = send(client, sent, "victim", **told | {"step": "keep"} | changes)
        assert answer.status_code == 422
        assert words in answer.content.decode()
    assert not Victim.objects.exists()


def test_columns_can_be_changed(cast: Cast) -> None:
    client, data = browser_of(cast.lead), csv_of((("one", "two"), ("x", "نور")))
    guessed = send(client, data, "victim")
    assert guessed.status_code == 422
    told = shown(guessed) | {"column_name_ar": "1"}
    tried = send(client, data, "victim", **told)
    assert tried.status_code == 200
    assert send(client, data, "victim", **shown(tried) | {"step": "keep"}).status_code == 302
    assert Victim.objects.get().name_ar == "نور"


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\xff\xfe\x00", b'"'])
def test_foreign_bytes_are_refused_in_words(cast: Cast, data: bytes) -> None:
    assert send(browser_of(cast.lead), data).status_code == 422


@pytest.mark.parametrize("who", ["lawyer", "auditor", "outsider", "administrator"])
def test_others_find_nothing(cast: Cast, who: str) -> None:
    account: Account = getattr(cast, who)
    client = browser_of(account)
    assert client.get(PAGE).status_code == 404
    assert send(client, csv_of(VICTIMS), "victim").status_code == 404


def test_a_closed_case_takes_no_table(cast: Cast) -> None:
    close(cast.case, cast.lead)
    client = browser_of(cast.lead)
    assert "while the case is closed" in client.get(PAGE).content.decode()
    assert send(client, csv_of(VICTIMS), "victim").status_code == 409
    assert not Victim.objects.exists()
