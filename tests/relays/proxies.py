# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real proxies on loopback: microsocks (SOCKS 5) and tinyproxy (HTTP), from their Debian packages.

The packages are unpacked into the cache and not installed, so no service of theirs ever starts.
"""

from __future__ import annotations

import fcntl
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.cluster.layout import cache

USERNAME = "ada"
PASSWORD = "correct-horse"
_PATIENCE = 10.0


@contextmanager
def microsocks(*, login: bool = False) -> Iterator[int]:
    """Run a SOCKS 5 proxy, with a login if so; yield its port."""
    port = _free_port()
    command = [str(_program("microsocks", "microsocks")), "-i", "127.0.0.1", "-p", str(port)]
    credentials = ["-u", USERNAME, "-P", PASSWORD] if login else []
    with _running([*command, *credentials], port):
        yield port


@contextmanager
def tinyproxy(folder: Path, *, login: bool = False, ports: Sequence[int] = ()) -> Iterator[int]:
    """Run an HTTP proxy, with a login if so, that connects to some ports or to all; yield its port.

    :param folder: for its configuration.
    """
    port = _free_port()
    lines = [f"Port {port}", "Listen 127.0.0.1", "Timeout 60", "MaxClients 20"]
    lines += [f"BasicAuth {USERNAME} {PASSWORD}"] if login else []
    lines += [f"ConnectPort {number}" for number in ports]
    configuration = folder / f"tinyproxy-{port}.conf"
    configuration.write_text("\n".join(lines) + "\n", encoding="ascii")
    program = _program("tinyproxy-bin", "tinyproxy")
    with _running([str(program), "-d", "-c", str(configuration)], port):
        yield port


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


@contextmanager
def _running(command: Sequence[str], port: int) -> Iterator[None]:
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            _wait_for(port)
            yield
        finally:
            # Asked to end, tinyproxy waits for the next connection.
            process.kill()


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return


def _program(package: str, name: str) -> Path:
    """The program of a Debian package, unpacked into the cache."""
    folder = cache() / "debian" / package
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            partial = folder.with_name(f"{package}.partial")
            shutil.rmtree(partial, ignore_errors=True)
            partial.mkdir()
            _run("apt-get", "download", package, cwd=partial)
            (archive,) = partial.glob("*.deb")
            _run("dpkg-deb", "--extract", archive.name, ".", cwd=partial)
            partial.rename(folder)
    return folder / "usr" / "bin" / name


def _run(*command: str, cwd: Path) -> None:
    subprocess.run(command, cwd=cwd, check=True, capture_output=True, text=True)
