"""``make bench``: what our main job costs beside ``cp`` and ``bagit.py`` on the same files.

Files are random bytes (nothing compresses), read from a warm cache by both sides, written to the same disk.
Ours signs, records and fsyncs every file; the peer copies with ``cp`` and makes both manifests, and leaves it to the
system when its copies reach the disk. Rounds of both sides take turns, each in a folder of its own; what one round
left to be written is written before the next begins, and nothing is removed meanwhile: a file system is slow where
much was deleted a moment ago.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.benchmarks import dossiers, entries, long_ledger, tables
from tests.benchmarks.processes import Run, in_turns, manage, run

MIB = 1 << 20
_LINGERING = 2


def main() -> None:
    """Measure, print, and leave nothing behind."""
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--files", type=int, default=1_000)
    parser.add_argument("--bytes", type=int, default=1_500_000, help="size of each file")
    parser.add_argument("--rounds", type=int, default=3, help="the best of this many counts, for both sides")
    parser.add_argument("--entries", type=int, default=long_ledger.LONG, help="length of the long ledger")
    parser.add_argument("--images", type=int, default=tables.IMAGES, help="rows of the table of images")
    parser.add_argument("--exhibits", type=int, default=dossiers.EXHIBITS, help="photographs in the large dossier")
    parser.add_argument("--keep", metavar="DIR", help="work in this folder instead of a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="amana-bench-", dir=options.keep) as folder:
        measure(Path(folder), options)


def measure(folder: Path, options: argparse.Namespace) -> None:
    """All measurements, each printed as soon as it is there."""
    # Each in a process of its own: a child's peak begins with what its parent held when it was made.
    for module in ("names", "texts", "looks"):
        print(run([sys.executable, "-m", f"tests.benchmarks.{module}"]).output)
    source = make_files(folder / "source", options.files, options.bytes)
    print(f"{options.files:,} files of {options.bytes:,} bytes; best of {options.rounds}; {os.cpu_count()} cores\n")
    bags, installations = numbered(folder, "bag"), numbered(folder, "data")
    peer, ours = in_turns(
        options.rounds, lambda: copy_and_bag(source, next(bags)), lambda: ingest(source, next(installations))
    )
    compare("ingest", "cp + bagit.py --sha256 --sha512", peer, ours, aim=0.6)
    bag, data = folder / "bag-0", folder / "data-0"
    peer, ours = in_turns(
        options.rounds, lambda: run([*bagit(), "--validate", str(bag)]), lambda: manage(data, "verify", "--json")
    )
    compare("verify", "bagit.py --validate", peer, ours, aim=0.6)
    bundle(folder, data, options.rounds)
    memory(folder, options)
    dossiers.measure(folder / "dossier", exhibits=options.exhibits)
    tables.measure(folder, images=options.images)
    long_ledger.measure(folder, long=options.entries)
    entries.measure(folder)


def bundle(folder: Path, data: Path, rounds: int) -> None:
    """What was ingested, as a bundle: both check the same bag, ours also every signature, proof and history in it."""
    bag = folder / "bundle"
    manage(data, "bundle", "BENCH", "--to", str(bag), "--recipient", "bench", more={"AMANA_RELEASE_BY_TWO": "false"})
    peer, ours = in_turns(
        rounds,
        lambda: run([*bagit(), "--validate", str(bag)]),
        lambda: run([sys.executable, "-m", "custody.core", "verify", "--json", str(bag)]),
    )
    compare("bundle", "bagit.py --validate", peer, ours, aim=1.25)


def numbered(folder: Path, name: str) -> Iterator[Path]:
    """Folders that are not there yet, one for each round."""
    return (folder / f"{name}-{number}" for number in itertools.count())


def make_files(folder: Path, count: int, size: int) -> Path:
    """Files of random bytes, written in pieces: a child's peak begins with what its parent held when it was made."""
    folder.mkdir(parents=True)
    for number in range(count):
        with (folder / f"{number:05}.jpg").open("xb") as file:
            for start in range(0, size, MIB):
                file.write(os.urandom(min(MIB, size - start)))
    return folder


def bagit() -> list[str]:
    """The peer's command."""
    return [sys.executable, "-m", "bagit", "--quiet"]


def copy_and_bag(source: Path, bag: Path) -> Run:
    """The peer's whole job: copy, then make a bag in place."""
    copied = run(["cp", "-r", str(source), str(bag)])
    bagged = run([*bagit(), "--sha256", "--sha512", str(bag)])
    return Run(copied.seconds + bagged.seconds, max(copied.peak, bagged.peak), "")


@contextmanager
def installation(data: Path) -> Iterator[None]:
    """A fresh installation with one case, whose own registrar has left again."""
    manage(data, "setup")
    manage(data, "case", "BENCH", "--title", "Benchmark")
    time.sleep(_LINGERING)
    yield


def ingest(source: Path, data: Path) -> Run:
    """Our whole job, from the command line to the signed checkpoint."""
    with installation(data):
        done = manage(data, "ingest", str(source), "--case", "BENCH", "--json")
    result = json.loads(done.output)
    if result["stored"] != len(list(source.iterdir())):
        sys.exit(f"not every file was stored: {result['stored']}")
    return done


def compare(what: str, peer_name: str, peer: Run, ours: Run, *, aim: float) -> None:
    """Print one comparison."""
    print(f"{what}")
    print(f"  {peer_name:<34} {peer.seconds:7.2f} s   peak {peer.peak:6.0f} MiB")
    print(f"  {'amana':<34} {ours.seconds:7.2f} s   peak {ours.peak:6.0f} MiB")
    print(f"  ratio {ours.seconds / peer.seconds:.2f} (aim: at most {aim})\n", flush=True)


def memory(folder: Path, options: argparse.Namespace) -> None:
    """Peak memory of ingest and verify when there are fewer files, and when they are far larger."""
    print("peak memory")
    shapes = [(options.files // 4, options.bytes), (options.files, options.bytes // 10), (4, 200 * options.bytes)]
    for number, (count, size) in enumerate(shapes):
        source = make_files(folder / f"shape-{number}", count, size)
        data = folder / f"shape-data-{number}"
        taken = ingest(source, data)
        checked = manage(data, "verify", "--json")
        peaks = f"ingest {taken.peak:5.0f} MiB   verify {checked.peak:5.0f} MiB"
        print(f"  {count:>6,} files of {size / MIB:8.2f} MiB   {peaks}")
        shutil.rmtree(source)
        shutil.rmtree(data)
    print(flush=True)


if __name__ == "__main__":
    main()
