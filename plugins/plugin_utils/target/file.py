# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files on the controller: read whole, and put in place whole."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

SECRET_MODE = 0o600
NEW_MODE = 0o644


def read(path: Path) -> bytes | None:
    """What a file holds; `None` when it is not there.

    :raises OSError: when it cannot be read.
    """
    try:
        return path.read_bytes()
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


def replace(path: Path, text: str, mode: int | None = None) -> None:
    """Puts a whole file in place, readable by nobody else before it has its mode.

    A link stays one: what it leads to is replaced. So does the owner.

    :param mode: `None` for that of the file that is there, or the usual one of a new file.
    :raises OSError: when it cannot be written.
    """
    path = path.resolve()
    before = path.stat() if path.exists() else None
    if mode is None and before is not None:
        mode = stat.S_IMODE(before.st_mode)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        first_mode = NEW_MODE if mode is None else SECRET_MODE
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, first_mode)
        with open(descriptor, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
            own = os.fstat(descriptor)
            if before is not None and (before.st_uid, before.st_gid) != (own.st_uid, own.st_gid):
                os.fchown(descriptor, before.st_uid, before.st_gid)
            if mode is not None:
                os.fchmod(descriptor, mode)
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
