"""The records of these tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from testimony import bodies
from testimony.models import BodySet
from tests.cast import Cast
from tests.testimony import files
from tests.testimony.bodies.test_bodies import sort


@pytest.fixture
def file(cast: Cast, tmp_path: Path) -> files.File:
    """A victim with two pictures, and one witness who agreed."""
    made = files.file_of(cast.case, tmp_path / "in")
    sort(cast, made.items)
    return made


@pytest.fixture
def body(cast: Cast, file: files.File) -> BodySet:
    """A body that the first picture shows."""
    return bodies.create_body(case=cast.case, items=file.items[:1], actor=files.ACTOR)
