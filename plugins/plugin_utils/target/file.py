# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller: read whole, and put in place whole.

A secret goes only into a file of this user alone: no link, no file of somebody else, and no folder in
which others could put another file in its place.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse

SECRET_MODE = 0o600
NEW_MODE = 0o644
MOST_LINKS = 40
"""As many links as Linux follows in one path."""


class UnsafeFileError(Exception):
    """A file, or a folder above it, is in the hands of others; the text ends a sentence."""


def read(path: Path) -> bytes | None:
    """What a file holds; `None` when it is not there.

    :raises OSError: when it cannot be read.
    :raises UnreadableError: when it is no regular file, or too large.
    """
    try:
        return parse.read_file(path)
    except FileNotFoundError:
        return None


def seen_by_others(path: Path) -> bool:
    """Whether a file is there that others than its owner can read or write."""
    return path.exists() and bool(path.stat().st_mode & 0o077)


def require_writable(path: Path) -> None:
    """Raises what writing the file would raise."""
    folder = path.resolve().parent
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not folder.is_dir():
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    if not os.access(folder, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))


def require_own(path: Path) -> None:
    """See that a secret may be written to a path.

    :raises UnsafeFileError: when the file is a link, has a second name or another owner, is no regular file,
        or others could put something else in its place.
    :raises OSError: when it cannot be told.
    """
    for above in _folders(Path(os.path.abspath(path.parent))):
        _require_own_folder(above)
    try:
        found = os.lstat(path)
    except FileNotFoundError:
        return
    if stat.S_ISLNK(found.st_mode):
        raise UnsafeFileError("it is a symbolic link")
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found.st_mode):
        raise UnsafeFileError("it is no regular file")
    if found.st_uid != os.geteuid():
        raise UnsafeFileError(f"it belongs to another user (UID {found.st_uid})")
    if found.st_nlink > 1:
        raise UnsafeFileError("it has another name as well (a hard link)")


def _require_own_folder(path: Path) -> None:
    """:raises UnsafeFileError: for a folder in which others can rename what is not theirs."""
    found = os.lstat(path)
    if found.st_uid not in (0, os.geteuid()):
        raise UnsafeFileError(f"{path} belongs to another user (UID {found.st_uid})")
    if (
        not stat.S_ISLNK(found.st_mode)
        and found.st_mode & 0o022
        and not found.st_mode & stat.S_ISVTX
    ):
        raise UnsafeFileError(f"others may write to the folder {path}")


def _folders(folder: Path) -> Iterator[Path]:
    """Everything that leads to a folder, from the root on: folders, and links with what leads to their ends.

    :raises OSError: when there is none, or the links go round in a circle.
    """
    links, open_ = 0, list(reversed(folder.parts[1:]))
    place = Path(folder.anchor)
    yield place
    while open_:
        name = open_.pop()
        if name == "..":
            place = place.parent
            continue
        step = place / name
        yield step
        if step.is_symlink():
            links += 1
            if links > MOST_LINKS:
                raise OSError(errno.ELOOP, os.strerror(errno.ELOOP))
            target = Path(os.readlink(step))
            place = Path(target.anchor) if target.is_absolute() else place
            open_ += reversed([part for part in target.parts if part != target.anchor])
        else:
            place = step


def replace(path: Path, text: str, mode: int | None = None, *, secret: bool = False) -> None:
    """Puts a whole file in place, readable by nobody else before it has its mode.

    A link stays one, if it is this user's or root's: what it leads to is replaced. So does the owner.

    :param mode: `None` for that of the file that is there, or the usual one of a new file.
    :param secret: whether a secret is in it: then nothing of somebody else is replaced.
    :raises OSError: when it cannot be written.
    :raises UnsafeFileError: as `require_own`; and for a link of somebody else.
    """
    if secret:
        require_own(path)
    elif path.is_symlink() and os.lstat(path).st_uid not in (0, os.geteuid()):
        raise UnsafeFileError("it is a symbolic link of another user")
    path = path.resolve()
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        _replace(folder, path.name, text, mode, secret=secret)
    finally:
        os.close(folder)


def _replace(folder: int, name: str, text: str, mode: int | None, *, secret: bool) -> None:
    before = None
    with contextlib.suppress(FileNotFoundError):
        before = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if mode is None and before is not None:
        mode = stat.S_IMODE(before.st_mode)
    partial = f".{name}.{secrets.token_hex(8)}"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    first_mode = NEW_MODE if mode is None and not secret else SECRET_MODE
    descriptor = os.open(partial, flags, first_mode, dir_fd=folder)
    try:
        with open(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            own = os.fstat(descriptor)
            foreign = before is not None and (before.st_uid, before.st_gid) != (
                own.st_uid,
                own.st_gid,
            )
            if before is not None and foreign and not secret:
                os.fchown(descriptor, before.st_uid, before.st_gid)
            if mode is not None:
                os.fchmod(descriptor, mode)
        os.replace(partial, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        os.unlink(partial, dir_fd=folder)
        raise
