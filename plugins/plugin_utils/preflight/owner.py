# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether something in the cluster keeps a release as it is written down elsewhere. Pure.

Terraform leaves no mark in the cluster, and is not found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.findings import CATALOGUE


@dataclass(frozen=True)
class Owner:
    """Who keeps a release.

    :param name: for people, with the object that says how it is to be.
    :param sign: how it was found out.
    :param place: where the values are to be committed.
    """

    name: str
    sign: str
    place: str

    def finding(self, release: str) -> Finding:
        """What to tell about it."""
        return CATALOGUE.finding(
            "release-owned",
            where=f"release {release}",
            release=release,
            owner=self.name,
            sign=self.sign,
            place=self.place,
        )


ARGO_ID = "argocd.argoproj.io/tracking-id"
"""``APPLICATION:GROUP/KIND:NAMESPACE/NAME``
(argo-cd.readthedocs.io/en/stable/user-guide/resource_tracking)."""
ARGO_MANAGER = "argocd-controller"
"""The field manager of Argo CD's server-side apply."""
ARGO_INSTANCE = "app.kubernetes.io/instance"
FLUX_HELM = "helm.toolkit.fluxcd.io"
FLUX_KUSTOMIZE = "kustomize.toolkit.fluxcd.io"
"""Flux sets ``/name`` and ``/namespace`` of its own object as labels on all that it makes
(fluxcd.io/flux/components/helm/helmreleases, /kustomize/kustomizations)."""


def of_objects(objects: Iterable[Mapping[str, Any]]) -> Owner | None:
    """The owner that stands on one of the objects.

    :param objects: as they are in the cluster.
    """
    for thing in objects:
        found = _of_object(thing.get("metadata") or {})
        if found is not None:
            return found
    return None


def _of_object(metadata: Mapping[str, Any]) -> Owner | None:
    labels, notes = metadata.get("labels") or {}, metadata.get("annotations") or {}
    managers = {entry.get("manager") for entry in metadata.get("managedFields") or []}
    if ARGO_ID in notes:
        return _argo(notes[ARGO_ID].partition(":")[0], f"annotation {ARGO_ID}")
    if ARGO_MANAGER in managers:
        return _argo(labels.get(ARGO_INSTANCE, ""), f"field manager {ARGO_MANAGER}")
    for group, kind, place in (
        (FLUX_HELM, "HelmRelease", "in spec.values of"),
        (FLUX_KUSTOMIZE, "Kustomization", "in the source of"),
    ):
        if f"{group}/name" in labels:
            own = f"{kind} {labels.get(f'{group}/namespace', '')}/{labels[f'{group}/name']}"
            return Owner(f"Flux, {own}", f"label {group}/name", f"{place} {own}")
    return None


def _argo(application: str, sign: str) -> Owner:
    own = f"Application {application}".rstrip()
    return Owner(
        f"Argo CD, {own}",
        sign,
        f"as a values file of the source of {own} (spec.source.helm.valueFiles)",
    )


def of_helm_charts(
    charts: Iterable[Mapping[str, Any]], release: str, namespace: str
) -> Owner | None:
    """The HelmChart of k3s or RKE2 that installs a release (docs.k3s.io/add-ons/helm).

    :param charts: the objects of ``helm.cattle.io/v1``.
    """
    for chart in charts:
        metadata, spec = chart["metadata"], chart.get("spec") or {}
        target = spec.get("targetNamespace") or metadata["namespace"]
        if (metadata["name"], target) == (release, namespace):
            own = f"HelmChart {metadata['namespace']}/{metadata['name']}"
            return Owner(
                f"the Helm controller, {own}",
                "an object of helm.cattle.io/v1",
                f"in spec.valuesContent of {own}, or of a HelmChartConfig of the same name",
            )
    return None
