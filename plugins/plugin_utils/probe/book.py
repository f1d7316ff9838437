# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What this run knows of logins, in files: each host of a play is a process of its own."""

from __future__ import annotations

import fcntl
import hmac
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.logins import Book, Known, Page


class Files(Book):
    """A book in a folder of this user that ends with the run.

    A page is a file under the digest of its credentials, with a key that ends with the run too.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, exist_ok=True)

    def digest(self, text: str) -> str:
        """Return a digest that is the same in all processes of this run."""
        with self._open("key") as descriptor:
            key = os.read(descriptor, os.fstat(descriptor).st_size)
            if not key:
                key = secrets.token_hex().encode("ascii")
                os.write(descriptor, key)
        return hmac.new(key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()

    @contextmanager
    def page(self, digest: str) -> Iterator[Page]:
        """Open a page; all others wait, in this process and the others."""
        with self._open(digest) as descriptor:
            text = os.read(descriptor, os.fstat(descriptor).st_size)
            page = Page(_known(json.loads(text)) if text else Known())
            yield page
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(asdict(page.holds)).encode("ascii"), 0)

    @contextmanager
    def _open(self, name: str) -> Iterator[int]:
        """A file that nobody else has open meanwhile."""
        descriptor = os.open(self._folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield descriptor
        finally:
            os.close(descriptor)


def _known(data: dict[str, Any]) -> Known:
    return Known(**{**data, "accepted": tuple(data["accepted"])})
