# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of a component: what would be mounted, in the form that Kustomize and Flux take."""

from __future__ import annotations

from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle, patch
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.kustomize import (
    CONFIG_MAPS,
    KUSTOMIZATION,
    component,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounts import Mount
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    CMD,
    deployment,
)
from tools.application_pages import PRIVATE_CA


def mount(workload: Workload) -> Mount:
    state = deployment(workload.name)
    files = {f"{workload.container}.pem": bundle.text(PRIVATE_CA)}
    applied = patch.mounting(state, {workload: RUNTIMES["node"]}, files)
    return Mount(state, patch.config_map(state, files), applied)


MOUNTS = [mount(API), mount(CMD)]


def read(name: str) -> list[Any]:
    return list(yaml.safe_load_all(component(MOUNTS, "apps", "hub")[name]))


def test_the_component_names_its_config_maps_and_patches_each_workload() -> None:
    [found] = read(KUSTOMIZATION)
    assert found["kind"] == "Component"
    assert found["resources"] == [CONFIG_MAPS]
    assert [entry["target"] for entry in found["patches"]] == [
        {"group": "apps", "version": "v1", "kind": "Deployment", "name": name}
        for name in (API.name, CMD.name)
    ]


def test_a_patch_is_what_would_be_applied() -> None:
    [found] = read(KUSTOMIZATION)
    patches = [yaml.safe_load(entry["patch"]) for entry in found["patches"]]
    assert patches == [each.applied for each in MOUNTS]


def test_a_config_map_holds_the_same_files_in_its_namespace_and_has_no_owner() -> None:
    found = read(CONFIG_MAPS)
    assert [each["data"] for each in found] == [
        each.config_map["data"] for each in MOUNTS if each.config_map
    ]
    for each in found:
        assert each["metadata"]["namespace"] == "apps"
        assert "ownerReferences" not in each["metadata"]


def test_certificates_are_written_line_by_line_for_who_reads_the_difference() -> None:
    assert "\n    -----BEGIN CERTIFICATE-----\n" in component(MOUNTS, "apps", "hub")[CONFIG_MAPS]
