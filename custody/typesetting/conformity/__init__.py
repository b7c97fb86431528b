"""Our own check of a finished PDF against ISO 19005-3, level U (PDF/A-3u), and ISO 32000/14289-1 (PDF/UA-1)."""

from custody.typesetting.conformity.checking import check
from custody.typesetting.conformity.findings import Conformity, Finding

__all__ = ["Conformity", "Finding", "check"]
