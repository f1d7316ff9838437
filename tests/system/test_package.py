# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The package that users install: it holds what is needed and no more, and works from anywhere."""

from __future__ import annotations

import json
import subprocess
import tarfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.apps.invitations.release import Release
from tests.harness.lab import USER, Lab
from tests.harness.playbook import ROOT, VENV, environment, play, write_inputs
from tests.system.conftest import PLAYBOOK

TOP = {
    *("CHANGELOG.rst", "COPYING", "LICENSES", "README.md", "REUSE.toml", "SECURITY.md"),
    *("changelogs", "docs", "meta", "playbooks", "plugins", "profiles", "roles"),
    "requirements.txt",  # of the controller; meta/execution-environment.yml names it
    *("FILES.json", "MANIFEST.json"),  # written by ansible-galaxy
}
LIMIT = 720_000
"""Bytes: of the archive, and of any file in it. Half of it is the documentation, the profiles and their pages."""

MODULES = {f"mailops.smtp.smtp_{name}" for name in ("config", "probe", "release", "verify")}


@pytest.fixture(scope="module", autouse=True)
def without_the_checkout() -> Iterator[None]:
    """Ansible also takes a collection from PYTHONPATH, by which the tests find that of the checkout."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)
        yield


def run(*command: str, collections: Path) -> str:
    """What a command of Ansible's prints, which knows one folder of collections."""
    done = subprocess.run(
        [str(VENV / "bin" / command[0]), *command[1:]],
        env=environment(Path("no-cluster"), collections),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package, built of the checkout as it is."""
    folder = tmp_path_factory.mktemp("archive")
    run(
        *("ansible-galaxy", "collection", "build", str(ROOT), "--output-path", str(folder)),
        collections=folder,
    )
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def files(archive: Path) -> dict[str, int]:
    """The files in the package and their sizes."""
    with tarfile.open(archive) as package:
        return {member.name: member.size for member in package if member.isfile()}


@pytest.fixture(scope="module")
def installed(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of collections in which nothing is but the package."""
    folder = tmp_path_factory.mktemp("empty")
    run(
        *("ansible-galaxy", "collection", "install", str(archive)),
        *("-p", str(folder), "--offline"),
        collections=folder,
    )
    return folder


def test_the_package_holds_what_users_need_and_no_more(files: dict[str, int]) -> None:
    assert {name.partition("/")[0] for name in files} == TOP


def test_nothing_in_the_package_was_built_or_left_by_a_tool(files: dict[str, int]) -> None:
    kept = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert set(files) - {"FILES.json", "MANIFEST.json"} <= set(kept)
    assert not [name for name in files if any(part[0] == "." for part in Path(name).parts)]


def test_the_package_is_small(archive: Path, files: dict[str, int]) -> None:
    assert {name: size for name, size in files.items() if size > LIMIT} == {}
    assert archive.stat().st_size < LIMIT


def test_every_module_is_documented_where_it_is_installed(installed: Path) -> None:
    found = json.loads(
        run("ansible-doc", "--json", "--type=module", *sorted(MODULES), collections=installed)
    )
    assert set(found) == MODULES
    for name, page in found.items():
        assert Path(page["doc"]["filename"]).is_relative_to(installed), name
        assert page["examples"], name
        assert page["return"], name


def test_every_role_is_documented_where_it_is_installed(installed: Path) -> None:
    roles = {f"mailops.smtp.{path.name}" for path in (ROOT / "roles").iterdir()}
    found = json.loads(
        run("ansible-doc", "--json", "--type=role", *sorted(roles), collections=installed)
    )
    assert set(found) == roles
    for name, page in found.items():
        assert Path(page["path"]).is_relative_to(installed), name
        assert page["entry_points"]["main"]["options"], name


@pytest.mark.node
def test_the_playbook_run_by_name_from_there_delivers_mail(
    lab: Lab,
    release: Release,
    installed: Path,
    tmp_path: Path,
) -> None:
    variables = lab.description(release)
    lab.relay.set_user(USER, variables["smtp_password"])
    inventory, _ = write_inputs(tmp_path, {release.name: variables})
    played = play(PLAYBOOK, inventory, lab.kubeconfig, "-vv", collections=installed)
    assert played.returncode == 0, played.output
    tasks = [line for line in played.output.splitlines() if line.startswith("task path: ")]
    assert tasks
    assert all(line.startswith(f"task path: {installed}/") for line in tasks)
    address = f"user-{uuid.uuid4().hex[:8]}@example.org"
    assert release.invite(address).status == 202
    assert lab.relay.wait_for_message(address).sasl_user == USER
