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

Kinds of workloads that a release has not can be left out of its Role.

## What the chart has besides

An upgrade reads and patches every object of the chart. The Roles below hold workloads, Secrets and
ConfigMaps. For each other kind that the chart of your release renders, such as a Service or an Ingress,
add a rule with the verbs {objects}; and for each kind that a hook of the chart makes on an upgrade, one
with {hooks}. A run names those rules, too: with `--check`, nothing is changed.

```console
helm get manifest RELEASE --namespace NAMESPACE | grep '^kind:' | sort -u
```

To list Secrets cannot be limited to some of them: Helm finds the records of a release by their labels.
"""

BINDING = """\
## To whom the Role is given

```yaml
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata: {name: mailops-configure, namespace: NAMESPACE}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: mailops-configure}
subjects:
  - {kind: ServiceAccount, name: mailops, namespace: NAMESPACE}
```
"""


def page(head: str) -> str:
    """The page.

    :param head: its first lines.
    """
    verbs = {"objects": _verbs(needs.ON_OBJECT), "hooks": _verbs(needs.ON_HOOK)}
    parts = [head, INTRODUCTION.format(**verbs), *map(_work, needs.WORKS), BINDING]
    return "\n".join(parts)


def _work(work: Work) -> str:
    lines = [f"## {work.title}\n", "| resource | verbs | to |", "|---|---|---|", *_rows(work.needs)]
    return "\n".join([*lines, "", "```yaml", yaml.safe_dump(role(work), sort_keys=False) + "```\n"])


def _rows(wanted: Sequence[Need]) -> Iterator[str]:
    for need in dict.fromkeys(wanted):
        group = f" ({need.group})" if need.group else ""
        wish = " (can be left out: the run says what it does not see then)" if need.optional else ""
        yield f"| {need.resource}{group} | {_verbs(need.verbs)} | {need.why}{wish} |"


def _verbs(verbs: Sequence[str]) -> str:
    return ", ".join(f"`{verb}`" for verb in verbs)


def role(work: Work) -> dict[str, Any]:
    """The Role for one kind of work."""
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": f"mailops-{work.name}", "namespace": "NAMESPACE"},
        "rules": needs.rules(work.needs),
    }
