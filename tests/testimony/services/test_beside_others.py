"""Two people at the same thing at once: whoever comes second is refused, and nothing contradicts itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections, transaction

from custody import acts
from custody.models import Account
from evidence.models import EvidenceItem
from testimony import bodies, consents, identifying
from testimony.bodies import readings
from testimony.core.consent import State
from testimony.core.errors import BodyError, IdentificationError
from testimony.core.identifying import Bearing, Method, Ruling
from testimony.core.numbers import NumberKind
from testimony.identifying import Basis
from testimony.models import BodyIdentification, BodyImage, BodySet, Consent, Legibility
from testimony.turns import take_turn
from tests.cast import Cast, make_cast
from tests.custody.approvals.releases import actor_of
from tests.custody.test_fences import postgresql_only
from tests.testimony import files
from tests.testimony.bodies.test_bodies import sort

Deed = Callable[[], object]
_PATIENCE = 10


class Scene:
    """Two sets, a tie of the first, a report, and what people do with them."""

    def __init__(self, cast: Cast, folder: Path) -> None:
        self.cast = cast
        self.file = files.file_of(cast.case, folder / "in")
        self.items = sort(cast, files.take_in(cast.case, folder / "more", count=6))[-4:]
        self.first, self.second = (
            bodies.create_body(case=cast.case, items=part, actor=files.ACTOR)
            for part in (self.items[:2], self.items[2:3])
        )
        self.tie = identifying.identify(
            body=self.first,
            victim=self.file.victim,
            basis=Basis(method=Method.DNA, item=self.file.items[0]),
            account=cast.investigator,
            actor=files.ACTOR,
        )

    def body(self, which: BodySet) -> BodySet:
        """As somebody else's page has fetched it."""
        return BodySet.objects.select_related("case").get(pk=which.pk)

    def set_of(self, item: EvidenceItem) -> Deed:
        return lambda: bodies.create_body(case=self.cast.case, items=[item], actor=files.ACTOR)

    def merge(self, source: BodySet, target: BodySet) -> Deed:
        one, other = self.body(source), self.body(target)
        return lambda: bodies.merge(source=one, target=other, actor=files.ACTOR)

    def move(self, source: BodySet, target: BodySet | None) -> Deed:
        body = self.body(source)
        images = list(bodies.images_of(body)[:1])
        return lambda: bodies.move_images(source=body, images=images, target=target, actor=files.ACTOR)

    def undo(self, which: BodySet) -> Deed:
        body = self.body(which)
        return lambda: bodies.undo(body=body, actor=files.ACTOR)

    def read(self, who: str, raw: str = "481") -> Deed:
        account: Account = getattr(self.cast, who)
        body = self.body(self.first)
        return lambda: readings.read_number(
            body=body,
            kind=NumberKind.DETAINEE,
            raw=raw,
            legibility=Legibility.CLEAR,
            account=account,
            actor=actor_of(account),
        )

    def rule(self, ruling: Ruling) -> Deed:
        tie = identifying.ties_in(self.cast.case).get(pk=self.tie.pk)
        lead = self.cast.lead
        return lambda: identifying.rule(tie=tie, ruling=ruling, reason="seen", account=lead, actor=actor_of(lead))

    def ground(self, account: Account) -> Deed:
        tie = identifying.ties_in(self.cast.case).get(pk=self.tie.pk)
        basis = Basis(method=Method.MARKS, bearing=Bearing.AGAINST, item=self.file.items[0])
        return lambda: identifying.add_ground(tie=tie, basis=basis, account=account, actor=files.ACTOR)


def _same_image(scene: Scene) -> tuple[Deed, Deed]:
    return scene.set_of(scene.items[3]), scene.set_of(scene.items[3])


def _each_into_the_other(scene: Scene) -> tuple[Deed, Deed]:
    return scene.merge(scene.first, scene.second), scene.merge(scene.second, scene.first)


def _moved_twice(scene: Scene) -> tuple[Deed, Deed]:
    return scene.move(scene.first, None), scene.move(scene.first, scene.body(scene.second))


