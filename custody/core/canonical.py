"""JSON with exactly one way to write each value: RFC 8785, restricted so that it is simple.

Allowed are strings, integers of at most 2^53-1, booleans, null, lists, and objects with ASCII keys; floats are not.
Under these limits RFC 8785's ordering by UTF-16 units equals ordering by code points, and its string escapes are those
of the standard library, so `json` writes it exactly.
"""

import json
from typing import NoReturn, TypeAlias

from custody.core.errors import CanonicalError

JsonValue: TypeAlias = "str | int | bool | list[JsonValue] | dict[str, JsonValue] | None"

MAX_INT = 2**53 - 1
MAX_DEPTH = 32
MAX_BYTES = 64 * 2**20

_encoder = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
)


def dumps(value: JsonValue) -> bytes:
    """Write `value` as canonical UTF-8 bytes (RFC 8785 section 3.2).

    Raises CanonicalError for a type, number, key, depth or lone surrogate that the restricted form excludes.
    """
    _check(value, MAX_DEPTH)
    return write_checked(value)


def write_checked(value: JsonValue) -> bytes:
    """Write a value whose types, numbers, keys and depth the caller has already proved; `dumps` for all else.

    Spares the walk over the value on the path that writes ledger entries. Raises CanonicalError for lone surrogates.
    """
    try:
        return _encoder.encode(value).encode()
    except UnicodeEncodeError as error:
        raise CanonicalError("a string holds half of a character (a lone surrogate)") from error


def loads(data: bytes) -> JsonValue:
    """Read canonical bytes, refusing every other spelling of the same value.

    Proves that `dumps` of the result gives `data` back, byte for byte; nothing about what the value means.
    Raises CanonicalError for duplicate keys, floats, lone surrogates, large integers, depth over 32, more than 64 MiB,
    and bytes that are not canonical.
    """
    # 1. Bounded, valid UTF-8.
    if len(data) > MAX_BYTES:
        raise CanonicalError("the JSON is larger than 64 MiB")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise CanonicalError("the JSON is not valid UTF-8") from error
    # 2. JSON without floats.
    value = _parse(_decoder, text)
    # 3. Written again it is the same. A repeated key was dropped by the parser, so it shows here as a difference.
    if dumps(value) != data:
        _parse(_decoder_naming_duplicates, text)
        raise CanonicalError("the JSON is not in its canonical form")
    return value


def _parse(decoder: json.JSONDecoder, text: str) -> JsonValue:
    try:
        value: JsonValue = decoder.decode(text)
    except RecursionError as error:
        raise CanonicalError("the JSON is nested too deeply") from error
    except ValueError as error:
        raise CanonicalError("the text is not JSON, or holds a number that is too long") from error
    return value


def _check(value: object, room: int) -> None:
    """Refuse whatever the restricted form excludes; `room` is how many more levels may open."""
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if not -MAX_INT <= value <= MAX_INT:
            raise CanonicalError("an integer is beyond 2^53-1")
        return
    if not isinstance(value, dict | list):
        raise CanonicalError(f"a value of type {type(value).__name__} cannot be written")
    if not room:
        raise CanonicalError(f"the value is nested more than {MAX_DEPTH} levels deep")
    if isinstance(value, dict):
        _check_keys(value)
        value = value.values()
    for item in value:
        # Most items are strings: sparing them the call makes this walk twice as fast.
        if type(item) is not str:
            _check(item, room - 1)


def _check_keys(value: dict[object, object]) -> None:
    for key in value:
        if not isinstance(key, str) or not key.isascii():
            raise CanonicalError("an object has a key that is not ASCII text")


def _refuse_number(_text: str) -> NoReturn:
    raise CanonicalError("the JSON holds a number that is not a plain integer")


def _refuse_duplicates(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise CanonicalError("an object names the same key twice")
    return value


_decoder = json.JSONDecoder(parse_float=_refuse_number, parse_constant=_refuse_number)
_decoder_naming_duplicates = json.JSONDecoder(
    parse_float=_refuse_number, parse_constant=_refuse_number, object_pairs_hook=_refuse_duplicates
)
