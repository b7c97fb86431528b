"""Typed readers of the environment.

Every value may also be given as the path of a file that holds it, in `<NAME>_FILE`: that is how secrets are handed
over without standing in the process list. A path that is set but cannot be read stops the start, and so does a value
of the wrong shape: nothing is guessed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from environ.environ import FileAwareMapping

_TRUE = {"true", "yes", "on", "1"}
_FALSE = {"false", "no", "off", "0"}


class Environment:
    """Reads settings from a mapping of environment variables, `os.environ` unless told otherwise."""

    def __init__(self, variables: dict[str, str] | None = None) -> None:
        # The mapping and not `environ.FileAwareEnv.get_value`, which takes a value that begins with `$` for the name
        # of another one.
        self._variables = FileAwareMapping(variables, cache=False)

    def text(self, name: str, default: str) -> str:
        """The value of `name`, stripped, or `default` when neither it nor `<name>_FILE` is set."""
        try:
            value: str = self._variables[name]
        except KeyError:
            return default
        except (OSError, UnicodeDecodeError) as error:
            message = f"{name}_FILE names a file that cannot be read: {error}"
            raise ImproperlyConfigured(message) from error
        return value.strip()

    def flag(self, name: str, default: bool) -> bool:
        """True or false. Any other word is refused: a misspelt `Flase` must not switch something on."""
        word = self.text(name, "true" if default else "false").lower()
        if word not in _TRUE | _FALSE:
            message = f"{name} must be true or false, not {word!r}."
            raise ImproperlyConfigured(message)
        return word in _TRUE

    def choice(self, name: str, default: str, *, among: tuple[str, ...]) -> str:
        """One of a few words."""
        word = self.text(name, default)
        if word not in among:
            message = f"{name} must be one of {', '.join(among)}, not {word!r}."
            raise ImproperlyConfigured(message)
        return word

    def whole(self, name: str, default: int, *, least: int, most: int) -> int:
        """A whole number from `least` to `most`."""
        text = self.text(name, str(default))
        if not text.isascii() or not text.isdigit() or not least <= int(text) <= most:
            message = f"{name} must be a whole number from {least} to {most}, not {text!r}."
            raise ImproperlyConfigured(message)
        return int(text)

    def words(self, name: str, default: tuple[str, ...]) -> list[str]:
        """Words parted by commas; empty ones are dropped."""
        return [word.strip() for word in self.text(name, ",".join(default)).split(",") if word.strip()]

    def folder(self, name: str, default: Path) -> Path:
        """An absolute path; a relative one counts from the working folder, and an empty one is refused."""
        text = self.text(name, str(default))
        if not text:
            message = f"{name} is empty: leave it out, or name a folder."
            raise ImproperlyConfigured(message)
        return Path(text).expanduser().absolute()

    def database(self, name: str, default: str) -> dict[str, Any]:
        """A database address such as `postgres://user:password@host/name` as a Django `DATABASES` entry."""
        address = self.text(name, default)
        try:
            found: dict[str, Any] = environ.FileAwareEnv.db_url_config(address)
        except (ValueError, KeyError) as error:
            # Not `from error`: its text could show the password inside the address.
            message = f"{name} is not a database address that can be understood ({type(error).__name__})."
            raise ImproperlyConfigured(message) from None
        return found
