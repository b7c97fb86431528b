"""Two readers find the same damage at the same moment: both are on record, and one alarm stands."""

from __future__ import annotations

from pathlib import Path

from custody import ledger
from custody.actions import Action
from custody.actors import for_process
from custody.core.fixity import Condition
from evidence.fixity import alarms
from evidence.fixity.reading import ReadBack
from evidence.models import FixityAlarm
from tests.beside import begun_while_open
from tests.cast import make_cast
from tests.custody.test_fences import postgresql_only
from tests.exhibits import picture, receive


@postgresql_only
def test_neither_finding_is_lost(lasting_installation: Path) -> None:
    items = receive(make_cast().case, {"one.jpg": picture(7)})
    read = ReadBack(items[0].sha256, Condition.MISSING, items[0].received_at)

    def sound() -> None:
        alarms.sound_alone(read, items, for_process("worker"))

    assert begun_while_open(sound, sound) == []
    assert FixityAlarm.objects.count() == 1
    assert ledger.count(Action.FIXITY_FAILED) == 2
