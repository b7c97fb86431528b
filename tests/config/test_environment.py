"""Values are read as the type they are meant to be; a wrong one stops the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from config import users
from config.environment import Environment


@pytest.mark.parametrize(
    ("word", "value"), [("true", True), ("Yes", True), ("1", True), ("off", False), ("FALSE", False)]
)
def test_a_flag_is_a_plain_yes_or_no(word: str, value: bool) -> None:
    assert Environment({"X": word}).flag("X", default=not value) is value


@pytest.mark.parametrize("word", ["Flase", "", "2", "none"])
def test_a_misspelt_flag_is_refused(word: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="X must be true or false"):
        Environment({"X": word}).flag("X", default=False)


def test_a_secret_comes_from_a_file_without_its_line_end(tmp_path: Path) -> None:
    file = tmp_path / "secret"
    file.write_text("from the file\n")
    assert Environment({"X_FILE": str(file), "X": "from the variable"}).text("X", "") == "from the file"


def test_a_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="X_FILE names a file that cannot be read"):
        Environment({"X_FILE": str(tmp_path / "missing")}).text("X", "default")


def test_a_value_that_begins_with_a_dollar_sign_is_not_the_name_of_another() -> None:
    assert Environment({"X": "$Y", "Y": "other"}).text("X", "") == "$Y"


@pytest.mark.parametrize("text", ["", "-1", "0", "11", "1.5", "٣", "ten"])
def test_a_whole_number_outside_its_bounds_is_refused(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="whole number from 1 to 10"):
        Environment({"X": text}).whole("X", 5, least=1, most=10)


def test_words_lose_white_space_and_empty_ones() -> None:
    assert Environment({"X": " a, ,b ,"}).words("X", ()) == ["a", "b"]
    assert Environment({}).words("X", ("a", "b")) == ["a", "b"]


def test_a_wrong_database_address_does_not_show_its_password() -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        Environment({"X": "postgres://user@host:hunter2/name"}).database("X", "")
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_choice_is_one_of_its_words() -> None:
    assert Environment({"X": "b"}).choice("X", "a", among=("a", "b")) == "b"
    assert Environment({}).choice("X", "a", among=("a", "b")) == "a"
    with pytest.raises(ImproperlyConfigured, match="X must be one of a, b, not 'c'"):
        Environment({"X": "c"}).choice("X", "a", among=("a", "b"))


def test_users_are_named_by_name_or_number() -> None:
    assert users.ids(["root", "4242"]) == {0, 4242}
    with pytest.raises(ImproperlyConfigured, match="no user of this system"):
        users.ids(["nobody-of-this-name"])


@pytest.mark.parametrize("text", ["", " "])
def test_an_empty_folder_is_refused(text: str) -> None:
    """It was the working folder, which `setup` then closed to everybody else and filled."""
    with pytest.raises(ImproperlyConfigured, match="X is empty"):
        Environment({"X": text}).folder("X", Path("/srv"))
