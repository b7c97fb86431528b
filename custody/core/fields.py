"""Strict reading of a JSON object's keys: each is asked for by name and shape, and what nobody asked for is refused."""

import re
from collections.abc import Mapping
from typing import Final, NoReturn

from custody.core.canonical import JsonValue
from custody.core.errors import CustodyError

ID: Final = re.compile(r"[A-Za-z0-9-]{1,64}")
SHA256: Final = re.compile(r"[0-9a-f]{64}")
SHA512: Final = re.compile(r"[0-9a-f]{128}")
TIME: Final = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{3}Z"
)
LOG: Final = re.compile(r"[!-*,-~]{1,255}")
"""A ledger's origin: visible ASCII without space and plus sign (C2SP signed-note: what a key name may hold)."""

MAX_NUMBER: Final = 2**53 - 1


class Fields:
    """The keys of one untrusted JSON object; every departure raises the `error` class that was given.

    Used as: ask for every key that may be there, then call `end()`.
    """

    def __init__(self, untrusted_value: JsonValue, *, what: str, error: type[CustodyError]) -> None:
        self._what = what
        self._error = error
        if not isinstance(untrusted_value, dict):
            self.refuse("is not an object")
        self._left: dict[str, JsonValue] = dict(untrusted_value)

    def refuse(self, reason: str) -> NoReturn:
        """Raise the declared error for this object."""
        raise self._error(f"the {self._what} {reason}")

    def end(self) -> None:
        """Refuse keys that were never asked for."""
        if self._left:
            self.refuse(f"has unknown keys: {', '.join(sorted(self._left))[:200]}")

    def has(self, key: str) -> bool:
        """Whether an optional key is there and not yet read."""
        return key in self._left

    def take(self, key: str) -> JsonValue:
        """Any value; the key must be there."""
        if key not in self._left:
            self.refuse(f"lacks {key}")
        return self._left.pop(key)

    def constant(self, key: str, expected: str) -> None:
        """A text that must be exactly this one."""
        if self.take(key) != expected:
            self.refuse(f"has a {key} other than {expected}")

    def text(self, key: str, shape: re.Pattern[str]) -> str:
        """A text that matches `shape` from its first to its last character."""
        value = self.take(key)
        if not isinstance(value, str) or shape.fullmatch(value) is None:
            self.refuse(f"has a {key} that is not of its form")
        return value

    def optional_text(self, key: str, shape: re.Pattern[str]) -> str | None:
        """A text, or None when the key is absent; null is refused."""
        return self.text(key, shape) if key in self._left else None

    def number(self, key: str) -> int:
        """A whole number from 0 to 2^53-1."""
        value = self.take(key)
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MAX_NUMBER:
            self.refuse(f"has a {key} that is not a whole number in range")
        return value

    def truth(self, key: str) -> bool:
        """True or false."""
        value = self.take(key)
        if not isinstance(value, bool):
            self.refuse(f"has a {key} that is neither true nor false")
        return value

    def inner(self, key: str) -> "Fields":
        """The object under `key`."""
        return Fields(self.take(key), what=f"{self._what}'s {key}", error=self._error)

    def objects(self, key: str, *, at_most: int) -> list["Fields"]:
        """The list of objects under `key`."""
        return [Fields(value, what=f"{self._what}'s {key}", error=self._error) for value in self._list(key, at_most)]

    def texts(self, key: str, shape: re.Pattern[str], *, at_most: int) -> tuple[str, ...]:
        """The list of texts under `key`, each matching `shape`."""
        values = self._list(key, at_most)
        found = tuple(value for value in values if isinstance(value, str) and shape.fullmatch(value))
        if len(found) != len(values):
            self.refuse(f"has something in {key} that is not of its form")
        return found

    def mapping(self, key: str, names: re.Pattern[str], texts: re.Pattern[str], *, at_most: int) -> Mapping[str, str]:
        """The object under `key` as names and texts, both matching their shapes."""
        value = self.take(key)
        if not isinstance(value, dict) or len(value) > at_most:
            self.refuse(f"has {key} that are not names and texts, or too many")
        found = {
            name: text
            for name, text in value.items()
            if names.fullmatch(name) and isinstance(text, str) and texts.fullmatch(text)
        }
        if len(found) != len(value):
            self.refuse(f"has something in {key} that is not of its form")
        return found

    def _list(self, key: str, at_most: int) -> list[JsonValue]:
        value = self.take(key)
        if not isinstance(value, list) or len(value) > at_most:
            self.refuse(f"has {key} that are not a list, or too many")
        return value
