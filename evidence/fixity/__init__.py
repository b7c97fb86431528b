"""Fixity: stored originals read back on a budget, oldest first, with a signed report and an alarm that stays.

What other parts ask: `last_checked(item)`, `coverage()`, `alarms_of(item)`; what they do: `take_turn`, `sweep_now`,
`acknowledge`, `rehash`.
"""

from evidence.fixity.alarms import acknowledge, alarms_of, for_pages, sound_alone, standing
from evidence.fixity.coverage import Bucket, Coverage, coverage, last_checked
from evidence.fixity.rehashing import rehash
from evidence.fixity.reports import find_sweep, newest_sweeps, report_of
from evidence.fixity.sweeping import MOST_ALARMS, Turn, sweep_now, take_turn

__all__ = [
    "MOST_ALARMS",
    "Bucket",
    "Coverage",
    "Turn",
    "acknowledge",
    "alarms_of",
    "coverage",
    "find_sweep",
    "for_pages",
    "last_checked",
    "newest_sweeps",
    "rehash",
    "report_of",
    "sound_alone",
    "standing",
    "sweep_now",
    "take_turn",
]
