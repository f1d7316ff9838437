# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A file is put in place whole, with the mode that it must have."""

from __future__ import annotations

import os
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
