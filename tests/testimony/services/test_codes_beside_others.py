"""Two people note somebody down in one case at the same moment: each gets a code, and neither an error."""

from __future__ import annotations

from pathlib import Path

from testimony.models import Victim
from testimony.victims import create_victim
from tests.beside import begun_while_open
from tests.cast import make_cast
from tests.custody.test_fences import postgresql_only
from tests.testimony.files import ACTOR


@postgresql_only
def test_each_gets_a_code(lasting_installation: Path) -> None:
    case = make_cast().case

    def create() -> Victim:
        return create_victim(case=case, actor=ACTOR)

    assert begun_while_open(create, create) == []
    assert sorted(victim.code for victim in Victim.objects.all()) == ["VF-0001", "VF-0002"]
