"""How a picture on a sheet came from its original, and why there is none: in plain English, for the tree.

A working copy is the preview that the examination made: decoded in the limited child, turned upright by its pixels,
at most 1,600 px, sRGB, baseline JPEG without metadata. What was lost or chosen on the way is said here.
"""

from __future__ import annotations

from typing import Final

from evidence.examination.findings import Note
from evidence.models import Derivative, EvidenceItem, Examination, Redaction

JPEG: Final = "image/jpeg"
# EXIF orientation (tag 0x0112) to quarter turns clockwise. The mirrored ones can't be shown by turning a page.
TURNS: Final = {"": 0, "0": 0, "1": 0, "3": 2, "6": 1, "8": 3}
_MODES: Final = {
    "CMYK": "printing inks turned into screen colours",
    "RGBA": "transparency laid on white",
    "LA": "transparency laid on white",
    "PA": "transparency laid on white",
    "P": "palette turned into full colours, transparency (if any) laid on white",
    "LAB": "turned into screen colours",
    "YCbCr": "turned into screen colours",
}
_NOTES: Final = {
    Note.ANIMATED: "the first of {frames} pictures of an animation",
    Note.EMBEDDED_PREVIEW: "the picture that the camera put into its raw file",
    Note.GREYS_STRETCHED: "deep greys stretched from the darkest to the lightest",
    Note.ONE_GREY: "every pixel has one grey: what it showed is gone",
    Note.PIXELS_MISSING: "the file lacks pixels",
    Note.SEVERAL_PAGES: "the first of {frames} pages",
    Note.TRUNCATED: "the file ends early: shown as far as it goes",
}
_FAILURES: Final = {
    Note.CHILD_DIED: "its reader stopped",
    Note.NO_PICTURE: "a kind of file of which no picture is made",
    Note.TIME_LIMIT: "reading it took too long",
    Note.TOO_LARGE: "it declares more pixels than may be decoded",
    Note.UNDECODABLE: "its reader cannot make sense of it",
    Note.UNKNOWN_TYPE: "its kind is unknown",
}


def recipe_of(made: Derivative, found: Examination | None, *, instead: str = "") -> str:
    """The recipe of a working copy with what was chosen for this file; `instead`: why the original is not shown."""
    parts = [made.recipe]
    if found is not None:
        if found.media_type and found.media_type != JPEG:
            parts.append(f"from {found.media_type}")
        parts += [_MODES[mode] for mode in [found.claims.get("image.mode", "")] if mode in _MODES]
        frames = found.claims.get("image.frames", "several")
        parts += [_NOTES[note].format(frames=frames) for note in _notes(found) if note in _NOTES]
    if instead:
        parts.append(f"shown instead of the original: {instead}")
    return "; ".join(parts)


def recipe_of_redaction(item: EvidenceItem, made: Redaction) -> str:
    """The recipe of a redacted picture, with the number it goes by."""
    return f"{item.ern}{made.suffix}: {made.recipe}"


def why_no_picture(item: EvidenceItem, found: Examination | None) -> str:
    """What a slip sheet says: kind, size and digest of the file, and the reason."""
    kind = (found.media_type if found else "") or "unknown type"
    reasons = [_FAILURES[note] for note in _notes(found) if note in _FAILURES]
    if item.size == 0:
        reasons = ["there is nothing in it"]
    reason = f": {', '.join(reasons)}" if reasons else ""
    return f"no picture could be made of this file ({kind}, {item.size:,} bytes, SHA-256 {item.sha256}){reason}"


def why_not_whole(found: Examination | None) -> str:
    """Why the bytes of an original can't be shown on a page as they are; empty when they may be tried."""
    if found is None:
        return ""
    if found.media_type != JPEG:
        return f"a page shows only JPEG as it is, and this is {found.media_type or 'of unknown type'}"
    if found.state != "read":
        return "the file could not be read in full"
    if found.claims.get("exif.Orientation", "") not in TURNS:
        return "it is to be shown mirrored, which turning a page does not do"
    if (mode := found.claims.get("image.mode", "")) not in ("", "L", "RGB"):
        return f"its colours ({mode}) have no place in an archived page"
    return ""


def _notes(found: Examination | None) -> list[Note]:
    known = {note.value: note for note in Note}
    return [known[note] for note in (found.notes if found else []) if note in known]
