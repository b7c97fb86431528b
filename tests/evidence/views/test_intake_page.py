"""Files through the browser: the same intake as any other, with the sender's own digest compared."""

from __future__ import annotations

import hashlib
import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from custody.models import Account
from custody.purposes import Purpose
from evidence.admissions import items_in
from evidence.models import Arrival, Batch, Collection, EvidenceItem
from tests.cast import Cast, browser_of, entries_since, ledger_size
from tests.exhibits import picture, receive

INTAKE = reverse("evidence:intake", args=["RWB-04"])


def _files(**contents: bytes) -> list[SimpleUploadedFile]:
    return [SimpleUploadedFile(name.replace("_", "."), content) for name, content in contents.items()]


def _send(client: Client, files: list[SimpleUploadedFile], **more: str) -> str:
    answer = client.post(INTAKE, {"upload": str(uuid.uuid4()), "originals": files} | more)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def test_several_files_without_javascript_end_in_a_result_for_each(cast: Cast) -> None:
    client = browser_of(cast.investigator, purpose=Purpose.CASE_PREPARATION, case=cast.case)
    address = _send(client, _files(one_jpg=picture(1), two_txt=b"words", empty_jpg=b""))
    batch = Batch.objects.get()
    assert (batch.seen, batch.stored, batch.channel, batch.actor) == (3, 3, "web", str(cast.investigator.pk))
    assert batch.signature is not None
    page = client.get(address).content.decode()
    assert [f"{name}" in page for name in ("one.jpg", "two.txt", "empty.jpg")] == [True] * 3
    assert page.count("AMN-RWB-04-0000-") == 6  # three numbers, each a link and its text


def test_the_stored_bytes_are_those_sent(cast: Cast) -> None:
    _send(browser_of(cast.lead), _files(one_jpg=picture(1)))
    item = items_in(cast.case).get()
    assert item.sha256 == hashlib.sha256(picture(1)).hexdigest()


def _told(*rows: tuple[str, str, bytes]) -> str:
    return json.dumps(
        [{"name": name, "path": path, "sha256": hashlib.sha256(content).hexdigest()} for name, path, content in rows]
    )


def test_the_browser_s_own_digest_stands_in_the_receipt(cast: Cast) -> None:
    told = _told(("صورة\u202e.jpg", "disk2/2013/صورة\u202e.jpg", picture(1)))
    _send(browser_of(cast.lead), _files(one_jpg=picture(1)), told=told)
    item = items_in(cast.case).get()
    received = json.loads(bytes(item.receipt.record))["received"]
    assert received["source_digest"] == f"sha256:{item.sha256}"
    assert received["match"] is True
    assert bytes(item.name.path) == "disk2/2013/صورة\u202e.jpg".encode()
    assert "\\u202e" in item.name.display


def test_a_file_that_arrives_otherwise_than_it_was_read_is_not_stored(cast: Cast) -> None:
    told = _told(("good.jpg", "good.jpg", picture(1)), ("bad.jpg", "bad.jpg", picture(2)))
    address = _send(browser_of(cast.lead), _files(good_jpg=picture(1), bad_jpg=picture(3)), told=told)
    assert [(row.status, row.reason) for row in Arrival.objects.order_by("position")] == [
        ("stored", ""),
        ("refused", "digest-differs"),
    ]
    assert items_in(cast.case).count() == 1
    client = browser_of(cast.lead, purpose=Purpose.CASE_PREPARATION, case=cast.case)
    assert "What arrived is not what the sender read" in client.get(address).content.decode()


def test_paths_are_shown_for_a_purpose_only_and_on_record(cast: Cast) -> None:
    address = _send(browser_of(cast.lead), _files(one_jpg=picture(1)))
    assert "one.jpg" not in browser_of(cast.lead).get(address).content.decode()
    client, before = browser_of(cast.lead, purpose=Purpose.CASE_PREPARATION, case=cast.case), ledger_size()
    assert "one.jpg" in client.get(address).content.decode()
    rows = entries_since(before)
    assert [row.action for row in rows] == ["case.viewed"]
    assert b'"page":"intake-result"' in bytes(rows[0].body)


