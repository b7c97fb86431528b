#!/usr/bin/env python
"""The command line of Amana: `./manage.py help` lists what it can do."""

import contextlib
import gc
import os
import sys
from collections.abc import Callable


def main() -> None:
    """Hand the command line to Django."""
    # Start-up makes 170,000 objects that stay; looking through them again and again is a tenth of it.
    gc.set_threshold(200_000, 20, 20)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    if sys.argv[1:] in (["verify"], ["verify", "--json"]):
        _begin_reading()
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line
    from django.db import OperationalError, ProgrammingError

    try:
        _execute(execute_from_command_line)
    except OSError as error:
        if "--traceback" in sys.argv:
            raise
        _tell_of_system(error)
        sys.exit(2)
    except (ImproperlyConfigured, OperationalError, ProgrammingError) as error:
        if "--traceback" in sys.argv:
            raise
        # 2 and not 1: to `verify` and whoever watches it, 1 says "unsound", and nothing was looked at here.
        sys.stderr.write(f"CommandError: {_in_words(error)}\n")
        sys.exit(2)
    finally:
        # Python looks through all of it three times more before it ends; it ends anyway.
        gc.freeze()


def _execute(execute: Callable[[list[str]], None]) -> None:
    """Run the command, and see that what it says is written out while a failure of that can still be told."""
    try:
        execute(sys.argv)
    finally:
        # There is none where it was closed before the start.
        if sys.stdout is not None:
            sys.stdout.flush()


def _tell_of_system(error: OSError) -> None:
    from custody.management.telling import in_words

    # What waits in the buffer would fail again at the end, and end the program with a status of Python's own.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.stderr.write(f"CommandError: {in_words(error)}\n")


def _in_words(error: Exception) -> str:
    first, *_ = str(error).splitlines() or [type(error).__name__]
    if "no such table" in first or ("relation" in first and "does not exist" in first):
        way = "run `manage.py setup`; where a ledger is to be recovered, `manage.py migrate`"
        return f"The database lacks a table: {way}. ({first})"
    what = "The settings" if type(error).__name__ == "ImproperlyConfigured" else "The database"
    return f"{what} cannot be used: {first}"


def _begin_reading() -> None:
    """Let the reading of all originals begin while the rest of the program is loaded."""
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    from evidence.verification import readers

    # What is wrong with the settings Django says in its own way, and what is wrong with the folder `verify` finds.
    with contextlib.suppress(ImproperlyConfigured, OSError):
        readers.begin(settings.AMANA_DATA_DIR / "vault")


if __name__ == "__main__":
    main()
