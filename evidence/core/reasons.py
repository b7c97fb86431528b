"""Why a file was not stored, or was stored as a duplicate: codes for the record, plain words for people."""

from enum import StrEnum


class Reason(StrEnum):
    """Codes stand in rows and ledger entries for good: never change the value of one."""

    CHANGED_WHILE_READ = "changed-while-read"
    DAMAGED_IN_VAULT = "damaged-in-vault"
    DEVICE = "device"
    DIGEST_DIFFERS = "digest-differs"
    FIFO = "fifo"
    FOLDER_UNREADABLE = "folder-unreadable"
    OWN_DATA = "own-data"
    PERMISSION = "permission"
    READ_ERROR = "read-error"
    SAME_BYTES = "same-bytes"
    SAME_FILE = "same-file"
    SOCKET = "socket"
    SYMBOLIC_LINK = "symbolic-link"
    VANISHED = "vanished"

    @property
    def words(self) -> str:
        """One plain English sentence; pages translate it by its code."""
        return _WORDS[self]


_WORDS = {
    Reason.CHANGED_WHILE_READ: "The file changed while it was being read. Ingest it again when nothing writes to it.",
    Reason.DAMAGED_IN_VAULT: (
        "The vault already holds these bytes but its copy is damaged. The good bytes were put into quarantine."
    ),
    Reason.DEVICE: "A device, not a file: it was not opened.",
    Reason.DIGEST_DIFFERS: "What arrived is not what the sender read. Nothing was kept of it: send the file again.",
    Reason.FIFO: "A pipe, not a file: it was not opened.",
    Reason.FOLDER_UNREADABLE: "The folder could not be opened, so what it holds was not seen.",
    Reason.OWN_DATA: "Amana's own data folder: it was not entered.",
    Reason.PERMISSION: "This account may not read the file.",
    Reason.READ_ERROR: "The medium reported an error while the file was being read.",
    Reason.SAME_BYTES: "The same bytes were received before under another name or from another source.",
    Reason.SAME_FILE: "This very file was received before: nothing new was stored.",
    Reason.SOCKET: "A socket, not a file: it was not opened.",
    Reason.SYMBOLIC_LINK: "A symbolic link: it was not followed. Name the place it points to if that is meant.",
    Reason.VANISHED: "The file was there when counted and gone when it was to be read.",
}
