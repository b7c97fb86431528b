"""From letters to sounds: one short string for a word, whether it is written in Arabic or in Latin letters.

The alphabet is our own: consonants are those that both scripts tell apart somewhere, and what one of them writes in
several ways falls together. Short vowels are written in Latin alone, so vowels weigh little later on
(`testimony.core.names.likeness`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

LONGEST: Final = 80

# ALA-LC and the French and English habits of Syria meet here: one letter of Arabic, one sound.
_ARABIC: Final[Mapping[str, str]] = {
    **dict.fromkeys("اأآٱىةٲٳ", "a"),
    # Heard as whatever vowel stands beside it, and written as that in Latin letters.
    "ع": "o",
    "إ": "i",
    "ئ": "i",
    "ؤ": "w",
    "ء": "",
    "ب": "b",
    "پ": "p",
    "ت": "t",
    "ط": "t",
    "ث": "T",
    "ج": "j",
    "چ": "C",
    "ح": "h",
    "ه": "h",
    "ھ": "h",
    "خ": "x",
    "د": "d",
    "ض": "d",
    "ذ": "D",
    "ظ": "D",
    "ر": "r",
    "ز": "z",
    "ژ": "j",
    "س": "s",
    "ص": "s",
    "ش": "S",
    "غ": "G",
    "ف": "f",
    "ڤ": "v",
    "ق": "k",
    "ك": "k",
    "ک": "k",
    "گ": "g",
    "ل": "l",
    "م": "m",
    "ن": "n",
    "و": "w",
    "ي": "y",
    "ی": "y",
    "ې": "y",
}
_LATIN: Final = (
    ("tsch", "C"),
    ("tch", "C"),
    ("sch", "S"),
    ("eau", "w"),
    ("sh", "S"),
    ("ch", "C"),
    ("kh", "x"),
    ("gh", "G"),
    ("th", "T"),
    ("dh", "D"),
    ("ph", "f"),
    ("zh", "j"),
    ("dj", "j"),
    ("ck", "k"),
    ("cq", "k"),
    ("qu", "k"),
    ("gu(?=[eiy])", "g"),
    ("ge(?=[aou])", "j"),
    ("g(?=[eiy])", "j"),
    ("c(?=[eiy])", "s"),
    ("ou", "w"),
    ("oo", "w"),
    ("oe", "w"),
    ("ee", "y"),
    ("ie", "y"),
    ("ea", "y"),
    ("e$", ""),
    ("c", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("b", "b"),
    ("d", "d"),
    ("f", "f"),
    ("g", "g"),
    ("h", "h"),
    ("j", "j"),
    ("k", "k"),
    ("l", "l"),
    ("m", "m"),
    ("n", "n"),
    ("p", "p"),
    ("r", "r"),
    ("s", "s"),
    ("t", "t"),
    ("v", "v"),
    ("w", "w"),
    ("y", "y"),
    ("z", "z"),
    ("a", "a"),
    ("[ei]", "i"),
    ("[ou]", "u"),
)
_PATTERN: Final = re.compile("|".join(f"(?P<_{place}>{pattern})" for place, (pattern, _) in enumerate(_LATIN)))
_SOUND: Final = tuple(sound for _, sound in _LATIN)
_TWICE: Final = re.compile(r"(.)\1+")
VOWELS: Final = frozenset("aiuo")
# What the coarse key leaves out: vowels, and the consonants that one script or the other drops.
_WEAK: Final = frozenset("aiuowyh")
_COARSE: Final = str.maketrans("pvdTDzSCgGjx", "bftttssskkkk")


@lru_cache(maxsize=1 << 16)
def sounds(word: str) -> str:
    """The sounds of one word, in either script; empty for what holds no letter that we know."""
    if _is_arabic(word):
        heard = "".join(_ARABIC.get(letter, "") for letter in word).replace("tS", "C")
    else:
        found = _PATTERN.finditer(word)
        heard = "".join(_SOUND[int(str(match.lastgroup)[1:])] for match in found)
    return _TWICE.sub(r"\1", heard)[:LONGEST]


@lru_cache(maxsize=1 << 16)
def skeleton(heard: str) -> str:
    """The strong consonants of some sounds, coarsely: the key under which a word is looked up."""
    strong = "".join(sound for sound in heard if sound not in _WEAK).translate(_COARSE)
    return _TWICE.sub(r"\1", strong)


def plain(text: str) -> str:
    """Lower case, without marks over and under letters, and without stretching."""
    spread = unicodedata.normalize("NFKD", text[:1_000]).lower().replace("ـ", "")
    joined = spread.replace("أ", "أ").replace("إ", "إ")
    return "".join(letter for letter in joined if not unicodedata.combining(letter))


def _is_arabic(word: str) -> bool:
    return any("؀" <= letter <= "ۿ" for letter in word)
