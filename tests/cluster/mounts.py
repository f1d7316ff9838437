# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node's own view of the file system.

Kubernetes writes to fixed places of the host (/run, /var/lib, /var/log, kernel settings). In the
node's mount namespace these are other files, and all of it is gone with the namespace.
"""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

_MS_BIND = 0x1000
_MS_REC = 0x4000
_MS_PRIVATE = 0x40000
_MS_SHARED = 0x100000
"""Flags of mount(2), linux/mount.h."""

_KERNEL_SETTINGS: Mapping[str, str] = {
    "kernel/keys/root_maxbytes": "25000000",
    "kernel/keys/root_maxkeys": "1000000",
    "kernel/panic": "10",
    "kernel/panic_on_oops": "1",
    "vm/overcommit_memory": "1",
    "vm/panic_on_oom": "0",
}
"""What kubelet wants these to be (pkg/util/sysctl); it writes those that differ."""

_libc = ctypes.CDLL(None, use_errno=True)


def mount(source: str, target: Path, filesystem: str = "", options: str = "") -> None:
    """Mount a file system at ``target``. :raises OSError: as mount(2)."""
    _mount(source, target, filesystem, 0, options)


def bind(source: str | Path, target: Path) -> None:
    """Show ``source``, and what is mounted in it, at ``target`` as well."""
    _mount(str(source), target, "", _MS_BIND | _MS_REC, "")


def detach_from_host() -> None:
    """Let no mount travel between host and node; within the node, pods see kubelet's mounts."""
    _mount("none", Path("/"), "", _MS_PRIVATE | _MS_REC, "")
    _mount("none", Path("/"), "", _MS_SHARED | _MS_REC, "")


def cover(folder: Path, keep: Iterable[Path]) -> None:
    """Put an empty tmpfs over ``folder``; paths in ``keep`` that are below it stay visible."""
    kept = {path: os.open(path, os.O_PATH) for path in keep if path.is_relative_to(folder)}
    mount("tmpfs", folder, "tmpfs", "mode=755")
    for path, descriptor in kept.items():
        path.mkdir(parents=True, exist_ok=True)
        bind(f"/proc/self/fd/{descriptor}", path)
        os.close(descriptor)


def cover_kernel_settings(scratch: Path) -> None:
    """Let kubelet find the kernel settings as it wants them, and leave the host's alone."""
    for name, value in _KERNEL_SETTINGS.items():
        setting = Path("/proc/sys", name)
        if setting.exists():
            stand_in = scratch / name.replace("/", ".")
            stand_in.write_text(f"{value}\n", encoding="ascii")
            bind(stand_in, setting)


def _mount(source: str, target: Path, filesystem: str, flags: int, options: str) -> None:
    arguments = (text.encode() for text in (source, str(target), filesystem))
    if _libc.mount(*arguments, ctypes.c_ulong(flags), options.encode()) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"cannot mount {source}: {os.strerror(number)}", str(target))
