# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build container images from Debian packages, without a container engine and without a registry.

An image has at most two layers: the root that mmdebstrap extracts from the Debian packages, and
the project's own files on top. The root is cached apart from the files, so that a change of a
project file rebuilds in a second. The result is a docker-archive tar, the format that
``ctr images import``, ``docker load`` and ``podman load`` read.

No package's maintainer script runs (mmdebstrap's variant "extract"), so no service is ever
started; an image does in its ``setup`` commands what it needs of that work.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import os
import shlex
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_APT = Path("/etc/apt")
_EPOCH = 0
"""Time stamp (seconds since 1970) of all that would otherwise carry the time of the build."""

_EXCLUDED = (
    "/usr/share/bug/*",
    "/usr/share/doc/*",
    "/usr/share/info/*",
    "/usr/share/lintian/*",
    "/usr/share/locale/*",
    "/usr/share/man/*",
    "/usr/lib/*/gconv/*",
    # Perl comes with debconf and adduser, which only maintainer scripts use.
    "/usr/bin/perl*",
    "/usr/lib/*/perl*",
    "/usr/share/perl*",
)
"""Files of Debian packages that no image needs (patterns of dpkg's ``path-exclude``)."""

_OF_THIS_MACHINE = (
    "etc/apt/sources.list*",
    "etc/apt/apt.conf.d/99mmdebstrap",
    "etc/hostname",
    "etc/resolv.conf",
)
"""What mmdebstrap copies from this machine and an image must not hold (relative to the root)."""


class ImageError(Exception):
    """An image could not be built. The message names the cause and what to do."""


@dataclass(frozen=True)
class Image:
    """Definition of a container image.

    :param name: reference with a tag, like ``mailops.test/postfix:1``.
    :param packages: Debian packages, extracted with what they depend on.
    :param files: absolute path in the image → file of the project. A file that is executable in
        the project is executable in the image.
    :param command: what a container runs when its pod names no command.
    :param env: environment variables of every container.
    :param user: ``uid`` or ``uid:gid``, numeric, so that Kubernetes can enforce runAsNonRoot.
    :param setup: commands for ``busybox sh``, run in this order inside the root while it is built
        (needs the package busybox-static).
    """

    name: str
    packages: Sequence[str]
    files: Mapping[str, Path] = field(default_factory=dict)
    command: Sequence[str] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    user: str = "0:0"
    setup: Sequence[str] = ()


def build(image: Image) -> Path:
    """Return the image's docker-archive tar; build it when the cache does not hold it yet.

    :raises ImageError: a tool or a package is missing, or a setup command failed.
    """
    system = _System.read()
    digest = _digest(system.key, repr(_definition(image)), *_file_digests(image))
    archive = cache_dir() / f"{digest}.tar"
    if archive.exists():
        return archive
    with _lock():
        if not archive.exists():
            root = _build_root(image, system)
            with _atomic(archive) as partial:
                _write_archive(image, system.architecture, root, partial)
    return archive


def cache_dir() -> Path:
    """Folder that holds the images of this user."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "mailops-smtp" / "images"


@dataclass(frozen=True)
class _System:
    """What the machine says about packages: architecture, release, and where apt gets them."""

    architecture: str
    suite: str
    sources: tuple[Path, ...]

    @property
    def key(self) -> str:
        return f"{self.architecture} {self.suite}"

    @classmethod
    def read(cls) -> _System:
        try:
            architecture = _output("dpkg", "--print-architecture")
        except FileNotFoundError as error:
            raise ImageError(
                "dpkg is not on this machine: images are built from the machine's own Debian"
                " packages. Run this on Debian, as root."
            ) from error
        os_release = dict(
            line.split("=", 1)
            for line in Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
            if "=" in line
        )
        suite = os_release.get("VERSION_CODENAME", "").strip('"')
        candidates = [_APT / "sources.list", *sorted((_APT / "sources.list.d").glob("*"))]
        sources = tuple(path for path in candidates if _serves(path, suite))
        if not sources:
            raise ImageError(
                f"no apt source of this machine offers the release {suite or '(unknown)'!r} with"
                f" the component main (looked in {_APT}): add Debian's own source there."
            )
        return cls(architecture, suite, sources)


def _serves(path: Path, suite: str) -> bool:
    if path.suffix not in {".list", ".sources"} or not path.is_file():
        return False
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    return {suite, "main"} <= words


def _definition(image: Image) -> dict[str, object]:
    return {
        "name": image.name,
        "packages": sorted(image.packages),
        "command": list(image.command),
        "env": dict(sorted(image.env.items())),
        "user": image.user,
        "setup": list(image.setup),
    }


def _file_digests(image: Image) -> Iterator[str]:
    for target, source in sorted(image.files.items()):
        yield f"{target} {_mode(source):o} {_sha256(source)}"


def _build_root(image: Image, system: _System) -> Path:
    """Extract the packages and run the setup commands; returns a tar of the root, cached."""
    key = _digest(system.key, *sorted(image.packages), "", *image.setup)
    root = cache_dir() / f"root-{key}.tar"
    if root.exists():
        return root
    started = time.monotonic()
    _say(f"image {image.name}: extracting {', '.join(image.packages)} …")
    with _atomic(root) as partial, tempfile.TemporaryDirectory() as scratch:
        apt_conf = Path(scratch) / "apt.conf"
        apt_conf.write_text(_apt_configuration(), encoding="utf-8")
        _mmdebstrap(image, system, apt_conf, partial)
    size = root.stat().st_size / 1e6
    _say(f"image {image.name}: root of {size:.0f} MB in {time.monotonic() - started:.1f} s")
    return root


def _apt_configuration() -> str:
    """How this machine's apt reaches its sources (a proxy, certificates); options only."""
    lines = _output("apt-config", "dump").splitlines()
    return "".join(f"{line}\n" for line in lines if line.startswith("Acquire::"))


