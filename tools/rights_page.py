# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/rights.md, made from the same data that a run asks the API server about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight import needs
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.needs import Need, Work

INTRODUCTION = """\
# Rights

What the user of `smtp_kubeconfig` needs in the namespace of the release, for each kind of work. Nothing
is needed outside of it, unless the chart itself has objects there.

Before anything is changed, the API server is asked for every one of these rights
(SelfSubjectAccessReview, which needs no right itself), and each that is missing is named with the rule
that gives it. A release that has all that is wanted is only looked at: that takes the rights of *verify*.

## How to use this page

1. Make the user, and a kubeconfig for it. The ServiceAccount has a namespace of its own: whoever may
   create pods in a namespace can run them as each of its ServiceAccounts, and would have these rights.

   ```console
   umask 077
   kubectl create namespace ACCOUNTS
   kubectl --namespace ACCOUNTS create serviceaccount mailops
   kubectl config view --minify --raw --flatten > mailops.kubeconfig
   kubectl --kubeconfig mailops.kubeconfig config unset users
   kubectl --kubeconfig mailops.kubeconfig config set-credentials mailops \\
     --token="$(kubectl --namespace ACCOUNTS create token mailops --duration 8h)"
   kubectl --kubeconfig mailops.kubeconfig config set-context --current --user mailops --namespace NAMESPACE
   ```

2. Take the Role of the work from below into a file. Write the namespace of the release in place of
   NAMESPACE, your release in place of RELEASE, and the namespace of the user in place of ACCOUNTS. Add the
   rules for what the chart has besides, and give the file to `kubectl apply --filename`. The binding to the
   user is a part of each.
3. Let `smtp_kubeconfig` name that file.

Kinds of workloads that a release has not can be left out of its Role.

## What the chart has besides

An upgrade reads and patches every object of the chart. The Roles below hold workloads, Secrets and
ConfigMaps. For each other kind that the chart of your release renders, such as a Service or an Ingress,
add a rule with the verbs {objects}; and for each kind that a hook of the chart makes on an upgrade, one
with {hooks}.
What has no namespace, such as a ClusterRole, needs the same in a ClusterRole with a ClusterRoleBinding.
A run names those rules, too: with `--check`, nothing is changed.

```console
helm get manifest RELEASE --namespace NAMESPACE | grep '^kind:' | sort -u
helm get hooks RELEASE --namespace NAMESPACE | grep '^kind:' | sort -u
```

What an upgrade is to make anew or to delete besides (`smtp_allow_changes`) takes `create` or `delete` of it.

## Who may write Secrets chooses the chart

Helm keeps the chart, the values and the objects of a release in Secrets of its namespace. **Who may write
Secrets of a namespace therefore chooses the chart of every release in it**, and the next upgrade or rollback
runs what that one has written, whoever starts it. Give `create`, `update` and `patch` of Secrets only to those who
may change the application anyway.

A run believes the live objects and not the record. It is stopped before anything is written, unless
`smtp_allow_changes` names the object exactly (`*` does not count), when an upgrade or a rollback would

- create or change rights (`rbac.authorization.k8s.io`),
- create, change or delete another object that has no namespace, or one in another namespace,
- change or delete an object whose live annotations do not name the release,
- run a hook that makes one of these, or a pod with an image, a service account, a volume or a privilege that no live
  pod of the release has.

What remains possible to who may write Secrets: to run any command in the images of the release, with its
service accounts and Secrets, and to have it upgraded or rolled back. `smtp_policy: {{chart_from_source: true}}` takes
the chart of an upgrade from `smtp_chart` alone, and compares the record with it. Hooks that this chart has by default
are run.

## What is not among them

To list Secrets cannot be limited to some of them: Helm finds the records of a release by their labels.

Two things are looked at outside of the namespace where that is allowed, and else are left out: whether a
HelmChart of k3s or RKE2 keeps the release (`list` of helmcharts in helm.cattle.io, for the cluster), and
which pods stand behind a relay that is a Service of another namespace (`get` of services and namespaces,
`list` of pods), before a NetworkPolicy is named.
"""


def page(head: str) -> str:
    """The page.

    :param head: its first lines.
    """
    verbs = {"objects": _verbs(needs.ON_OBJECT), "hooks": _verbs(needs.ON_HOOK)}
    parts = [head, INTRODUCTION.format(**verbs), *map(_work, needs.WORKS)]
    return "\n".join(parts)


def _work(work: Work) -> str:
    lines = [f"## {work.title}\n", "| resource | verbs | to |", "|---|---|---|", *_rows(work.needs)]
    text = yaml.safe_dump_all(
        [role(work), binding(work)], sort_keys=False, default_flow_style=None, width=110
    )
    return "\n".join([*lines, "", "```yaml", text + "```\n"])


def _rows(wanted: Sequence[Need]) -> Iterator[str]:
    for need in dict.fromkeys(wanted):
        group = f" ({need.group})" if need.group else ""
        wish = (
            " (can be left out: a warning says what the run does not see or do then)"
            if need.optional
            else ""
        )
        yield f"| {need.resource}{group} | {_verbs(need.verbs)} | {need.why}{wish} |"


def _verbs(verbs: Sequence[str]) -> str:
    return ", ".join(f"`{verb}`" for verb in verbs)


def binding(work: Work) -> dict[str, Any]:
    """Gives the Role to the user of the page."""
    name = f"mailops-{work.name}"
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "RoleBinding",
        "metadata": {"name": name, "namespace": "NAMESPACE"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": "mailops", "namespace": "ACCOUNTS"}],
    }


def role(work: Work) -> dict[str, Any]:
    """The Role for one kind of work."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": f"mailops-{work.name}", "namespace": "NAMESPACE"},
        "rules": needs.rules(work.needs),
    }
