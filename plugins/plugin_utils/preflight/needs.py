# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which rights each kind of work needs, as data: what is asked for before it, and docs/rights.md. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import WORKLOADS
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import Hook
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Object


@dataclass(frozen=True)
class Need:
    """Verbs on one resource.

    :param resource: the plural, with the subresource after a slash.
    :param why: the end of the sentence "needed to …".
    :param group: the API group; empty for the core.
    :param optional: whether the work can be done without it, in a weaker way.
    :param kinds: the kinds of workloads for which it is needed; empty for whatever a release has.
    :param namespace: `None` for the release's, empty for an object that has none.
    :param names: the objects that it is about; empty for any.
    """

    resource: str
    verbs: tuple[str, ...]
    why: str
    group: str = ""
    optional: bool = False
    kinds: tuple[str, ...] = ()
    namespace: str | None = None
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Work:
    """One kind of work, with all that it needs."""

    name: str
    title: str
    needs: tuple[Need, ...]


def _of_workloads(verbs: tuple[str, ...], why: str, *, optional: bool = False) -> tuple[Need, ...]:
    return tuple(
        Need(resource, verbs, why, group="apps", optional=optional, kinds=(kind,))
        for kind, resource in WORKLOADS.items()
    )


_ENTERED = ("create", "get")
"""The API server of Kubernetes up to 1.34 asks for get when the client speaks WebSocket."""

RECORDS = Need("secrets", ("list",), "find Helm's records of the release")

RELEASE = "RELEASE"
"""Stands for the name of the release in the name of an object, and on the page of the rights."""
LEASE = f"mailops-smtp-{RELEASE}"
"""The Lease of a release. Roles name it, because whoever may write all Leases may disturb others."""

_LEFT = Need(
    "leases",
    ("get",),
    "see whether a run of an older version has left the release unfinished",
    group="coordination.k8s.io",
    names=(LEASE,),
)

READ = (RECORDS,)

VERIFY = (
    RECORDS,
    _LEFT,
    *_of_workloads(("get",), "look at the workloads"),
    Need("pods", ("get", "list"), "find the pods of the workloads"),
    Need("secrets", ("get",), "tell what the pods get"),
    Need("configmaps", ("get",), "tell what the pods get"),
    Need(
        "replicasets",
        ("list",),
        "tell the pods of an older revision",
        group="apps",
        kinds=("Deployment",),
    ),
    Need(
        "controllerrevisions",
        ("list",),
        "tell the pods of an older revision",
        group="apps",
        kinds=("DaemonSet",),
    ),
    Need("pods/exec", _ENTERED, "see what the containers really have", optional=True),
    Need("events", ("list",), "say why a pod does not become ready", optional=True),
    Need("pods/log", ("get",), "quote the last words of a pod that fails", optional=True),
)

_POLICIES = Need(
    "networkpolicies",
    ("list",),
    "name the NetworkPolicies that are in the way",
    group="networking.k8s.io",
    optional=True,
)

_PROBED = (
    RECORDS,
    Need("secrets", ("get",), "log in as a Secret says (smtp_existing_secret)", optional=True),
    *_of_workloads(("get",), "look at the workloads"),
    Need("pods", ("list",), "find the pods of the workloads"),
    _POLICIES,
)

PROBE = (*_PROBED, Need("pods/exec", _ENTERED, "probe from a pod"))

PROBE_EPHEMERAL = (
    *_PROBED,
    Need("pods/ephemeralcontainers", ("patch",), "add a container to a pod"),
    Need("pods", ("get",), "see it start"),
    Need("pods/attach", _ENTERED, "talk to the probe in it"),
)

PROBE_JOB = (
    *_PROBED,
    Need("jobs", ("create", "delete"), "run the probe in a Job", group="batch"),
    Need("pods/attach", _ENTERED, "talk to the probe in it"),
)

RESTART = (
    *_of_workloads(("patch",), "upgrade the workloads and restart them"),
    *_of_workloads(("watch",), "see at once when the workloads have rolled", optional=True),
    Need(
        "pods",
        ("delete",),
        "roll a StatefulSet whose pods do not come up",
        kinds=("StatefulSet",),
    ),
    Need(
        "pods",
        ("delete",),
        "roll what waits for the deletion of its pods",
        optional=True,
        kinds=("DaemonSet",),
    ),
    Need(
        "leases",
        ("create",),
        "be the only run that works on the release",
        group="coordination.k8s.io",
    ),
    Need(
        "leases",
        ("get", "update"),
        "be the only run that works on the release",
        group="coordination.k8s.io",
        names=(LEASE,),
    ),
    Need(
        "secrets",
        ("create", "update", "patch"),
        "write down what it is about to change (the journal)",
    ),
)

MOUNT = (
    *RESTART,
    Need("configmaps", ("create", "patch", "delete"), "keep the CA for the pods"),
)
"""To bring a private CA into the pods, or to take it out of them, without an upgrade."""

