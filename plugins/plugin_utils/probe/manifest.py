# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that the probe adds to a cluster when it is asked to. Pure; fit for PodSecurity "restricted"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import bundle

CONTAINER = "smtp-probe"
NOBODY = 65532
"""A user that owns nothing in usual images."""

_OF_THE_WORKLOAD = (
    "serviceAccountName",
    "nodeSelector",
    "tolerations",
    "hostNetwork",
    "hostAliases",
    "dnsPolicy",
    "dnsConfig",
)
"""What decides by which way, and as whom, a pod's traffic goes out, and which names it knows."""

_WATCHDOG = (
    "import os, signal; signal.signal(signal.SIGALRM, lambda *_: os._exit(3)); signal.alarm({}); "
)
"""Ends the process: the first one of a container ignores a signal that it does not handle."""


def container(name: str, image: str, *, seconds: int) -> dict[str, Any]:
    """A container that waits for the probe on its standard input, and ends by itself.

    :param seconds: it lives at most.
    """
    interpreter, option, program = bundle.COMMAND
    return {
        "name": name,
        "image": image,
        "command": [interpreter, option, _WATCHDOG.format(seconds) + program],
        "stdin": True,
        "stdinOnce": True,
        "terminationMessagePolicy": "File",
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "runAsUser": NOBODY,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }


def job(
    name: str, image: str, template: Mapping[str, Any], *, pull_secret: str, seconds: int
) -> dict[str, Any]:
    """A Job whose pod goes the same way out as the workload's.

    Its pod has the workload's labels, so that the same NetworkPolicies and rules of a mesh count
    for it; it is never ready, so that no Service sends it anything.

    :param template: the workload's pod template.
    :param seconds: it lives at most, whatever becomes of the controller.
    """
    spec = template["spec"]
    resources = {
        "requests": {"cpu": "10m", "memory": "64Mi"},
        "limits": {"cpu": "500m", "memory": "128Mi"},
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": name},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": seconds,
            "ttlSecondsAfterFinished": 60,
            "template": {
                "metadata": {"labels": dict(template["metadata"].get("labels") or {})},
                "spec": {
                    **{key: spec[key] for key in _OF_THE_WORKLOAD if key in spec},
                    "automountServiceAccountToken": False,
                    "restartPolicy": "Never",
                    "terminationGracePeriodSeconds": 1,
                    "readinessGates": [{"conditionType": "mailops.smtp/never-ready"}],
                    **({"imagePullSecrets": [{"name": pull_secret}]} if pull_secret else {}),
                    "containers": [
                        {**container(CONTAINER, image, seconds=seconds), "resources": resources}
                    ],
                },
            },
        },
    }
