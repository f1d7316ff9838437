# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what mounts a private CA for whoever keeps the release by what is committed elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.owner import Owner
from ansible_collections.mailops.smtp.plugins.plugin_utils.target import file
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.kustomize import (
    ALSO_KUSTOMIZATION,
    KUSTOMIZATION,
    component,
    head_of,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import Mount


@dataclass(frozen=True)
class Outcome:
    """What became of the files, and what there is to say about it."""

    changed: bool = False
    findings: tuple[Finding, ...] = ()


def commit(
    mounts: Sequence[Mount],
    owner: Owner | None,
    namespace: str,
    release: str,
    dest: str | None,
    *,
    check: bool,
) -> Outcome:
    """Writes what is to be committed, unless all of it is in the cluster.

    :param mounts: all that is to be mounted.
    :param owner: who keeps the workloads; `None` for one who installs a chart and leaves no sign on them.
    :param dest: the folder, when it is known.
    :raises FindingError: when it cannot be written.
    """
    if all(mount.there for mount in mounts):
        return Outcome()
    if owner is None:
        return Outcome(findings=(CATALOGUE.finding("ca-not-for-the-owner", where="smtp_ca_mode"),))
    facts: dict[str, Any] = {"where": "smtp_ca_dest", "owner": owner.name}
    if dest is None:
        return Outcome(findings=(CATALOGUE.finding("ca-dest-wanted", **facts),))
    texts = component(mounts, namespace, release)
    changed = write(Path(dest), texts, head_of(namespace, release), check=check)
    written = "would be written" if check and changed else "is written"
    return Outcome(
        changed, (CATALOGUE.finding("ca-to-commit", written=written, path=dest, **facts),)
    )


def write(folder: Path, texts: Mapping[str, str], head: str, *, check: bool) -> bool:
    """Puts the files of a component into a folder of their own, and makes that if it is not there.

    :param head: how the files of this release begin.
    :returns: whether one of them changes.
    :raises FindingError: when they cannot be written, or somebody else's would be lost.
    """
    try:
        before = {name: file.read(folder / name) for name in texts}
        foreign = [name for name in ALSO_KUSTOMIZATION if (folder / name).exists()]
        foreign += [
            name
            for name, there in before.items()
            if there is not None and not there.startswith(head.encode())
        ]
        if foreign:
            names = " and ".join(foreign)
            raise _unwritable(folder, f"{names} in it was not written for this release")
        changed = {name: text for name, text in texts.items() if text.encode() != before[name]}
        if check:
            file.require_writable(folder / KUSTOMIZATION if folder.is_dir() else folder)
        elif changed:
            folder.mkdir(exist_ok=True)
            for name, text in changed.items():
                file.replace(folder / name, text)
    except (file.UnsafeFileError, parse.UnreadableError) as error:
        raise _unwritable(folder, str(error)) from None
    except OSError as error:
        raise _unwritable(folder, str(error.strerror)) from error
    return bool(changed)


def _unwritable(folder: Path, problem: str) -> FindingError:
    return FindingError(
        CATALOGUE.finding("ca-dest-unwritable", where="smtp_ca_dest", path=folder, problem=problem)
    )
