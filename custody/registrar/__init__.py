"""The registrar: the one process that holds the signing key and the master key.

Everybody else asks it, naming the committed ledger entry that allows the use.
"""

from custody.registrar.client import connect, prepare
from custody.registrar.desk import PersonKey, Registrar, RegistrarRefused

__all__ = ["PersonKey", "Registrar", "RegistrarRefused", "connect", "prepare"]
