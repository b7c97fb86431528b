"""The offline half of verification: `python -m custody.core verify PATH`, without Django and without a network.

Exit status: 0 sound, 1 unsound, 2 could not tell.
"""

import argparse
import json
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from custody.core.bundles import verify_bundle
from custody.core.verdicts import Finding, State, Verdict

_MARKS: Final = {State.OK: "  ok ", State.BAD: " BAD ", State.UNKNOWN: "  ?  "}
_BOTTOM_LINES: Final = {
    "sound": "SOUND: everything that was checked holds; what was not is listed above.",
    "unsound": "UNSOUND: what is marked BAD does not hold.",
    "unknown": "COULD NOT TELL: nothing was found wrong, but what is marked ? could not be checked.",
}

_DESCRIPTION: Final = (
    "Check a bundle: its files, receipts, histories, tree and seal. Exit status: 0 sound, 1 unsound, 2 could not tell."
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m custody.core", description="Check Amana's evidence without Amana: no database, no network."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_options(commands.add_parser("verify", help="check a bundle", description=_DESCRIPTION))
    return _run(parser.parse_args(arguments))


def verify(arguments: Sequence[str]) -> int:
    """Run the one command that the packed verifier has (see `packing`); returns the exit status."""
    parser = argparse.ArgumentParser(prog="verify.pyz", description=_DESCRIPTION)
    _add_options(parser)
    return _run(parser.parse_args(arguments))


def _add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="the bundle: its folder, or its ZIP file")
    parser.add_argument("--json", action="store_true", help="print the verdict as JSON")
    parser.add_argument(
        "--fingerprint",
        action="append",
        default=[],
        metavar="HEX",
        help="SHA-256 fingerprint from paper, of the authority's certificate or of the ledger's key; repeatable",
    )


def _run(options: argparse.Namespace) -> int:
    verdict = _verify(options.path, options.fingerprint)
    if sys.stderr.isatty():
        print("\x1b[K", end="", file=sys.stderr, flush=True)
    if options.json:
        print(json.dumps(verdict.as_dict(), indent=2, sort_keys=True))
    else:
        print(describe(options.path, verdict))
    return verdict.exit_code


def describe(path: Path, verdict: Verdict) -> str:
    """The verdict as plain text: the facts, what was not looked at, and the bottom line."""
    lines = [f"Bundle {_plain(str(path))}", ""]
    lines += [_line(finding) for finding in sorted(verdict.findings, key=lambda finding: finding.state != State.OK)]
    lines += ["", "Counted: " + ", ".join(f"{count:,} {what}" for what, count in sorted(verdict.counts.items()))]
    lines += ["", "Not checked:", *(f"  - {_plain(text)}" for text in verdict.not_checked)]
    lines += ["", _BOTTOM_LINES[verdict.bottom_line]]
    return "\n".join(lines)


def _line(finding: Finding) -> str:
    return f"[{_MARKS[finding.state]}] {finding.fact}: {_plain(finding.subject)}: {_plain(finding.message)}"


def _plain(untrusted_text: str) -> str:
    """Text with nothing in it that could move a terminal's cursor or reorder what is read."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape", "surrogatepass").decode()
        for character in untrusted_text
    )


def _verify(path: Path, fingerprints: Sequence[str]) -> Verdict:
    progress = _Bar() if sys.stderr.isatty() else None
    try:
        return verify_bundle(path, fingerprints=fingerprints, progress=progress)
    except (OSError, sqlite3.Error) as error:
        # The bundle's own defects are findings; what arrives here is this machine's trouble with it.
        return Verdict((Finding("bundle", str(path), f"it cannot be read: {error}", State.UNKNOWN),))


class _Bar:
    """One line on the terminal, rewritten when the share done changes by a whole per cent."""

    def __init__(self) -> None:
        self._shown = ("", -1)

    def __call__(self, what: str, done: int, total: int) -> None:
        share = 100 * done // total if total else 100
        if (what, share) != self._shown:
            self._shown = (what, share)
            print(f"\r\x1b[K{share:3} % of {total:,} {what}", end="\r", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
