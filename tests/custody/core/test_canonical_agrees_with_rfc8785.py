"""Another implementation of RFC 8785, written by others, says the same."""

import json

import rfc8785
from hypothesis import given, settings

from custody.core.canonical import JsonValue, dumps, loads
from tests.custody.core import strategies


@settings(max_examples=200)
@given(strategies.json_values)
def test_writes_what_the_other_implementation_writes(value: JsonValue) -> None:
    assert dumps(value) == rfc8785.dumps(value)


@settings(max_examples=150)
@given(strategies.json_values)
def test_reads_what_it_wrote(value: JsonValue) -> None:
    assert loads(dumps(value)) == value


@given(strategies.json_values)
def test_any_json_reader_understands_it(value: JsonValue) -> None:
    assert json.loads(dumps(value)) == value


@given(strategies.json_values)
def test_reads_what_the_other_implementation_wrote(value: JsonValue) -> None:
    assert loads(rfc8785.dumps(value)) == value
