# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file is put in place whole, with the mode that it must have."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.target import file


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "values.yaml"


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_file_has_the_usual_mode_of_the_user(path: Path) -> None:
    before = os.umask(0o027)
    try:
        file.replace(path, "a: 1\n")
    finally:
        os.umask(before)
    assert (path.read_text(), mode(path)) == ("a: 1\n", 0o640)


@pytest.mark.parametrize("there", [0o600, 0o640, 0o666])
def test_a_file_that_is_there_keeps_its_mode(path: Path, there: int) -> None:
    path.write_text("old")
    path.chmod(there)
    file.replace(path, "new")
    assert (path.read_text(), mode(path)) == ("new", there)


def test_a_mode_that_is_asked_for_is_exact(path: Path) -> None:
    path.write_text("old")
    path.chmod(0o666)
    file.replace(path, "new", file.SECRET_MODE)
    assert mode(path) == 0o600


def test_a_link_stays_one(path: Path) -> None:
    real = path.with_name("real.yaml")
    real.write_text("old")
    path.symlink_to(real)
    file.replace(path, "new")
    assert path.is_symlink()
    assert real.read_text() == "new"


def test_line_endings_are_written_as_they_are(path: Path) -> None:
    file.replace(path, "a\r\nb\n")
    assert file.read(path) == b"a\r\nb\n"


def test_nothing_is_left_behind_when_it_cannot_be_put_in_place(path: Path) -> None:
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        file.replace(path, "text")
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_not_there_is_read_as_none(path: Path) -> None:
    assert file.read(path) is None


@pytest.mark.parametrize(("there", "seen"), [(0o600, False), (0o640, True), (0o602, True)])
def test_who_else_can_see_a_file_is_told(path: Path, there: int, seen: bool) -> None:
    assert not file.seen_by_others(path)
    path.write_text("")
    path.chmod(there)
    assert file.seen_by_others(path) is seen


def test_what_writing_would_raise_is_raised_beforehand(path: Path) -> None:
    file.require_writable(path)
    with pytest.raises(FileNotFoundError):
        file.require_writable(path / "x" / "y")
    path.mkdir()
    with pytest.raises(IsADirectoryError):
        file.require_writable(path)


OTHER = 65_534
"""The UID of a user who is not this one."""

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes files of others")


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder whose every parent belongs to this user or to root, and that only they may write to."""
    with tempfile.TemporaryDirectory() as name:
        yield Path(name)


def refused(path: Path) -> str:
    """Why no secret is written to a path, which is left as it was."""
    around = sorted(path.parent.iterdir())
    with pytest.raises(file.UnsafeFileError) as caught:
        file.replace(path, "the secret", file.SECRET_MODE, secret=True)
    assert sorted(path.parent.iterdir()) == around
    return str(caught.value)


class TestASecret:
    def test_goes_into_a_new_file_of_this_user_alone(self, folder: Path) -> None:
        file.replace(folder / "x", "the secret", file.SECRET_MODE, secret=True)
        file.replace(folder / "x", "another", file.SECRET_MODE, secret=True)
        found = (folder / "x").stat()
        assert (found.st_uid, found.st_mode & 0o777) == (os.geteuid(), 0o600)
        assert (folder / "x").read_text() == "another"
        assert list(folder.iterdir()) == [folder / "x"]

    def test_goes_into_a_folder_like_tmp_where_nobody_can_replace_what_is_not_theirs(
        self, folder: Path
    ) -> None:
        folder.chmod(0o1777)
        file.replace(folder / "x", "the secret", file.SECRET_MODE, secret=True)
        assert (folder / "x").read_text() == "the secret"

    @as_root
    @pytest.mark.parametrize("mode", [0o666, 0o600])
    def test_is_neither_written_into_a_file_of_another_user_nor_given_to_them(
        self, folder: Path, mode: int
    ) -> None:
        folder.chmod(0o1777)
        (folder / "x").write_text("theirs")
        os.chown(folder / "x", OTHER, OTHER)
        (folder / "x").chmod(mode)
        assert "belongs to another user" in refused(folder / "x")
        assert (folder / "x").read_text() == "theirs"

    def test_is_not_written_through_a_link(self, folder: Path) -> None:
        (folder / "real").write_text("old")
        (folder / "x").symlink_to(folder / "real")
        assert refused(folder / "x") == "it is a symbolic link"
        assert (folder / "real").read_text() == "old"

    def test_is_not_written_into_a_file_with_a_second_name(self, folder: Path) -> None:
        (folder / "real").write_text("old")
        os.link(folder / "real", folder / "x")
        assert "hard link" in refused(folder / "x")

    def test_is_not_written_into_a_pipe(self, folder: Path) -> None:
        os.mkfifo(folder / "x")
        assert refused(folder / "x") == "it is no regular file"

    @pytest.mark.parametrize("mode", [0o777, 0o775, 0o722])
    @pytest.mark.parametrize("inside", ["x", "a/x"])
    def test_is_not_written_where_others_may_write(
        self, folder: Path, mode: int, inside: str
    ) -> None:
        (folder / "a").mkdir()
        folder.chmod(mode)
        assert refused(folder / inside) == f"others may write to the folder {folder}"

    @as_root
    def test_is_not_written_below_a_folder_of_another_user(self, folder: Path) -> None:
        (folder / "a" / "b").mkdir(parents=True)
        os.chown(folder / "a", OTHER, OTHER)
        assert "belongs to another user" in refused(folder / "a" / "b" / "x")

    @as_root
    @pytest.mark.parametrize("chain", [False, True])
    def test_is_not_written_below_a_link_of_another_user(self, folder: Path, chain: bool) -> None:
        (folder / "real").mkdir()
        (folder / "theirs").symlink_to(folder / "real")
        os.lchown(folder / "theirs", OTHER, OTHER)
        (folder / "mine").symlink_to("theirs")
        path = folder / ("mine" if chain else "theirs") / "x"
        assert "theirs belongs to another user" in refused(path)

    def test_is_written_below_a_link_of_this_user(self, folder: Path) -> None:
        (folder / "real").mkdir()
        (folder / "mine").symlink_to("real")
        file.replace(folder / "mine" / "x", "the secret", file.SECRET_MODE, secret=True)
        assert (folder / "real" / "x").read_text() == "the secret"

    def test_is_not_looked_for_in_a_circle_of_links(self, folder: Path) -> None:
        (folder / "a").symlink_to("b")
        (folder / "b").symlink_to("a")
        with pytest.raises(OSError, match="symbolic links"):
            file.require_own(folder / "a" / "x")


@as_root
def test_a_link_of_another_user_is_not_followed(path: Path) -> None:
    real = path.with_name("real.yaml")
    real.write_text("old")
    path.symlink_to(real)
    os.lchown(path, OTHER, OTHER)
    with pytest.raises(file.UnsafeFileError):
        file.replace(path, "new")
    assert real.read_text() == "old"


def test_a_file_that_somebody_has_put_in_the_place_of_a_partial_one_stays(path: Path) -> None:
    planted = path.with_name(f".{path.name}.{os.getpid()}")
    planted.write_text("theirs")
    file.replace(path, "new")
    assert (path.read_text(), planted.read_text()) == ("new", "theirs")
