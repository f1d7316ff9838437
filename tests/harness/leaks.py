# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds secrets where they must not be: in files, also short-lived ones, and in processes that run.

Knows nothing of the collection's own redaction, which is what it judges.
"""

from __future__ import annotations

import base64
import re
import secrets
import subprocess
import threading
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

POLL_SECONDS = 0.01

# What every encoding of interest leaves as it is: such a run shows in plain, URL-encoded, and JSON-,
# shell- and YAML-escaped text alike. Its base64 is the same in both alphabets of RFC 4648, too.
_CORE = re.compile("[A-Za-z0-9]{16,}")

# Everything that some quoting or encoding treats specially, and nothing that it leaves alone.
AWKWARD = "+/=&\"'\\ <%$ä€{"


def password(awkward: str = AWKWARD) -> str:
    """A unique password of more than 50 characters, half of it on either side of awkward ones."""
    return secrets.token_hex(12) + awkward + secrets.token_hex(12)


@dataclass(frozen=True, order=True)
class Leak:
    """One secret in one place. Never its text, which a failing test would print."""

    secret: str
    place: str


class Search:
    """Looks for secrets, by their names, in plain and in whatever encoding keeps letters and digits,
    in base64 at each of its three alignments, and in hexadecimal. Half a secret is found as the whole.

    :raises ValueError: for a text with no run of 16 letters and digits.
    """

    def __init__(self, hidden: Mapping[str, str]) -> None:
        self._needles = {name: _needles(text) for name, text in hidden.items()}

    def names(self, data: bytes) -> set[str]:
        """The names of the secrets in some bytes."""
        # Base64 for people is broken into lines, at a column that no secret knows.
        joined = data.replace(b"\r", b"").replace(b"\n", b"")
        return {
            name
            for name, needles in self._needles.items()
            if any(needle in data or needle in joined for needle in needles)
        }

    def text(self, place: str, text: str) -> set[Leak]:
        """The leaks in a text."""
        return {Leak(name, place) for name in self.names(text.encode("utf-8", "surrogateescape"))}

    def folder(self, folder: Path, *, allowed: Collection[Path] = ()) -> set[Leak]:
        """The leaks in the files under a folder, and in their names.

        :param allowed: files that hold the secret rightly.
        """
        return {leak for path in _files(folder) if path not in allowed for leak in self.file(path)}

    def file(self, path: Path) -> set[Leak]:
        """The leaks in one file, and in its name."""
        data = str(path).encode() + b"\0" + path.read_bytes()
        return {Leak(name, f"file {path}") for name in self.names(data)}


class Watch:
    """Searches, while a command runs, its processes' arguments and environments and its folders' files.

    :param command: the command; all its descendants count, and nothing else does.
    :param folders: where short-lived files may be.
    :ivar programs: the names of the programs that were seen.
    :ivar files: the files that were seen.
    """

    def __init__(
        self, command: subprocess.Popen[str], search: Search, folders: Collection[Path] = ()
    ) -> None:
        self.programs: set[str] = set()
        self.files: set[Path] = set()
        self._leaks: set[Leak] = set()
        self._command = command
        self._search = search
        self._folders = folders
        self._seen: set[tuple[Path, int, int, int]] = set()
        self._stop = threading.Event()
        self._problem: Exception | None = None
        self._thread = threading.Thread(target=self._watch, name="watch for leaks")

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        if self._problem is not None:
            raise self._problem

    @property
    def leaks(self) -> set[Leak]:
        """What has been found so far."""
        return set(self._leaks)

    def _watch(self) -> None:
        try:
            while not self._stop.is_set():
                self._look_at_processes()
                self._look_at_files()
                self._stop.wait(POLL_SECONDS)
        except Exception as error:  # handed to the test's own thread, which would not see it
            self._problem = error

    def _look_at_processes(self) -> None:
        for process in descendants(self._command.pid):
            arguments, environment = _read(process / "cmdline"), _read(process / "environ")
            program = arguments.partition(b"\0")[0].decode("utf-8", "replace")
            self.programs.add(Path(program).name)
            for what, data in (("arguments", arguments), ("environment", environment)):
                place = f"{what} of a process"
                self._leaks |= {Leak(name, place) for name in self._search.names(data)}

    def _look_at_files(self) -> None:
        for folder in self._folders:
            for path in _files(folder):
                try:
                    status = path.stat()
                    state = (path, status.st_ino, status.st_mtime_ns, status.st_size)
                    if state not in self._seen:
                        self._leaks |= self._search.file(path)
                        self._seen.add(state)
                        self.files.add(path)
                except FileNotFoundError:
                    continue  # Gone since the folder was listed.


def _needles(text: str) -> list[bytes]:
    cores = _CORE.findall(text)
    if not cores:
        raise ValueError("a secret to search for needs 16 letters or digits in a row")
    return [needle for core in cores for needle in _forms(core.encode())]


def _forms(core: bytes) -> Iterator[bytes]:
    yield core
    yield core.hex().encode()
    yield core.hex().upper().encode()
    yield from _base64_cores(core)


def _base64_cores(data: bytes) -> Iterator[bytes]:
    """What base64 must contain that holds the data from the first, second or third byte of a group on.

    A character carries six bits; those that share one with a neighbour of the data are left out.
    """
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + data)
        yield encoded[-(-8 * offset // 6) : 8 * (offset + len(data)) // 6]


def _files(folder: Path) -> Iterator[Path]:
    for parent, _folders, names in folder.walk():
        for name in names:
            path = parent / name
            if path.is_file() and not path.is_symlink():
                yield path


def descendants(pid: int) -> Iterator[Path]:
    """The process and all that it started, as folders of /proc."""
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        # proc(5): the command's name stands in brackets and may hold any character.
        fields = _read(folder / "stat").rpartition(b")")[2].split()
        if fields:
            children.setdefault(int(fields[1]), []).append(int(folder.name))
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        waiting += children.get(one, [])
        yield Path("/proc") / str(one)


def _read(path: Path) -> bytes:
    """A file of /proc; empty when its process has ended."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