def test_trying_results_of_other_cases_leaves_a_refusal(cast: Cast) -> None:
    before = ledger_size()
    address = reverse("evidence:batch", args=["RWB-04", uuid.uuid4()])
    assert browser_of(cast.lead).get(address).status_code == 404
    assert [(row.outcome, row.actor) for row in entries_since(before)] == [("denied", str(cast.lead.pk))]


@pytest.mark.parametrize(
    "told", ["", "no json", "[]", '[{"name": 1}]', '[{"name":"a","path":"a","sha256":"xyz"}]', "[" * 9000]
)
def test_what_the_browser_tells_is_dropped_whole_when_it_does_not_fit(cast: Cast, told: str) -> None:
    _send(browser_of(cast.lead), _files(one_jpg=picture(1)), told=told)
    assert items_in(cast.case).get().name.display == "one.jpg"


def test_the_same_upload_again_stores_nothing_twice(cast: Cast) -> None:
    client, upload = browser_of(cast.lead), str(uuid.uuid4())
    for _ in range(2):
        client.post(INTAKE, {"upload": upload, "originals": _files(one_jpg=picture(1))})
    assert EvidenceItem.objects.count() == 1


def test_a_new_source_is_always_new_and_never_another_case_s_collection(cast: Cast) -> None:
    theirs = receive(cast.other_case, {"theirs.jpg": picture(9)}, source="Disk 3")[0]
    _send(browser_of(cast.lead), _files(one_jpg=picture(1)), new_source="Disk 3")
    assert theirs not in items_in(cast.case)
    assert Collection.objects.filter(title="Disk 3").count() == 2
    assert [item.ern for item in items_in(cast.case)] == ["AMN-DISK-3-2-0000-0001"]


def test_a_source_of_another_case_cannot_be_chosen(cast: Cast) -> None:
    theirs = receive(cast.other_case, {"theirs.jpg": picture(9)}, source="Disk 3")[0]
    values = {"upload": str(uuid.uuid4()), "originals": _files(one_jpg=picture(1)), "source": str(theirs.collection_id)}
    assert browser_of(cast.lead).post(INTAKE, values).status_code == 422
    assert not items_in(cast.case).exists()


def test_no_file_is_a_fault_beside_the_field_and_for_scripts_in_json(cast: Cast) -> None:
    values = {"upload": str(uuid.uuid4())}
    assert "aria-invalid" in browser_of(cast.lead).post(INTAKE, values).content.decode()
    answer = browser_of(cast.lead).post(INTAKE, values, headers={"accept": "application/json"})
    assert (answer.status_code, list(answer.json())) == (422, ["fault"])


def test_scripts_are_told_where_the_result_stands(cast: Cast) -> None:
    values = {"upload": str(uuid.uuid4()), "originals": _files(one_jpg=picture(1))}
    answer = browser_of(cast.lead).post(INTAKE, values, headers={"accept": "application/json"})
    assert answer.json() == {"location": reverse("evidence:batch", args=["RWB-04", Batch.objects.get().pk])}


def test_an_auditor_brings_nothing_in(cast: Cast) -> None:
    _refused(cast.auditor)
    _refused(cast.outsider)
    _refused(cast.administrator)


def _refused(account: Account) -> None:
    values = {"upload": str(uuid.uuid4()), "originals": _files(one_jpg=picture(1))}
    assert browser_of(account).post(INTAKE, values).status_code == 404
    assert not EvidenceItem.objects.exists()


def test_a_result_of_another_case_is_not_there(cast: Cast) -> None:
    receive(cast.other_case, {"theirs.jpg": picture(9)})
    address = reverse("evidence:batch", args=["RWB-04", Batch.objects.get().pk])
    assert browser_of(cast.lead).get(address).status_code == 404


def test_nothing_of_an_upload_stays_in_the_work_folder(cast: Cast, installation: object) -> None:
    from custody import data

    _send(browser_of(cast.lead), _files(one_jpg=picture(1)))
    assert not [path for path in data.work().iterdir() if path.suffix == ".upload" or "upload" in path.name]
    assert ledger_size()
