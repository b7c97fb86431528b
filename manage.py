#!/usr/bin/env python
"""The command line of Amana: `./manage.py help` lists what it can do."""

import gc
import os
import sys


def main() -> None:
    """Hand the command line to Django."""
    # Start-up makes a hundred thousand objects that stay; looking through them again and again is a twentieth of it.
    gc.set_threshold(50_000, 20, 20)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
