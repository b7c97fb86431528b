"""No edit of any file of a bundle goes unnoticed, and none makes the verifier fail."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from custody.core.bundles import layout, verify_bundle
from tests.custody.core.bundles import samples
from tests.custody.core.bundles.samples import put, rebag


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that each example changes and puts back."""
    folder = tmp_path_factory.mktemp("mutated") / "bundle"
    samples.write(folder)
    return folder


@settings(max_examples=40)
@given(data=st.data())
def test_any_edit_of_any_file_is_told(shared: Path, data: st.DataObject) -> None:
    files = sorted(path.relative_to(shared).as_posix() for path in shared.rglob("*") if path.is_file())
    path = data.draw(st.sampled_from(files))
    before = (shared / path).read_bytes()
    at = data.draw(st.integers(0, len(before)))
    after = before[:at] + data.draw(st.binary(max_size=20)) + before[at + data.draw(st.integers(0, 20)) :]
    put(shared, path, after)
    try:
        verdict = verify_bundle(shared)
    finally:
        put(shared, path, before)
    assert (verdict.bottom_line == "sound") == (after == before)


JSON_FILES = [
    layout.HEADS,
    layout.NAMES,
    layout.stream_path(samples.CASE),
    layout.record_path(samples.ITEMS[0]),
    layout.SEAL_PROOF,
    layout.SEAL_ENTRY,
    layout.CHECKPOINT,
    layout.ROOT_CERTIFICATE,
    layout.LEDGER_KEY,
]


@settings(max_examples=40)
@given(
    path=st.sampled_from(JSON_FILES), untrusted=st.binary(max_size=80) | st.text(max_size=80).map(lambda t: t.encode())
)
def test_foreign_bytes_in_a_file_whose_digests_fit_are_told(shared: Path, path: str, untrusted: bytes) -> None:
    before = (shared / path).read_bytes()
    put(shared, path, untrusted)
    rebag(shared)
    try:
        verdict = verify_bundle(shared)
    finally:
        put(shared, path, before)
        rebag(shared)
    assert verdict.bottom_line == "unsound"
