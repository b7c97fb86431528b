"""Receipts name the commit of the software that made them."""

from __future__ import annotations

from pathlib import Path

from config import release

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def repository(folder: Path, head: str) -> Path:
    (folder / ".git").mkdir()
    (folder / ".git" / "HEAD").write_text(head + "\n")
    return folder / ".git"


def test_a_detached_head_is_the_commit(tmp_path: Path) -> None:
    repository(tmp_path, COMMIT)
    assert release.commit(tmp_path) == COMMIT


def test_a_branch_is_followed(tmp_path: Path) -> None:
    heads = repository(tmp_path, "ref: refs/heads/main") / "refs" / "heads"
    heads.mkdir(parents=True)
    (heads / "main").write_text(COMMIT + "\n")
    assert release.commit(tmp_path) == COMMIT


def test_a_packed_branch_is_found(tmp_path: Path) -> None:
    git = repository(tmp_path, "ref: refs/heads/main")
    (git / "packed-refs").write_text(
        f"# pack-refs with: peeled\n{'f' * 40} refs/heads/other\n{COMMIT} refs/heads/main\n"
    )
    assert release.commit(tmp_path) == COMMIT


def test_a_copy_without_a_repository_is_of_an_unknown_commit(tmp_path: Path) -> None:
    assert release.commit(tmp_path) == release.UNKNOWN
    repository(tmp_path, "ref: refs/heads/gone")
    assert release.commit(tmp_path) == release.UNKNOWN