def _undone_twice(scene: Scene) -> tuple[Deed, Deed]:
    scene.move(scene.first, None)()
    return scene.undo(scene.first), scene.undo(scene.first)


def _three_readers(scene: Scene) -> tuple[Deed, Deed]:
    scene.read("investigator")()
    return scene.read("lawyer"), scene.read("lead")


def _read_in_a_merged_set(scene: Scene) -> tuple[Deed, Deed]:
    return scene.merge(scene.first, scene.second), scene.read("lead")


def _confirmed_while_something_speaks_against_it(scene: Scene) -> tuple[Deed, Deed]:
    return scene.ground(scene.cast.investigator), scene.rule(Ruling.CONFIRMED)


def _confirmed_by_who_gives_a_ground(scene: Scene) -> tuple[Deed, Deed]:
    return scene.ground(scene.cast.lead), scene.rule(Ruling.EXCLUDED)


def _confirmed_while_excluded(scene: Scene) -> tuple[Deed, Deed]:
    return scene.rule(Ruling.EXCLUDED), scene.rule(Ruling.CONFIRMED)


RACES = (
    _same_image,
    _each_into_the_other,
    _moved_twice,
    _undone_twice,
    _three_readers,
    _read_in_a_merged_set,
    _confirmed_while_something_speaks_against_it,
    _confirmed_by_who_gives_a_ground,
    _confirmed_while_excluded,
)
Race = Callable[[Scene], tuple[Deed, Deed]]


def _check(scene: Scene) -> None:
    """Nothing contradicts itself, whoever came first."""
    images = BodyImage.objects.filter(ended=None, body__case=scene.cast.case)
    assert images.count() == images.values("item").distinct().count()
    merged = BodySet.objects.filter(case=scene.cast.case).exclude(merged_into=None)
    assert all(body.merged_into and body.merged_into.merged_into is None for body in merged)
    assert all(body.readings.filter(ended=None).count() <= 2 for body in BodySet.objects.all())
    assert BodyIdentification.objects.get().rulings.count() <= 1


@pytest.mark.parametrize("race", RACES)
def test_what_changed_between_the_look_and_the_act_refuses_it(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, race: Race
) -> None:
    scene = Scene(cast, tmp_path)
    first, second = race(scene)
    real = acts.act

    def late(**told: Any) -> Any:
        monkeypatch.setattr(acts, "act", real)
        first()
        return real(**told)

    monkeypatch.setattr(acts, "act", late)
    with pytest.raises((BodyError, IdentificationError)):
        second()
    _check(scene)


def test_a_withdrawal_does_not_bring_back_what_was_answered_before_it(cast: Cast, tmp_path: Path) -> None:
    file = files.file_of(cast.case, tmp_path / "in")
    stale = Consent.objects.get(witness=file.witness)
    newer = files.agree(file.witness, State.ASK_FIRST).conversation
    assert newer != stale.conversation
    consents.withdraw(consent=stale, on=files.DAY, actor=files.ACTOR)
    now = Consent.objects.get(witness=file.witness)
    assert (now.state, now.version, now.conversation) == (
        "withdrawn",
        3,
        newer,
    )


def _until_somebody_waits() -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype IN ('tuple', 'transactionid')")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    pytest.fail("nobody came to wait for a turn")


@pytest.fixture
def lasting(lasting_installation: Path, tmp_path: Path) -> Scene:
    """Rows that another connection sees."""
    return Scene(make_cast(), tmp_path)


@postgresql_only
@pytest.mark.parametrize("race", RACES)
def test_whoever_comes_second_waits_and_is_refused(lasting: Scene, race: Race) -> None:
    first, second = race(lasting)
    faults: list[BaseException] = []

    def beside() -> None:
        try:
            second()
        except BaseException as fault:  # noqa: BLE001  it is looked at below
            faults.append(fault)
        finally:
            connections.close_all()

    other = threading.Thread(target=beside)
    with transaction.atomic():
        take_turn(lasting.cast.case)
        other.start()
        _until_somebody_waits()
        first()
    other.join(_PATIENCE)
    assert (len(faults), other.is_alive()) == (1, False)
    assert isinstance(faults[0], BodyError | IdentificationError)
    _check(lasting)