CONFIGURE = (
    *VERIFY,
    _POLICIES,
    Need(
        "secrets",
        ("create", "update", "patch", "delete"),
        "let Helm keep the records of the release, and upgrade the Secrets of the chart",
    ),
    Need("configmaps", ("patch",), "upgrade the ConfigMaps of the chart", optional=True),
    *RESTART,
)

CONFIGURE_CA = (*CONFIGURE, *MOUNT)

WORKS = (
    Work("read", "Read the settings that are in use (smtp_read, the audit playbook)", READ),
    Work(
        "verify",
        "Verify, and see that there is nothing to change (smtp_verify, smtp_release)",
        VERIFY,
    ),
    Work("probe", "Probe the relay from a pod (smtp_probe)", PROBE),
    Work(
        "probe-ephemeral",
        "Probe from a container of its own (smtp_probe_from: ephemeral; to configure with it takes this besides)",
        PROBE_EPHEMERAL,
    ),
    Work(
        "probe-job",
        "Probe from a Job (smtp_probe_from: job; to configure with it takes this besides)",
        PROBE_JOB,
    ),
    Work(
        "configure",
        "Configure: probe, deploy, verify, prove and back out (the configure playbook, smtp_prove, "
        "smtp_back_out)",
        CONFIGURE,
    ),
    Work(
        "configure-ca",
        "Configure with a private CA that is mounted into the pods, and take it out (the remove_ca playbook)",
        CONFIGURE_CA,
    ),
)
"""Every kind of work, by what the Roles are named for."""


def for_workloads(needs: Iterable[Need], kinds: Collection[str]) -> list[Need]:
    """The needs, without those of kinds of workloads that a release has not."""
    return [need for need in needs if not need.kinds or set(need.kinds) & set(kinds)]


ON_OBJECT = ("get", "patch")
"""What Helm does with an object of the chart that is there already. New and vanishing ones are found by
the trial of the upgrade, which the API server answers with the same rights."""
ON_HOOK = ("get", "list", "watch", "create", "patch", "delete")
"""What Helm does with an object that a hook makes: it deletes it, makes it anew and waits for it. Helm 4
patches and watches, Helm 3 gets; who watches lists first where the API server does not stream lists."""


def of_chart(
    objects: Iterable[Object],
    hooks: Iterable[Hook],
    resources: Mapping[tuple[str, str], Any],
    namespace: str,
) -> list[Need]:
    """What an upgrade needs for the objects of the chart.

    :param objects: as the chart has rendered them.
    :param hooks: those that run with an upgrade.
    :param resources: what the API server says of each apiVersion and kind. A kind that it does not know
        is left to the trial of the upgrade.
    :param namespace: the release's.
    """
    names: dict[tuple[tuple[str, str], str | None, tuple[str, ...]], list[str | None]] = {}
    for thing, verbs in (
        *((thing, ON_OBJECT) for thing in objects),
        *((hook.object, ON_HOOK) for hook in hooks),
    ):
        kind = (str(thing.get("apiVersion")), str(thing.get("kind")))
        if kind in resources:
            metadata = thing.get("metadata") or {}
            own = metadata.get("namespace") or namespace
            place = None if own == namespace else str(own)
            place = place if resources[kind]["namespaced"] else ""
            names.setdefault((kind, place, verbs), []).append(metadata.get("name"))
    return [
        Need(
            resource=resources[kind]["name"],
            verbs=verbs,
            why="upgrade the objects of the chart"
            if verbs == ON_OBJECT
            else "run the hooks of the chart",
            group=kind[0].rpartition("/")[0],
            namespace=place,
            # One that has no name before it is made (generateName) takes the right for any.
            names=tuple(filter(None, found)) if all(found) else (),
        )
        for (kind, place, verbs), found in names.items()
    ]


def for_release(needs: Iterable[Need], release: str) -> list[Need]:
    """Return the needs with the names of the objects of a release."""
    return [
        replace(need, names=tuple(name.replace(RELEASE, release) for name in need.names))
        for need in needs
    ]


def can_name(verbs: Collection[str]) -> bool:
    """Return whether a rule for verbs can name the objects that it is for.

    Requests to create, list or watch carry no name
    (kubernetes.io/docs/reference/access-authn-authz/rbac, "Referring to resources").
    """
    return not {"create", "list", "watch"} & set(verbs)


def rule(
    group: str, resource: str, verbs: Collection[str], names: Collection[str] = ()
) -> dict[str, list[str]]:
    """Return the rule of a Role that gives verbs on a resource.

    :param names: of the only objects that it is for; empty for all.
    """
    named = {"resourceNames": sorted(names)} if names else {}
    return {"apiGroups": [group], "resources": [resource], **named, "verbs": sorted(verbs)}


def rules(needs: Iterable[Need]) -> list[dict[str, list[str]]]:
    """Return the rules that give all of the needs, one for each resource and the objects that are named of it."""
    verbs: dict[tuple[str, str, tuple[str, ...]], set[str]] = {}
    for need in needs:
        names = need.names if can_name(need.verbs) else ()
        verbs.setdefault((need.group, need.resource, names), set()).update(need.verbs)
    return [
        rule(group, resource, each, names)
        for (group, resource, names), each in sorted(verbs.items())
    ]
