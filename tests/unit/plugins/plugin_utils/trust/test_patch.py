# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that are applied: only our fields, and all of them."""

from __future__ import annotations

import copy
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import patch
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    API,
    deployment,
)

PYTHON, GO, NODE = RUNTIMES["python"], RUNTIMES["go"], RUNTIMES["node"]
SIDECAR = Workload("Deployment", "qua-api", "sidecar")
FILES = {"api.pem": "certificates"}


def variables(body: dict[str, Any]) -> dict[str, str]:
    [container] = body["spec"]["template"]["spec"]["containers"]
    return {entry["name"]: entry["value"] for entry in container["env"]}


def test_each_runtime_is_told_by_its_own_variable() -> None:
    path = "/etc/mailops-smtp-ca/api.pem"
    assert variables(patch.mounting(deployment(), {API: PYTHON}, FILES)) == {"SSL_CERT_FILE": path}
    assert variables(patch.mounting(deployment(), {API: NODE}, FILES)) == {
        "NODE_EXTRA_CA_CERTS": path
    }


def test_go_keeps_the_folders_that_it_reads_by_itself() -> None:
    folders = "/etc/ssl/certs:/etc/pki/tls/certs:/etc/mailops-smtp-ca"
    assert variables(patch.mounting(deployment(), {API: GO}, FILES)) == {"SSL_CERT_DIR": folders}


def test_the_containers_of_one_workload_are_applied_together() -> None:
    [both] = patch.grouped({API: PYTHON, SIDECAR: GO})
    spec = patch.mounting(deployment(), both, FILES)["spec"]["template"]["spec"]
    assert [container["name"] for container in spec["containers"]] == ["api", "sidecar"]
    assert len(spec["volumes"]) == 1


def test_what_was_applied_is_found_in_the_workload_whatever_else_is_there() -> None:
    body = patch.mounting(deployment(), {API: PYTHON}, FILES)
    live = copy.deepcopy(deployment())
    template = live["spec"]["template"]
    template["spec"]["volumes"] = [{"name": "data"}]
    template["spec"]["containers"][0]["env"] = [{"name": "A", "value": "b"}]
    assert not patch.contains(live["spec"], body["spec"])
    wanted = body["spec"]["template"]
    wanted_volume = wanted["spec"]["volumes"][0]["configMap"]
    defaulted = {"name": "mailops-smtp-ca", "configMap": {"defaultMode": 420, **wanted_volume}}
    template["spec"]["volumes"].append(defaulted)
    container = template["spec"]["containers"][0]
    container["env"] += wanted["spec"]["containers"][0]["env"]
    container["volumeMounts"] = wanted["spec"]["containers"][0]["volumeMounts"]
    assert patch.contains(live["spec"], body["spec"])
    container["env"].pop()
    assert not patch.contains(live["spec"], body["spec"])


def test_other_certificates_change_the_pods() -> None:
    first = patch.mounting(deployment(), {API: PYTHON}, FILES)
    body = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    assert patch.mounting(deployment(), {API: PYTHON}, {"api.pem": body}) != first


def test_the_config_map_goes_with_its_workload_and_names_it() -> None:
    metadata = patch.config_map(deployment(), FILES)["metadata"]
    assert metadata["name"].startswith("mailops-smtp-ca-deployment-qua-api-")
    assert [owner["uid"] for owner in metadata["ownerReferences"]] == ["uid of qua-api"]


def test_a_variable_of_somebody_else_is_told_from_ours() -> None:
    ours = {"env": [{"name": "SSL_CERT_FILE", "value": "/etc/mailops-smtp-ca/api.pem"}]}
    theirs = {"env": [{"name": "SSL_CERT_FILE", "value": "/etc/company.pem"}]}
    referred = {"env": [{"name": "SSL_CERT_FILE", "valueFrom": {}}]}
    assert [patch.taken(each, "SSL_CERT_FILE") for each in (ours, theirs, referred, {})] == [
        False,
        True,
        True,
        False,
    ]
