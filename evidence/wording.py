"""Codes of evidence in the reader's language: why a file was refused, what a file claims, how an examination went."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from custody.core.fixity import Condition
from evidence.core.reasons import Reason
from evidence.examination.findings import Note, State
from evidence.models import ArrivalStatus, HandoverState

ARRIVAL_STATES: Final[dict[str, str]] = {
    ArrivalStatus.STORED: "sound",
    ArrivalStatus.DUPLICATE: "unknown",
    ArrivalStatus.REFUSED: "late",
}

HANDOVER_STATES: Final[dict[str, str]] = {
    HandoverState.PROPOSED: "active",
    HandoverState.ACCEPTED: "sound",
    HandoverState.RETURNED: "sound",
    HandoverState.DECLINED: "late",
    HandoverState.WITHDRAWN: "unknown",
}

ARRIVALS: Final[dict[str, Promise]] = {
    ArrivalStatus.STORED: pgettext_lazy("arrival", "stored"),
    ArrivalStatus.DUPLICATE: pgettext_lazy("arrival", "already held"),
    ArrivalStatus.REFUSED: pgettext_lazy("arrival", "refused"),
}

REASONS: Final[dict[Reason, Promise]] = {
    Reason.CHANGED_WHILE_READ: _(
        "The file changed while it was being read. Bring it in again when nothing writes to it."
    ),
    Reason.DAMAGED_IN_VAULT: _(
        "The vault already holds these bytes but its copy is damaged. The good bytes were put into quarantine."
    ),
    Reason.DEVICE: _("A device, not a file: it was not opened."),
    Reason.DIGEST_DIFFERS: _("What arrived is not what the sender read. Nothing was kept of it: send the file again."),
    Reason.FIFO: _("A pipe, not a file: it was not opened."),
    Reason.FOLDER_UNREADABLE: _("The folder could not be opened, so what it holds was not seen."),
    Reason.OWN_DATA: _("Amana's own data folder: it was not entered."),
    Reason.PERMISSION: _("This account may not read the file."),
    Reason.READ_ERROR: _("The medium reported an error while the file was being read."),
    Reason.SAME_BYTES: _("The same bytes were received before under another name or from another source."),
    Reason.SAME_FILE: _("This very file was received before: nothing new was stored."),
    Reason.SOCKET: _("A socket, not a file: it was not opened."),
    Reason.SYMBOLIC_LINK: _("A symbolic link: it was not followed. Name the place it points to if that is meant."),
    Reason.VANISHED: _("The file was there when counted and gone when it was to be read."),
}

EXAMINATIONS: Final[dict[State, Promise]] = {
    State.READ: _("read in full"),
    State.PARTIAL: _("read in part"),
    State.UNREADABLE: _("cannot be decoded; kept as it is"),
    State.REFUSED: _("too large to be decoded safely; kept as it is"),
    State.EMPTY: _("an empty file; kept as it is"),
}

NOTES: Final[dict[Note, Promise]] = {
    Note.ANIMATED: _("animated: the first picture is shown"),
    Note.CHILD_DIED: _("the reader stopped on this file"),
    Note.EMBEDDED_PREVIEW: _("shown is the preview that the camera put in"),
    Note.EXIF_DAMAGED: _("the embedded data are damaged"),
    Note.GPS_INVALID: _("the position is malformed"),
    Note.GPS_ZERO: _("the position is zero, as devices write it without a fix"),
    Note.GREYS_STRETCHED: _("greys are stretched for display"),
    Note.METADATA_CUT: _("long embedded texts are cut"),
    Note.METADATA_TOO_LARGE: _("the embedded data are too large and were not read"),
    Note.NO_PICTURE: _("holds no picture"),
    Note.PIXELS_MISSING: _("part of the picture is missing"),
    Note.SEVERAL_PAGES: _("several pages: the first is shown"),
    Note.TIME_LIMIT: _("reading took too long and was stopped"),
    Note.TOO_LARGE: _("the picture is too large to be decoded safely"),
    Note.TRAILING_DATA: _("further bytes follow after the end of the picture"),
    Note.TRUNCATED: _("the file ends too early"),
    Note.UNDECODABLE: _("the content cannot be decoded"),
    Note.UNKNOWN_TYPE: _("the kind of file is not known"),
}

CONDITIONS: Final[dict[Condition, Promise]] = {
    Condition.SOUND: _("Read back in full: the same bytes as received."),
    Condition.DAMAGED: _("The stored bytes are not the ones that were received."),
    Condition.MISSING: _("The stored bytes are gone."),
    Condition.UNREADABLE: _("The stored bytes cannot be read."),
    Condition.RECORD: _("The bytes are there, but what is recorded about them does not hold."),
}

FORMS: Final[dict[str, Promise]] = {
    "original": pgettext_lazy("form of an item", "original"),
    "preview": pgettext_lazy("form of an item", "preview"),
    "thumbnail": pgettext_lazy("form of an item", "small picture"),
    "redacted": pgettext_lazy("form of an item", "redacted picture"),
    "veiled": pgettext_lazy("form of an item", "veiled"),
    "receipt": pgettext_lazy("form of an item", "receipt"),
    "words": pgettext_lazy("form of an item", "words only"),
}

CLAIMS: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("taken", ("capture.time", "exif.DateTimeOriginal", "exif.DateTime")),
    ("camera", ("exif.Make", "exif.Model")),
    ("serial", ("exif.BodySerialNumber", "exif.CameraSerialNumber")),
    ("software", ("exif.Software", "xmp.CreatorTool")),
    ("place", ("gps.latitude", "gps.longitude")),
    ("pixels", ("image.width", "image.height")),
    ("words", ("exif.ImageDescription", "exif.UserComment", "xmp.description")),
)

CLAIM_WORDS: Final[dict[str, Promise]] = {
    "taken": _("Picture taken"),
    "camera": _("Camera"),
    "serial": _("Serial number"),
    "software": _("Software"),
    "place": _("Place"),
    "pixels": _("Pixels"),
    "words": _("Words in the file"),
}

# Keys whose values belong together; of any others only the first that is there is shown.
_JOINED: Final[dict[str, str]] = {"camera": " ", "place": ", ", "pixels": " × "}
_ALWAYS_SAID: Final = frozenset({"taken", "camera", "software", "place"})


def main_claims(claims: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a reader asks first, in words, with an empty value where the file says nothing of it."""
    found = []
    for name, keys in CLAIMS:
        values = [claims[key] for key in keys if claims.get(key)]
        value = _JOINED[name].join(values) if name in _JOINED else next(iter(values), "")
        if value or name in _ALWAYS_SAID:
            found.append((str(CLAIM_WORDS[name]), value))
    return found


def words_of_form(form: str) -> str:
    """In which form an item was given."""
    return str(FORMS.get(form, form))


def words_of_arrival(reason: str) -> str:
    """The sentence for why a file was refused or is a duplicate."""
    return str(REASONS[Reason(reason)]) if reason in set(Reason) else reason


def words_of_state(state: str) -> str:
    """How far an examination could read."""
    return str(EXAMINATIONS[State(state)]) if state in set(State) else state


def words_of_note(note: str) -> str:
    """A remark of an examination."""
    return str(NOTES[Note(note)]) if note in set(Note) else note


def words_of_condition(condition: str) -> str:
    """The sentence for what a reading of stored bytes found; the code itself for one that a later version wrote."""
    return str(CONDITIONS[Condition(condition)]) if condition in set(Condition) else condition
