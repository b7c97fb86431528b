"""A consent is taken back, or a family objects, in the moment between the last look and the entry of a release."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from custody import cases, ledger
from custody.actions import Action
from custody.actors import for_command
from custody.purposes import Purpose
from evidence.access import asker_for_command, exporting
from evidence.bundles import Order, entering, hand_out
from testimony import consents
from testimony.models import Consent, PicturesWish, Victim
from testimony.victims import create_victim, link_pictures, set_wish
from tests.beside import until_it_waits
from tests.custody.test_fences import postgresql_only
from tests.testimony.files import File, court, file_of

pytestmark = postgresql_only


def _withdraw(_file: File) -> None:
    consent = Consent.objects.get()
    consents.withdraw(consent=consent, on=consent.given_on, actor=for_command())


def _object(file: File) -> None:
    set_wish(victim=file.victim, wish=PicturesWish.OBJECTS, actor=for_command())


def _link(file: File) -> None:
    objecting = Victim.objects.get(pictures_wish=PicturesWish.OBJECTS)
    link_pictures(victim=objecting, items=file.items, actor=for_command())


@pytest.mark.parametrize(
    ("step", "verb"),
    [
        (_withdraw, Action.CONSENT_WITHDRAWN),
        (_object, Action.VICTIM_CHANGED),
        (_link, Action.VICTIM_CHANGED),
    ],
)
def test_it_is_entered_after_the_release_that_did_not_see_it(
    lasting_installation: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    step: Callable[[File], None],
    verb: Action,
) -> None:
    case = cases.create_case(code="RWB-04", title="Northern Hospital", actor=for_command())
    file = file_of(case, tmp_path)
    other = create_victim(case=case, actor=for_command())
    set_wish(victim=other, wish=PicturesWish.OBJECTS, actor=for_command())
    really = exporting.still_granted

    def beside() -> None:
        step(file)
        connections.close_all()

    thread = threading.Thread(target=beside)

    def look(*given: Any, **more: Any) -> bool:
        found = really(*given, **more)
        thread.start()
        until_it_waits(thread)
        return found

    monkeypatch.setattr(entering, "still_granted", look)
    order = Order(asker=asker_for_command(case=case, purpose=Purpose.DISCLOSURE), party=court(case))
    hand_out(order, to=tmp_path / "b", progress=lambda _done, _total: None)
    thread.join(10)
    (created,) = ledger.entries_with(Action.EXPORT_CREATED)
    assert max(stored.seq for stored in ledger.entries_with(verb)) > created.seq
