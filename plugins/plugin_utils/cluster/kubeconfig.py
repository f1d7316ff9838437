# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which kubeconfig a run uses, what else the environment names, and whether a file is a kubeconfig."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse

USUAL = "~/.kube/config"
NAMING = ("K8S_AUTH_HOST", "K8S_AUTH_CONTEXT")
"""Variables of kubernetes.core, as AWX's Kubernetes credential sets them. They name a cluster."""
LISTS = ("clusters", "contexts", "users")


def default(environ: Mapping[str, str]) -> str:
    """Return the paths of the kubeconfigs that kubectl would read, joined as in ``KUBECONFIG``."""
    return environ.get("KUBECONFIG") or USUAL


def exists(paths: str) -> bool:
    """Return whether at least one of the joined paths is there."""
    return any(Path(path).exists() for path in _paths(paths))


def unused(environ: Mapping[str, str]) -> list[str]:
    """Return the variables that name a cluster and have no effect on which one a run uses."""
    found = [name for name in NAMING if environ.get(name)]
    other = environ.get("K8S_AUTH_KUBECONFIG")
    if other and not (exists(default(environ)) and _paths(other) == _paths(default(environ))):
        found.append("K8S_AUTH_KUBECONFIG")
    if environ.get("KUBECONFIG") and not exists(default(environ)):
        found.append("KUBECONFIG")
    return found


def problem(paths: str) -> str | None:
    """Return what is wrong with the shape of the kubeconfigs; `None` when nothing is.

    The text of a file is never quoted, because it holds tokens.

    :raises OSError: when one of the files cannot be read.
    """
    if not exists(paths):
        return f"{paths} does not exist"
    for path in filter(os.path.exists, _paths(paths)):
        wrong = _problem(path)
        if wrong is not None:
            return f"{path} is not a kubeconfig: {wrong}"
    return None


def _problem(path: str) -> str | None:
    try:
        found = parse.yaml_document(parse.read_file(Path(path)).decode("utf-8"))
    except UnicodeDecodeError:
        return "it is not text"
    except parse.UnreadableError as error:
        return str(error)
    if not isinstance(found, Mapping):
        return "it is empty" if found is None else f"it holds {_kind(found)} and no mapping"
    for name in LISTS:
        entries = found.get(name) or []
        if not (isinstance(entries, list) and all(_is_entry(entry, name) for entry in entries)):
            return f"{name} is not a list of mappings, each with a name and a {name[:-1]}"
    return None


def _is_entry(entry: Any, name: str) -> bool:
    return (
        isinstance(entry, Mapping)
        and isinstance(entry.get("name"), str)
        and isinstance(entry.get(name[:-1]) or {}, Mapping)
    )


def _kind(value: Any) -> str:
    if isinstance(value, str):
        return "one text"
    return "a list" if isinstance(value, list) else "one value"


def _paths(paths: str) -> list[str]:
    return [os.path.expanduser(path) for path in paths.split(os.pathsep) if path]
