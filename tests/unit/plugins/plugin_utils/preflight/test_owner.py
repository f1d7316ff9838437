# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who keeps a release is told by what it leaves on the objects."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.owner import (
    of_helm_charts,
    of_objects,
)


def thing(**metadata: Any) -> dict[str, Any]:
    return {"kind": "Deployment", "metadata": {"name": "api", **metadata}}


PLAIN = thing(
    labels={"app.kubernetes.io/instance": "hub", "app.kubernetes.io/managed-by": "Helm"},
    annotations={"meta.helm.sh/release-name": "hub"},
    managedFields=[{"manager": "helm"}],
)


@pytest.mark.parametrize(
    ("metadata", "name", "place"),
    [
        (
            {"annotations": {"argocd.argoproj.io/tracking-id": "mail:apps/Deployment:x/api"}},
            "Argo CD, Application mail",
            "spec.source.helm.valueFiles",
        ),
        (
            {
                "managedFields": [{"manager": "argocd-controller"}],
                "labels": {"app.kubernetes.io/instance": "hub"},
            },
            "Argo CD, Application hub",
            "spec.source.helm.valueFiles",
        ),
        (
            {
                "labels": {
                    "helm.toolkit.fluxcd.io/name": "hub",
                    "helm.toolkit.fluxcd.io/namespace": "flux",
                }
            },
            "Flux, HelmRelease flux/hub",
            "in spec.values of HelmRelease flux/hub",
        ),
        (
            {
                "labels": {
                    "kustomize.toolkit.fluxcd.io/name": "apps",
                    "kustomize.toolkit.fluxcd.io/namespace": "flux",
                }
            },
            "Flux, Kustomization flux/apps",
            "in the source of Kustomization flux/apps",
        ),
    ],
    ids=["argo by annotation", "argo by field manager", "flux helm", "flux kustomize"],
)
def test_an_owner_is_named_with_the_place_to_commit_to(
    metadata: dict[str, Any], name: str, place: str
) -> None:
    owner = of_objects([PLAIN, thing(**metadata)])
    assert owner
    assert owner.name == name
    finding = owner.finding("hub")
    assert name in finding.message
    assert place in finding.fix


def test_a_release_of_helm_alone_has_no_owner() -> None:
    assert of_objects([PLAIN]) is None


def helm_chart(name: str, namespace: str, **spec: str) -> dict[str, Any]:
    return {"metadata": {"name": name, "namespace": namespace}, "spec": spec}


def test_a_helm_chart_owns_the_release_of_its_name_in_its_target_namespace() -> None:
    charts = [helm_chart("hub", "kube-system", targetNamespace="apps"), helm_chart("own", "apps")]
    owner = of_helm_charts(charts, "hub", "apps")
    assert owner
    assert "HelmChart kube-system/hub" in owner.name
    assert of_helm_charts(charts, "own", "apps")
    assert of_helm_charts(charts, "hub", "kube-system") is None
