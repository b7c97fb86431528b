"""Records that may be edited: what other rooms derive their recorded models from."""

from custody.models.history import Recorded, UnrecordedChange, columns, recorded_history

__all__ = ["Recorded", "UnrecordedChange", "columns", "recorded_history"]
