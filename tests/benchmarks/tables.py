"""How long it takes to bring in tables of the real archive's size: its victims, and every image with its body."""

from __future__ import annotations

import csv
import os
import sys
from pathlib import Path

from tests.benchmarks.processes import manage

VICTIMS, IMAGES = 6_786, 53_275
_AIM = 120
_SMALL = 64


def measure(folder: Path, *, images: int = IMAGES) -> None:
    """Ingest as many small files, then bring in both tables with the command; prints seconds and peak memory."""
    victims = max(1, images * VICTIMS // IMAGES)
    data = prepare(folder, images)
    people, bodies = _tables(folder, victims, images)
    print(f"tables: {victims:,} victims, {images:,} images with the bodies that they show")
    spent = 0.0
    for kind, table in (("victim", people), ("body", bodies)):
        done = manage(data, "import_people", "BENCH", str(table), "--kind", kind)
        spent += done.seconds
        print(f"  {kind:<10} {done.seconds:7.1f} s   peak {done.peak:6.0f} MiB", flush=True)
    print(f"  together   {spent:7.1f} s (aim: at most {_AIM} s)\n", flush=True)


def prepare(folder: Path, images: int) -> Path:
    """An installation that holds so many files; what they show does not matter here."""
    source, data = folder / "many", folder / "many-data"
    source.mkdir(parents=True)
    for number in range(images):
        (source / _name(number)).write_bytes(os.urandom(_SMALL))
    manage(data, "setup")
    manage(data, "case", "BENCH", "--title", "Benchmark")
    manage(data, "ingest", str(source), "--case", "BENCH", "--json")
    return data


def _name(number: int) -> str:
    return f"DSC{number:06}.jpg"


def _tables(folder: Path, victims: int, images: int) -> tuple[Path, Path]:
    people, bodies = folder / "victims.csv", folder / "images.csv"
    with people.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("reference", "name", "latin name"))
        rows.writerows((f"V-{number}", f"ضحية رقم {number}", f"Victim number {number}") for number in range(victims))
    with bodies.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("body", "image", "view", "category", "victim"))
        for number in range(images):
            whose = number * victims // images
            rows.writerow((f"215/{whose}", _name(number), "other", "detainee", f"V-{whose}"))
    return people, bodies


if __name__ == "__main__":
    measure(Path(sys.argv[1]))
