"""Words in English and in Arabic side by side: a page serves both readers at once."""

from typing import Final, NamedTuple

from custody.typesetting.bidi import END_OF_ISOLATE, RIGHT_TO_LEFT_ISOLATE

_ARABIC_DIGITS: Final = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


class Words(NamedTuple):
    """One saying in both languages; a paper in one language has the other empty."""

    en: str
    ar: str

    @property
    def joined(self) -> str:
        """Both in one line of English; the Arabic is an island, so that it cannot turn what stands around it."""
        return " · ".join(part for part in (self.en, in_arabic(self.ar) if self.ar else "") if part)


def arabic_digits(value: int) -> str:
    """A count as Arabic prose writes it."""
    return str(value).translate(_ARABIC_DIGITS)


def in_arabic(text: str) -> str:
    """Our own Arabic as an island in a line that runs from left to right."""
    return f"{RIGHT_TO_LEFT_ISOLATE}{text}{END_OF_ISOLATE}"


MARKINGS: Final = {
    "public": Words("PUBLIC", "علني"),
    "internal": Words("INTERNAL", "داخلي"),
    "confidential": Words("CONFIDENTIAL", "سري"),
    "protected": Words("PROTECTED", "محمي"),
    "sealed": Words("SEALED", "مختوم"),
}
DEMONSTRATION: Final = Words(
    "DEMONSTRATION: generated pictures, fictional people, not evidence",
    "عرض توضيحي: صور مولَّدة وأشخاص خياليون، ليس دليلاً",
)
