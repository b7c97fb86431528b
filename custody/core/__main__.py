"""The offline half of verification: `python -m custody.core verify PATH`, without Django and without a network.

Exit status: 0 sound, 1 unsound, 2 could not tell.
"""

import argparse
import io
import json
import os
import sqlite3
import sys
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from custody.core.bundles import verify_bundle
from custody.core.bundles.layout import SEAL_CHECKPOINT
from custody.core.errors import BundleError
from custody.core.verdicts import Finding, State, Verdict
from custody.core.zips import read_one

MAX_POLICY_BYTES: Final = 64 * 1024
"""As `policies` has it, which needs `cryptography`."""
MAX_CHECKPOINT_BYTES: Final = 1024 * 1024

_COULD_NOT_TELL: Final = 2
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
        help="SHA-256 fingerprint from paper: of the authority's certificate, the ledger's key, a cosigner's key, a "
        "time authority's certificate; repeatable",
    )
    parser.add_argument(
        "--policy",
        type=_file,
        metavar="FILE",
        help="the policy of cosigners that you hold (C2SP tlog-policy); it counts instead of the one enclosed",
    )
    parser.add_argument(
        "--since",
        type=_held,
        metavar="PATH",
        help="what you were given before: a bundle, or a file with a checkpoint (a bundle's "
        "newest is seal/checkpoint); this one must extend it",
    )
    parser.add_argument(
        "--at",
        type=_moment,
        metavar="TIME",
        help="the time now (2026-01-31T12:00:00Z), to tell certificates of time authorities that have expired since",
    )


def _file(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_POLICY_BYTES + 1)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{path} cannot be read: {error.strerror}") from error


def _held(path: str) -> bytes:
    """Of a bundle the checkpoint of its seal: the bundle's own entry lies above the one in proof/."""
    try:
        return read_one(Path(path), SEAL_CHECKPOINT, limit=MAX_CHECKPOINT_BYTES)
    except (BundleError, OSError) as error:
        raise argparse.ArgumentTypeError(f"no checkpoint can be read from {path}: {_in_words(error, path)}") from error


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} is no time") from error
    if moment.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text} lacks its time zone, such as Z")
    return moment


def _run(options: argparse.Namespace) -> int:
    # A name that the terminal or the file behind ">" can't show must not end the check, and with it say "unsound".
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    verdict = _verify(options)
    if sys.stderr.isatty():
        print("\x1b[K", end="", file=sys.stderr, flush=True)
    told = json.dumps(verdict.as_dict(), indent=2, sort_keys=True) if options.json else describe(options.path, verdict)
    return verdict.exit_code if _written(told) else _COULD_NOT_TELL


def _written(text: str) -> bool:
    """Whether it could be written out: a full disk behind ">", or a reader that left, says nothing of the bundle."""
    try:
        print(text, flush=True)
    except OSError as error:
        # What waits in the buffer would fail again at the end, and end the program with a status of Python's own.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        print(f"the verdict cannot be written: {error.strerror}", file=sys.stderr)
        return False
    return True


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


def _verify(options: argparse.Namespace) -> Verdict:
    path: Path = options.path
    try:
        return verify_bundle(
            path,
            fingerprints=options.fingerprint,
            policy=options.policy,
            since=options.since,
            now=options.at,
            progress=_Bar() if sys.stderr.isatty() else None,
        )
    except (OSError, sqlite3.Error) as error:
        # The bundle's own defects are findings; what arrives here is this machine's trouble with it.
        words = f"it cannot be read: {_in_words(error, path)}"
        return Verdict((Finding("bundle", str(path), words, State.UNKNOWN),))


def _in_words(error: Exception, path: str | Path) -> str:
    """Of the system's errors the reason without its number, and the file where it is another than the one named."""
    if not isinstance(error, OSError) or not error.strerror:
        return str(error)
    other = isinstance(error.filename, str | Path) and Path(error.filename) != Path(path)
    return f"{error.filename}: {error.strerror}" if other else error.strerror


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
