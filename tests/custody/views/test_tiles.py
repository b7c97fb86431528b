"""The ledger over HTTP as c2sp.org/tlog-tiles wants it: hashes for anybody, entries for few and on record."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from custody import clock, installation, ledger, notary
from custody.actions import Action
from custody.core import checkpoints, merkle, tiles
from custody.models import Account, Entry
from custody.notary import Mirror
from tests.cast import Cast, browser_of
from tests.custody.notary.ledgers import grow_to
from tests.prepared import prepared

pytestmark = pytest.mark.django_db


@pytest.fixture
def grown(cast: Cast) -> Cast:
    """600 entries under a checkpoint."""

    def make() -> Cast:
        grow_to(600)
        notary.ensure_checkpoint()
        return cast

    made: Cast = prepared(f"{__name__}:grown", make)
    return made


def ask(path: str, account: Account | None = None) -> tuple[int, bytes]:
    answer = browser_of(account).get(f"/ledger/{path}")
    return answer.status_code, answer.content


def read_over_http(level: int, index: int, width: int) -> bytes:
    status, content = ask(tiles.hash_tile_path(level, index, width))
    assert status == 200
    return content


def test_a_stranger_proves_inclusion_and_growth_from_what_is_served(grown: Cast) -> None:
    def seen() -> checkpoints.Checkpoint:
        return checkpoints.open_checkpoint(
            ask("checkpoint")[1], origin=ledger.origin(), keys=[installation.verifier_key()]
        )

    old = seen()
    assert old.size == 600
    for index in (0, 255, 256, 599):
        proof = tiles.inclusion_proof_from_tiles(index, 600, read_over_http)
        leaf = merkle.leaf_hash(ledger.body_of(index) or b"")
        merkle.verify_inclusion(leaf=leaf, index=index, size=600, proof=proof, root=old.root)
    grow_to(900)
    notary.ensure_checkpoint()
    new = seen()
    growth = tiles.consistency_proof_from_tiles(600, new.size, read_over_http)
    merkle.verify_consistency(old_size=600, old_root=old.root, size=new.size, root=new.root, proof=growth)


@pytest.mark.parametrize(
    ("path", "kind", "caching"),
    [
        ("checkpoint", "text/plain; charset=utf-8", "public, max-age=5"),
        ("tile/0/000", "application/octet-stream", "public, max-age=31536000, immutable"),
        ("tile/0/002.p/88", "application/octet-stream", "public, max-age=3600"),
        ("tile/1/000.p/2", "application/octet-stream", "public, max-age=3600"),
    ],
)
def test_what_it_is_and_how_long_it_may_be_kept(grown: Cast, path: str, kind: str, caching: str) -> None:
    answer = Client().get(f"/ledger/{path}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == kind
    assert answer["Cache-Control"] == caching
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "Cookie" not in answer.get("Vary", "")
    assert not answer.cookies
    assert Client().head(f"/ledger/{path}").status_code == 200
    for method in ("post", "put", "delete", "patch"):
        assert getattr(Client(), method)(f"/ledger/{path}").status_code == 405


def test_reading_hashes_leaves_no_entry(grown: Cast) -> None:
    before = ledger.size()
    for path in ("checkpoint", "tile/0/000"):
        assert ask(path)[0] == 200
    assert ledger.size() == before


def test_a_partial_tile_that_was_replaced_is_cut_from_the_full_one(grown: Cast) -> None:
    before = ask("tile/0/002.p/88")[1]
    grow_to(800)
    notary.ensure_checkpoint()
    assert not Mirror().path("tile/0/002.p/88").exists()
    assert ask("tile/0/002.p/88") == (200, before)


WRONG = [
    "checkpoint/",
    "tile/0/003",
    "tile/0/002",
    "tile/0/002.p/0",
    "tile/0/002.p/00",
    "tile/0/002.p/088",
    "tile/0/002.p/89",
    "tile/0/000.p/256",
    "tile/0/000.p/300",
    "tile/00/000",
    "tile/64/000",
    "tile/-1/000",
    "tile/0/0",
    "tile/0/0000",
    "tile/0/x000/000",
    "tile/0/x001/000",
    "tile/0/x000000",
    "tile/0/000.p/",
    "tile/0/000/",
    "tile/0/../0/000",
    "tile/0/..%2f0/000",
    "tile/0/%2e%2e/%2e%2e/keys/passphrase",
    "tile/../../keys/ledger.p12",
    "tile/0/../../../keys/passphrase",
    "tile/0/٠٠٠",
    "tile/0/000%00",
    "tile/0/000%0a",
    "tile/0/.000.abcd",
    "tile//etc/passwd",
    "tile/entries/../0/000",
    "tile/0/" + "x999/" * 5 + "999",
    "tile/0/" + "x999/" * 40 + "999",
]


@pytest.mark.parametrize("path", WRONG)
def test_no_other_spelling_and_no_other_file_is_an_address(grown: Cast, path: str) -> None:
    (Mirror().path(".") / "tile" / "0" / ".000.abcd").write_bytes(b"half written")
    for account in (None, grown.administrator):
        assert ask(path, account)[0] == 404, path


ENTRIES = "tile/entries/000"


def records(outcome: str) -> int:
    return Entry.objects.filter(action=Action.LEDGER_ENTRIES_READ, outcome=outcome).count()


def test_entries_are_the_exact_bundles_and_on_record_before_they_leave(grown: Cast) -> None:
    browser = browser_of(grown.administrator)
    answer = browser.get(f"/ledger/{ENTRIES}")
    assert answer.content == Mirror().read("tile/entries/000")
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("application/octet-stream", "no-store")
    row = Entry.objects.get(action=Action.LEDGER_ENTRIES_READ)
    assert (row.outcome, row.actor) == ("granted", str(grown.administrator.pk))
    assert tiles.decode_entries(browser.get("/ledger/tile/entries/002.p/88").content)[-1] == ledger.body_of(599)


def test_one_entry_is_left_for_a_session_and_a_quarter_of_an_hour(grown: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = browser_of(grown.administrator)
    for _ in range(3):
        assert browser.get(f"/ledger/{ENTRIES}").status_code == 200
    assert records("granted") == 1
    assert browser_of(grown.administrator).get(f"/ledger/{ENTRIES}").status_code == 200
    assert records("granted") == 2
    now = clock.now()
    for minutes, count in ((14, 2), (16, 3), (-30, 4)):
        moment = now + datetime.timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda moment=moment: moment)
        browser.get(f"/ledger/{ENTRIES}")
        assert records("granted") == count, minutes


def test_entries_are_for_whoever_sees_the_whole_ledger(grown: Cast) -> None:
    for account in (*grown.members, grown.outsider):
        before = records("denied")
        assert ask(ENTRIES, account)[0] == 404
        assert records("denied") == before + 1
    before = ledger.size()
    answer = Client().get(f"/ledger/{ENTRIES}")
    assert answer["Location"].startswith(reverse("custody:sign-in"))
    assert ledger.size() == before
    assert records("granted") == 0


def test_without_a_mirror_there_is_nothing_to_serve(installation: Path) -> None:
    Mirror().path("checkpoint").unlink()
    assert ask("checkpoint")[0] == 404
