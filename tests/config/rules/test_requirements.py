"""The pinned requirements hold what `pyproject.toml` asks for, by digest, and no address."""

from __future__ import annotations

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.config.rules.source import REPO

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+) \\$", re.MULTILINE)
FILES = ("requirements.txt", "tests/requirements.txt")


def asked() -> tuple[list[Requirement], list[Requirement]]:
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    extra = project["optional-dependencies"]["tests"]
    return [Requirement(line) for line in project["dependencies"]], [Requirement(line) for line in extra]


def pinned(text: str) -> dict[str, Version]:
    return {canonicalize_name(name): Version(version) for name, version in PIN.findall(text)}


def missing(wanted: list[Requirement], pins: dict[str, Version]) -> list[str]:
    found = {str(each): pins.get(canonicalize_name(each.name)) for each in wanted}
    return [name for name, version in found.items() if version is None or version not in Requirement(name).specifier]


def test_a_requirement_that_is_not_pinned_is_found() -> None:
    pins = pinned("django==4.2 \\\n    --hash=sha256:00\n")
    assert missing([Requirement("Django>=5.2"), Requirement("celery")], pins) == ["Django>=5.2", "celery"]


def test_what_the_product_needs_is_pinned() -> None:
    assert missing(asked()[0], pinned((REPO / FILES[0]).read_text("utf-8"))) == []


def test_what_the_tests_need_is_pinned_and_agrees_with_the_product() -> None:
    product, tests = (pinned((REPO / name).read_text("utf-8")) for name in FILES)
    assert missing([*asked()[0], *asked()[1]], tests) == []
    assert {name: version for name, version in product.items() if tests.get(name) != version} == {}


@pytest.mark.parametrize("name", FILES)
def test_each_pin_has_a_digest_and_no_file_an_address(name: str) -> None:
    lines = (REPO / name).read_text("utf-8").splitlines()
    pins = [number for number, line in enumerate(lines) if PIN.match(line)]
    assert pins
    assert all("--hash=sha256:" in lines[number + 1] for number in pins)
    assert [line for line in lines if "://" in line or line.startswith("-")] == []


def test_what_comes_without_being_asked_for_is_not_named_as_ours() -> None:
    """A package dropped from pyproject.toml must leave the pins too."""
    blocks = re.split(r"\n(?=\S)", (REPO / FILES[0]).read_text("utf-8"))
    ours = [block.partition("==")[0] for block in blocks if "amana (pyproject.toml)" in block]
    assert {canonicalize_name(name) for name in ours} == {canonicalize_name(each.name) for each in asked()[0]}
