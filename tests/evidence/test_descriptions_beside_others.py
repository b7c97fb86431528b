"""Two people describe the same item at the same moment: what either said stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from custody.actors import for_command
from evidence.descriptions import describe_item
from evidence.models import Category, ItemDescription
from tests.beside import begun_while_open
from tests.cast import make_cast
from tests.custody.test_fences import postgresql_only
from tests.exhibits import picture, receive


@postgresql_only
@pytest.mark.parametrize("described", [True, False])
def test_a_mark_of_privilege_is_not_lost(lasting_installation: Path, described: bool) -> None:
    case = make_cast().case
    (item,) = receive(case, {"one.jpg": picture(7)})

    def say(**words: str | bool) -> None:
        describe_item(item=item, case=case, actor=for_command(), words=words)

    if described:
        say(title_en="A coat")
    assert begun_while_open(lambda: say(privileged=True), lambda: say(category=Category.INCIDENT)) == []
    found = ItemDescription.objects.get()
    assert (found.privileged, found.category) == (True, Category.INCIDENT)
