"""Search in statement texts: how long the index takes to make, what it holds, how long a query takes.

Texts are invented words, drawn as often as words are in speech (the n-th most frequent one n times as seldom as the
first, after Zipf). Opening what is sealed comes to it in life, and is measured beside it.
"""

from __future__ import annotations

import itertools
import random
import statistics
import time
import tracemalloc
import uuid

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from custody import sealing
from testimony.core.texts import TextIndex

_TEXTS = 10_000
_WORDS = 500
_VOCABULARY = 30_000
_LETTERS = "ابتثجحخدذرزسشصضطظعغفقكلمنهوي"
_FIRST = 20
_QUERIES = 200
_OPENED = 200


def measure(texts: int = _TEXTS) -> None:
    """Print times and memory."""
    print(f"\nsearch in statement texts inside the registrar's memory, {_WORDS} words each")
    chance = random.Random(1)
    known = list({"".join(chance.choices(_LETTERS, k=chance.randint(3, 8))) for _ in range(_VOCABULARY)})
    weights = list(itertools.accumulate(1 / place for place in range(1, len(known) + 1)))
    made = [" ".join(chance.choices(known, cum_weights=weights, k=_WORDS)) for _ in range(texts)]
    began = time.perf_counter()
    index = _index_of(made)
    built = time.perf_counter() - began
    took = _asked(index, made, chance)
    opened = _opened(made[0])
    del index
    held = _held(made)
    print(
        f"  {texts:>7,} texts   made in {built:5.1f} s   opening them first {opened * texts:5.1f} s   {held:4.0f} MiB\n"
        f"  one to three words and a phrase   median {statistics.median(took) * 1_000:5.1f} ms   "
        f"slowest {max(took) * 1_000:5.1f} ms",
        flush=True,
    )


def _index_of(made: list[str]) -> TextIndex[str]:
    index: TextIndex[str] = TextIndex()
    for number, text in enumerate(made):
        # As a statement comes, in paragraphs.
        index.add(str(uuid.UUID(int=number)), (text[start : start + 400] for start in range(0, len(text), 400)))
    return index


def _held(made: list[str]) -> float:
    """MiB of an index of all of them, made a second time: measuring memory slows the making."""
    tracemalloc.start()
    index = _index_of(made)
    held = tracemalloc.get_traced_memory()[0] / (1 << 20)
    tracemalloc.stop()
    return held if len(index) == len(made) else 0


def _asked(index: TextIndex[str], made: list[str], chance: random.Random) -> list[float]:
    took = []
    for number in range(_QUERIES):
        words = chance.choice(made).split()
        place = chance.randrange(len(words) - 3)
        query = " ".join(chance.sample(words, 1 + number % 3)) if number % 4 else f'"{" ".join(words[place:][:3])}"'
        began = time.perf_counter()
        index.search(query, _FIRST)
        took.append(time.perf_counter() - began)
    return took


def _opened(text: str) -> float:
    """Seconds for opening one sealed text, as the registrar does before it files it; without the database."""
    private = X25519PrivateKey.generate()
    sealed = sealing.seal(private.public_key().public_bytes_raw(), text.encode(), context=b"bench")
    began = time.perf_counter()
    for _ in range(_OPENED):
        sealing.unseal(private.private_bytes_raw(), sealed, context=b"bench")
    return (time.perf_counter() - began) / _OPENED


if __name__ == "__main__":
    measure()
