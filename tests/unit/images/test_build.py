# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images are built from real packages; the smallest one shows how (a few seconds, needs root)."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.images.build import Image, ImageError, build

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or shutil.which("mmdebstrap") is None,
    reason="building an image needs root and the Debian package mmdebstrap",
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _own_cache(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))


@pytest.fixture
def image(tmp_path: Path) -> Image:
    script = tmp_path / "hello"
    script.write_text("#!/bin/busybox sh\necho hello\n", encoding="ascii")
    script.chmod(0o755)
    data = tmp_path / "data"
    data.write_text("some data\n", encoding="ascii")
    return Image(
        name="mailops.test/hello:1",
        packages=("busybox-static",),
        files={"/bin/hello": script, "/srv/data": data},
        command=("/bin/hello",),
        env={"GREETING": "hello"},
        user="65534:65534",
        setup=("busybox echo 'set up' > /etc/mark",),
    )


def read(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as tar:
        member = tar.extractfile(name)
        assert member is not None
        return member.read()


def manifest(archive: Path) -> dict[str, Any]:
    [entry] = json.loads(read(archive, "manifest.json"))
    return dict(entry)


def root_names(archive: Path) -> set[str]:
    with tarfile.open(archive) as tar:
        layer = tar.extractfile(manifest(archive)["Layers"][0])
        with tarfile.open(fileobj=layer) as root:
            return {name.removeprefix("./") for name in root.getnames()}


def test_the_archive_is_one_that_containerd_imports(image: Image) -> None:
    archive = build(image)
    entry = manifest(archive)
    config = json.loads(read(archive, entry["Config"]))
    assert entry["RepoTags"] == ["mailops.test/hello:1"]
    assert config["config"]["Cmd"] == ["/bin/hello"]
    assert config["config"]["Env"] == ["GREETING=hello"]
    assert config["config"]["User"] == "65534:65534"
    digests = [hashlib.sha256(read(archive, layer)).hexdigest() for layer in entry["Layers"]]
    assert config["rootfs"]["diff_ids"] == [f"sha256:{digest}" for digest in digests]


def test_the_root_holds_the_packages_and_what_the_set_up_made(image: Image) -> None:
    names = root_names(build(image))
    assert {"bin/busybox", "etc/mark"} <= names


def test_an_image_holds_nothing_of_this_machine(image: Image) -> None:
    names = root_names(build(image))
    assert not {"etc/hostname", "etc/resolv.conf", "etc/apt/sources.list"} & names
    assert not any(name.startswith("etc/apt/sources.list.d") for name in names)


def test_project_files_keep_their_executable_bit(image: Image) -> None:
    archive = build(image)
    with tarfile.open(archive) as tar:
        files = tar.extractfile(manifest(archive)["Layers"][1])
        with tarfile.open(fileobj=files) as layer:
            assert {member.name: member.mode for member in layer} == {
                "bin/hello": 0o755,
                "srv/data": 0o644,
            }


def test_the_same_image_is_not_built_again(image: Image) -> None:
    first = build(image)
    written = first.stat().st_mtime_ns
    assert build(image) == first
    assert first.stat().st_mtime_ns == written


def test_a_changed_file_gives_a_new_image_on_the_same_root(image: Image) -> None:
    before = build(image)
    image.files["/srv/data"].write_text("other data\n", encoding="ascii")
    after = build(image)
    assert before != after
    assert manifest(before)["Layers"][0] == manifest(after)["Layers"][0]
    assert manifest(before)["Layers"][1] != manifest(after)["Layers"][1]


def test_a_failed_build_says_why_and_leaves_nothing_behind(image: Image, cache: Path) -> None:
    with pytest.raises(ImageError, match="no-such-command"):
        build(replace(image, setup=("no-such-command",)))
    assert not list(cache.rglob("*.partial"))
