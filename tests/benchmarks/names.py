"""Search by name: how often the right one is among the first, how many wrong ones stand beside it, how long it takes.

Retrieval: each Latin spelling is a query, all Arabic names are searched. The public pairs are read from
``../shared/names`` where they are; the half of them with odd numbers was kept apart when weights were chosen.
"""

from __future__ import annotations

import itertools
import random
import statistics
import time
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

from testimony.core.names import NameIndex

_LIST = Path(__file__).parents[1] / "testimony" / "core" / "names" / "syrian_names.txt"
_PAIRS = Path(__file__).parents[3] / "shared" / "names" / "ar2en-train.txt"
_FIRST = 5
_SAMPLE = 2_000
_SIZES = (10_000, 100_000)


def measure() -> None:
    """Print recall and times."""
    print("\nnames: recall at 1 and 5, share of wrong names among those shown")
    syrian = [
        (arabic, spelling)
        for arabic, spellings in (line.split("\t") for line in _LIST.read_text("utf-8").splitlines())
        for spelling in spellings.split(", ")
    ]
    retrieval("Syrian names", syrian, syrian)
    if _PAIRS.exists():
        rows = [tuple(line.split("\t")) for line in _PAIRS.read_text("utf-8").splitlines()]
        pairs = [(arabic, latin) for arabic, latin in rows]
        asked = random.Random(1).sample(pairs[1::2], _SAMPLE)
        retrieval(f"public pairs ({_SAMPLE:,} of the half kept apart)", pairs, asked)
    else:
        print("  public pairs: NOT MEASURED, ../shared/names is not there")
    speed([arabic for arabic, _ in syrian])


def retrieval(title: str, known: Sequence[tuple[str, str]], asked: Sequence[tuple[str, str]]) -> None:
    """Search for each spelling among all Arabic names."""
    index: NameIndex[str] = NameIndex()
    for arabic in dict.fromkeys(arabic for arabic, _ in known):
        index.add(arabic, [arabic])
    first = among = shown = wrong = 0
    for arabic, latin in asked:
        keys = [hit.key for hit in index.search(latin, _FIRST)]
        first += keys[:1] == [arabic]
        among += arabic in keys
        shown += len(keys)
        wrong += sum(key != arabic for key in keys)
    total = len(asked)
    print(
        f"  {title:<46} at 1 {first / total:.3f}   at 5 {among / total:.3f} (aim: at least 0.9)   "
        f"wrong {wrong / max(shown, 1):.2f}   shown {shown / total:.1f}"
    )


def speed(words: Sequence[str]) -> None:
    """Full names of three words, as many as the index is to hold."""
    print("\nsearch inside the registrar's memory, names of three words")
    medians = []
    for size in _SIZES:
        chance = random.Random(size)
        tracemalloc.start()
        index: NameIndex[int] = NameIndex()
        for key in range(size):
            index.add(key, [" ".join(chance.choices(words, k=3))])
        held = tracemalloc.get_traced_memory()[0] / (1 << 20)
        tracemalloc.stop()
        queries = [
            " ".join(chance.choices(words, k=count)) for count in itertools.islice(itertools.cycle((1, 2, 3)), 90)
        ]
        took = []
        for query in queries:
            began = time.perf_counter()
            index.search(query, _FIRST)
            took.append(time.perf_counter() - began)
        medians.append(statistics.median(took))
        worst = max(took) * 1_000
        print(f"  {size:>7,} names   median {medians[-1] * 1_000:5.1f} ms   slowest {worst:5.1f} ms   {held:4.0f} MiB")
    print(f"  ratio {medians[-1] / medians[0]:.1f} (aim: at most 12), aim at 100,000: at most 50 ms")


if __name__ == "__main__":
    measure()
