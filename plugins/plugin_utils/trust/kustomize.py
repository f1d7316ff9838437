# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What brings a CA into pods, as the files of a Kustomize component. Pure.

A component is named by the kustomization of somebody else, and patches what that one renders
(https://kubectl.docs.kubernetes.io/guides/config_management/components/). Its list of patches is also
what a HelmRelease of Flux takes (https://fluxcd.io/flux/components/helm/helmreleases/#post-renderers).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import indent
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import yaml_text
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import Mount

KUSTOMIZATION = "kustomization.yaml"
ALSO_KUSTOMIZATION = ("kustomization.yml", "Kustomization")
"""Names that Kustomize takes too, but not two of them in one folder."""
CONFIG_MAPS = "config-maps.yaml"
INDENT = "  "


def head_of(namespace: str, release: str) -> str:
    """How a file begins that is written here for a release."""
    return (
        f"# The private CA of the mail relay for release {release} in namespace {namespace}; "
        "mailops.smtp writes this file.\n---\n"
    )


def component(mounts: Sequence[Mount], namespace: str, release: str) -> dict[str, str]:
    """The texts of the files, by their names.

    :param mounts: all that is to be mounted.
    :param namespace: of the workloads and the release.
    """
    first = head_of(namespace, release)
    head = {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "resources": [CONFIG_MAPS],
    }
    maps = [_config_map(mount.config_map, namespace) for mount in mounts if mount.config_map]
    patches = [_patch(mount.applied) for mount in mounts]
    return {
        KUSTOMIZATION: "".join((first, yaml_text.dump(head), "patches:\n", *patches)),
        CONFIG_MAPS: first + "---\n".join(maps),
    }


def _config_map(body: Mapping[str, Any], namespace: str) -> str:
    metadata = body["metadata"]
    head = {
        "apiVersion": body["apiVersion"],
        "kind": body["kind"],
        # Without its owner, which is known by a number of this cluster alone.
        "metadata": {
            "name": metadata["name"],
            "namespace": namespace,
            "labels": metadata["labels"],
        },
    }
    files = "".join(_block(name, text) for name, text in body["data"].items())
    return f"{yaml_text.dump(head)}data:\n{indent(files, INDENT)}"


def _patch(body: Mapping[str, Any]) -> str:
    group, _slash, version = body["apiVersion"].partition("/")
    target = {
        "group": group,
        "version": version,
        "kind": body["kind"],
        "name": body["metadata"]["name"],
    }
    entry = yaml_text.dump({"target": target}) + _block("patch", yaml_text.dump(body))
    return f"- {indent(entry, INDENT).removeprefix(INDENT)}"


def _block(key: str, text: str) -> str:
    """An entry whose value is a text of several lines, as it stands."""
    return f"{key}: |\n{indent(text, INDENT)}"
