"""What tests of releases share: two people are needed, and there is something to hand out."""

from __future__ import annotations

import pytest
from pytest_django import Settings

from tests.cast import Cast, make_cast
from tests.evidence.releases.agreed import fill
from tests.prepared import prepared


@pytest.fixture(autouse=True)
def by_two(settings: Settings) -> None:
    settings.AMANA_RELEASE_BY_TWO = True


@pytest.fixture
def cast(installation: object) -> Cast:
    def make() -> Cast:
        made = make_cast()
        fill(made.case)
        return made

    made: Cast = prepared(f"{__name__}:cast", make)
    return made
