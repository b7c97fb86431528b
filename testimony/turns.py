"""One after the other: what is checked and then changed in the people's part of a case is not changed in between."""

from __future__ import annotations

from custody.models import Case


def take_turn(case: Case) -> None:
    """Wait for everybody else's act in the people's part of this case; the first statement of an act that checks.

    What is read after it stays as it is until the act ends. SQLite lets one transaction write at a time as it is. The
    row is locked without its key, as for closing: whoever enters something that points at the case asks for its key.
    """
    Case.objects.select_for_update(no_key=True).get(pk=case.pk)
