"""A valid bundle, and the ledger it came from as it was before the seal; made once, copied for each test."""

import copy
import shutil
from pathlib import Path

import pytest

from tests.custody.core.bundles import samples
from tests.custody.core.bundles.samples import Ledger


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ledger]:
    """The bundle's folder, never changed, and its ledger."""
    folder = tmp_path_factory.mktemp("sample") / "bundle"
    return folder, samples.write(folder)


@pytest.fixture
def root(sample: tuple[Path, Ledger], tmp_path: Path) -> Path:
    """A bundle to be changed."""
    return Path(shutil.copytree(sample[0], tmp_path / "bundle"))


@pytest.fixture
def ledger(sample: tuple[Path, Ledger]) -> Ledger:
    """The ledger up to the bundle's checkpoint."""
    return copy.deepcopy(sample[1])
