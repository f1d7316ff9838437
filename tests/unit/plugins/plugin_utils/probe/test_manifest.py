# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the probe adds to a cluster: like the workload where it counts, and with no right beyond."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import manifest

TEMPLATE = {
    "metadata": {"labels": {"app": "hub", "team": "web"}, "annotations": {"a": "b"}},
    "spec": {
        "serviceAccountName": "hub",
        "nodeSelector": {"zone": "a"},
        "tolerations": [{"key": "mail"}],
        "dnsPolicy": "ClusterFirst",
        "hostAliases": [{"ip": "10.0.0.1", "hostnames": ["relay"]}],
        "volumes": [{"name": "data"}],
        "containers": [{"name": "hub"}],
    },
}


def job(**changes: Any) -> dict[str, Any]:
    given = {"pull_secret": "", "seconds": 200, **changes}
    return manifest.job("smtp-probe-1", "python:3", TEMPLATE, **given)


def test_a_job_goes_the_way_of_the_workload() -> None:
    template = job()["spec"]["template"]
    assert template["metadata"] == {"labels": {"app": "hub", "team": "web"}}
    spec = template["spec"]
    assert spec["serviceAccountName"] == "hub"
    assert spec["nodeSelector"] == {"zone": "a"}
    assert spec["hostAliases"] == [{"ip": "10.0.0.1", "hostnames": ["relay"]}]
    assert "volumes" not in spec


def test_no_service_sends_a_job_anything_and_it_gets_no_token() -> None:
    spec = job()["spec"]["template"]["spec"]
    assert spec["readinessGates"]
    assert spec["automountServiceAccountToken"] is False


def test_a_job_ends_and_goes_also_when_nobody_removes_it() -> None:
    spec = job()["spec"]
    assert (spec["backoffLimit"], spec["activeDeadlineSeconds"]) == (0, 200)
    assert spec["ttlSecondsAfterFinished"] == 60
    assert spec["template"]["spec"]["restartPolicy"] == "Never"


def test_an_image_may_need_a_secret() -> None:
    assert "imagePullSecrets" not in job()["spec"]["template"]["spec"]
    spec = job(pull_secret="registry")["spec"]["template"]["spec"]
    assert spec["imagePullSecrets"] == [{"name": "registry"}]


def test_a_container_is_fit_for_the_restricted_level() -> None:
    context = manifest.container("c", "python:3", seconds=60)["securityContext"]
    assert context["allowPrivilegeEscalation"] is False
    assert context["capabilities"] == {"drop": ["ALL"]}
    assert context["runAsNonRoot"] is True
    assert context["runAsUser"] > 0
    assert context["seccompProfile"] == {"type": "RuntimeDefault"}


def test_a_container_that_is_fed_nothing_ends_by_itself() -> None:
    command = manifest.container("c", "python:3", seconds=1)["command"]
    reading, writing = os.pipe()
    try:
        done = subprocess.run(
            [sys.executable, *command[1:]], stdin=reading, timeout=30, check=False
        )
    finally:
        os.close(reading)
        os.close(writing)
    assert done.returncode == 3
