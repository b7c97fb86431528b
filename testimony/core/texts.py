"""Words of longer texts, and an index in memory that finds the texts in which all words of a query stand.

A word is compared without marks (vowel signs, accents, the lengthening stroke) and without case; forms of alef, hamza
on a letter, ta marbuta and alef maqsura fall together, and so do the digits of Arabic and Persian with ours. From an
Arabic word are taken off, as often as they stand there, "and" or "so" (و ف) and the article with what is written onto
it (ال بال كال لل): who asks for قال finds وقال, who asks for بئر finds والبئر. At least three letters stay. That is no
grammar: words that only begin like this lose the same letters in the text and in the query, and now and then two words
fall together.
"""

from __future__ import annotations

import heapq
import re
import unicodedata
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

K = TypeVar("K", bound=Hashable)

_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u0711\u0730-\u074a\u08d3-\u08ff\u1ab0-\u1aff\u1dc0-\u1dff\u200c-\u200f\u202a-\u202e\u2066-\u2069\u20d0-\u20ff\ufe20-\ufe2f]"
)
_LETTER: Final = r"[^\W_]"
# What is taken off is not caught; it is taken off only where letters enough stay.
_WORDS: Final = re.compile(rf"(?:(?:[وف]|[بك]?ال|لل)(?={_LETTER}{{3}}))*({_LETTER}+)")
_ONE_FORM: Final = (*zip("ٱةىیېکھہ", "اهيييكهه", strict=True), ("ء", ""))
_DIGITS: Final = tuple(zip("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789", strict=True))
_QUOTED: Final = re.compile(r'["“”„«»]')
# Between two pieces of one text: no phrase goes across it.
_BREAK: Final = 0
_MOST_TIMES: Final = 0xFFFF


def words_of(text: str) -> list[str]:
    """The words of a text in their order, as they are compared. Any text can be read."""
    # Folding the case can give a letter and a mark.
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    plain = _MARKS.sub("", folded)
    if not plain.isascii():
        # One after the other: six times as fast as a table of all of them.
        for letter, other in (*_ONE_FORM, *_DIGITS):
            plain = plain.replace(letter, other)
    return _WORDS.findall(plain)


@dataclass(frozen=True)
class Query:
    """What has to stand in a text: every word, and the words of each phrase one after the other."""

    words: tuple[str, ...]
    phrases: tuple[tuple[str, ...], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.words or self.phrases)


def read_query(text: str) -> Query:
    """Words, and phrases in quotation marks of any kind; one that is not closed goes to the end."""
    words: dict[str, None] = {}
    phrases: dict[tuple[str, ...], None] = {}
    for place, part in enumerate(_QUOTED.split(text)):
        found = words_of(part)
        if place % 2 and len(found) > 1:
            phrases[tuple(found)] = None
        else:
            words |= dict.fromkeys(found)
    return Query(tuple(words), tuple(phrases))


@dataclass(frozen=True)
class Hit(Generic[K]):
    """A text in which all of it stands, and how often its words and phrases stand there together."""

    key: K
    times: int


class _Postings:
    """In which texts a word stands, by rising number, and how often in each (65,535 at most)."""

    __slots__ = ("texts", "times")

    def __init__(self) -> None:
        self.texts = array("I")
        self.times = array("H")

    def place_of(self, text: int) -> int:
        """Where a text stands in the lists; -1 for none."""
        place = bisect_left(self.texts, text)
        return place if place < len(self.texts) and self.texts[place] == text else -1


class TextIndex(Generic[K]):
    """Texts by key. It keeps numbers: four bytes for each word of a text, six more for each different one."""

    def __init__(self) -> None:
        self._numbers: dict[K, int] = {}
        self._keys: dict[int, K] = {}
        self._words: dict[str, int] = {}
        self._spelt: dict[int, str] = {}
        self._postings: dict[int, _Postings] = {}
        self._sequences: dict[int, array[int]] = {}
        self._next_text = 0
        self._next_word = _BREAK + 1

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def vocabulary(self) -> frozenset[str]:
        """Every word that stands in some text."""
        return frozenset(self._words)

    def add(self, key: K, pieces: Iterable[str]) -> None:
        """File a text, in pieces across which no phrase goes, instead of what was filed under this key before."""
        self.remove(key)
        sequence = array("I")
        for piece in pieces:
            sequence.extend(map(self._number_of, words_of(piece)))
            sequence.append(_BREAK)
        number = self._next_text
        self._next_text += 1
        self._numbers[key], self._keys[number] = number, key
        self._sequences[number] = sequence
        for word, times in Counter(sequence).items():
            if word != _BREAK:
                postings = self._postings[word]
                postings.texts.append(number)
                postings.times.append(min(times, _MOST_TIMES))

    def remove(self, key: K) -> None:
        """Forget a text; a word that stood nowhere else does not stay behind."""
        number = self._numbers.pop(key, None)
        if number is None:
            return
        del self._keys[number]
        for word in set(self._sequences.pop(number)) - {_BREAK}:
            postings = self._postings[word]
            place = postings.place_of(number)
            del postings.texts[place], postings.times[place]
            if not postings.texts:
                del self._postings[word], self._words[self._spelt.pop(word)]

    def search(self, query: str, limit: int) -> list[Hit[K]]:
        """The texts in which all of the query stands: the most often first, and of equal ones the oldest."""
        asked = read_query(query)
        wanted = self._known([*asked.words, *(word for phrase in asked.phrases for word in phrase)])
        if not wanted or limit <= 0:
            return []
        singly = set(self._known(asked.words) or ())
        phrases = [array("I", [self._words[word] for word in phrase]).tobytes() for phrase in asked.phrases]
        found: list[tuple[int, int]] = []
        for number in self._with_all(wanted):
            runs = [self._runs(number, phrase) for phrase in phrases]
            if all(runs):
                found.append((-sum(runs) - sum(self._times(word, number) for word in singly), number))
        return [Hit(self._keys[number], -times) for times, number in heapq.nsmallest(limit, found)]

    def _number_of(self, word: str) -> int:
        number = self._words.get(word)
        if number is None:
            number = self._next_word
            self._next_word += 1
            self._words[word], self._spelt[number] = number, word
            self._postings[number] = _Postings()
        return number

    def _known(self, words: Sequence[str]) -> list[int] | None:
        """The numbers of words, each once; None when one of them stands nowhere."""
        numbers = [self._words.get(word) for word in dict.fromkeys(words)]
        return None if None in numbers else [number for number in numbers if number is not None]

    def _with_all(self, words: Sequence[int]) -> list[int]:
        rarest, *others = sorted((self._postings[word] for word in words), key=lambda each: len(each.texts))
        return [text for text in rarest.texts if all(other.place_of(text) >= 0 for other in others)]

    def _times(self, word: int, text: int) -> int:
        postings = self._postings[word]
        return postings.times[postings.place_of(text)]

    def _runs(self, text: int, phrase: bytes) -> int:
        """How often the words of a phrase stand one after the other, also where one run begins inside another."""
        sequence = self._sequences[text]
        held, width, runs, place = sequence.tobytes(), sequence.itemsize, 0, -1
        while (place := held.find(phrase, place + 1)) >= 0:
            runs += place % width == 0
        return runs