def _mmdebstrap(image: Image, system: _System, apt_conf: Path, target: Path) -> None:
    hooks = [
        # The mount points that the package base-files would bring.
        '--setup-hook=mkdir -p "$1/dev" "$1/proc" "$1/run" "$1/sys"',
        *(f'--extract-hook=chroot "$1" /bin/busybox sh -euc {shlex.quote(command)}'
          for command in image.setup),
        f"--extract-hook=cd \"$1\" && rm -rf {' '.join(_OF_THIS_MACHINE)}",
    ]  # fmt: skip
    command = [
        "mmdebstrap", "--mode=root", "--variant=extract", "--format=tar", "--skip=output/dev",
        f"--include={','.join(image.packages)}", f"--aptopt={apt_conf}",
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in _EXCLUDED),
        *hooks, system.suite, str(target), *map(str, system.sources),
    ]  # fmt: skip
    try:
        done = subprocess.run(
            command,
            env={**os.environ, "SOURCE_DATE_EPOCH": str(_EPOCH), "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise ImageError(
            "mmdebstrap is not on this machine: install the Debian package mmdebstrap."
        ) from error
    if done.returncode:
        tail = "\n  ".join(done.stderr.strip().splitlines()[-12:])
        raise ImageError(
            f"mmdebstrap could not build the root of {image.name} (exit code {done.returncode})."
            " It needs root, and a reachable apt source (try `apt-get update`). It said:\n"
            f"  {tail}"
        )


def _write_archive(image: Image, architecture: str, root: Path, target: Path) -> None:
    files = _files_layer(image)
    layers = {_sha256(root): root.stat().st_size}
    if image.files:
        layers[hashlib.sha256(files).hexdigest()] = len(files)
    config = _json(
        {
            "architecture": architecture,
            "os": "linux",
            "config": {
                "Cmd": list(image.command),
                "Env": [f"{name}={value}" for name, value in sorted(image.env.items())],
                "User": image.user,
                "WorkingDir": "/",
            },
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{digest}" for digest in layers]},
        }
    )
    config_name = f"{hashlib.sha256(config).hexdigest()}.json"
    names = [f"{digest}.tar" for digest in layers]
    manifest = _json([{"Config": config_name, "RepoTags": [image.name], "Layers": names}])
    with tarfile.open(target, "w") as archive, root.open("rb") as root_layer:
        _add(archive, "manifest.json", manifest)
        _add(archive, config_name, config)
        archive.addfile(_member(names[0], root.stat().st_size, 0o644), root_layer)
        for name in names[1:]:
            _add(archive, name, files)


def _files_layer(image: Image) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as layer:
        for target, source in sorted(image.files.items()):
            _add(layer, target.lstrip("/"), source.read_bytes(), _mode(source))
    return buffer.getvalue()


def _add(archive: tarfile.TarFile, name: str, content: bytes, mode: int = 0o644) -> None:
    archive.addfile(_member(name, len(content), mode), io.BytesIO(content))


def _member(name: str, size: int, mode: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode, member.mtime = size, mode, _EPOCH
    return member


def _mode(source: Path) -> int:
    return 0o755 if os.access(source, os.X_OK) else 0o644


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True).encode()


def _digest(*parts: str) -> str:
    """Key of a result in the cache: what it is made of, this recipe included."""
    recipe = _sha256(Path(__file__))
    return hashlib.sha256("\0".join([recipe, *parts]).encode()).hexdigest()


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def _lock() -> Iterator[None]:
    """One build at a time for this user: a second checkout then finds the result in the cache."""
    cache_dir().mkdir(parents=True, exist_ok=True)
    with (cache_dir() / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _atomic(path: Path) -> Iterator[Path]:
    """Give a file to write beside ``path``, which takes its place only when all went well."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _say(message: str) -> None:
    print(message, file=sys.stderr, flush=True)
