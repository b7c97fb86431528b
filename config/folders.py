"""The one folder that holds all state, made for its owner alone when it is missing."""

from __future__ import annotations

from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

OWNER_ONLY = 0o700
# Stands in a data folder that `demo` filled, so that its invented people are stamped whoever opens it.
DEMONSTRATION_MARK = "demonstration.json"
PARTS = ("work", "work/broker", "work/broker/messages", "work/broker/control", "work/broker/processed")


def prepare(root: Path) -> Path:
    """Make sure that `root`, its `work/` and the folders of the broker without a server exist, and return `root`.

    `work/` is where uploads wait before they are evidence: inside the data folder, so that no copy is left in the
    system's `/tmp`. An existing folder keeps its permissions; the system check `config.E003` speaks up about loose
    ones.
    """
    try:
        root.mkdir(mode=OWNER_ONLY, parents=True, exist_ok=True)
        for part in PARTS:
            (root / part).mkdir(mode=OWNER_ONLY, exist_ok=True)
    except OSError as error:
        message = f"The data folder cannot be made; set AMANA_DATA_DIR to a folder that can be written: {error}"
        raise ImproperlyConfigured(message) from error
    return root


def is_demonstration(root: Path) -> bool:
    """Whether `demo` filled this folder."""
    return (root / DEMONSTRATION_MARK).exists()
