"""Putting the content of a dossier together from the records, frozen as of one moment, the same for every reader.

The gate has decided before (`testimony.dossiers.readiness`); what stands on the sheets of persons besides statements
is decided here, piece by piece, by the same gate.
"""

from testimony.assembly.chosen import Chosen
from testimony.assembly.whole import assemble

__all__ = ["Chosen", "assemble"]
