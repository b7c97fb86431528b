"""Frozen dataclasses to plain JSON values and back, strictly: nothing is guessed, dropped or added."""

import types
import typing
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import StrEnum
from functools import cache
from typing import Any, TypeVar

from testimony.core.errors import DossierError

T = TypeVar("T")
Json = None | bool | int | str | list["Json"] | dict[str, "Json"]


def encode(value: Any) -> Any:
    """Plain value of a frozen dataclass: objects, lists, strings, whole numbers, booleans and null."""
    if type(value) is str:  # most of them, and no name of an enumeration
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: encode(getattr(value, name)) for name in _names(type(value))}
    if isinstance(value, tuple):
        return [encode(one) for one in value]
    if isinstance(value, StrEnum):
        return value.value
    if value is None or isinstance(value, str | int):
        return value
    raise DossierError(f"a dossier cannot hold a {type(value).__name__}")


def decode(kind: type[T], value: Any) -> T:
    """The dataclass `kind` from its plain value; DossierError with the path of what does not fit."""
    found = _decode(kind, value, kind.__name__)
    return typing.cast("T", found)


def _decode(kind: Any, value: Any, path: str) -> Any:
    origin = typing.get_origin(kind)
    if origin is tuple:
        return _items(typing.get_args(kind)[0], value, path)
    if origin in (types.UnionType, typing.Union):
        inner = next(one for one in typing.get_args(kind) if one is not type(None))
        return None if value is None else _decode(inner, value, path)
    if is_dataclass(kind):
        return _record(kind, value, path)
    return _scalar(kind, value, path)


def _items(kind: Any, value: Any, path: str) -> tuple[Any, ...]:
    if not isinstance(value, list):
        raise DossierError(f"{path} is not a list")
    return tuple(_decode(kind, one, f"{path}[{index}]") for index, one in enumerate(value))


def _record(kind: Any, value: Any, path: str) -> Any:
    if not isinstance(value, Mapping):
        raise DossierError(f"{path} is not an object")
    hints = _hints(kind)
    if set(value) != set(hints):
        odd = ", ".join(sorted(set(value) ^ set(hints)))
        raise DossierError(f"{path} has missing or unknown parts: {odd}")
    return kind(**{name: _decode(hint, value[name], f"{path}.{name}") for name, hint in hints.items()})


def _scalar(kind: Any, value: Any, path: str) -> Any:
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        try:
            return kind(value)
        except ValueError as error:
            raise DossierError(f"{path} is not a known {kind.__name__}") from error
    # bool is a kind of int to Python, but not to a reader of JSON.
    if kind not in (str, int, bool) or type(value) is not kind:
        raise DossierError(f"{path} is not a {getattr(kind, '__name__', kind)}")
    return value


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)
